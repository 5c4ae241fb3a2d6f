//! Faults that the URL and the clock show before anything is sent stand beside what really stopped the browser.

use whycors::world::{Exchange, Reply, World, simulate};

use crate::NOW;

/// The worlds in which a signed link or form is wrong and the preflight passes.
const FORESEEN: [&str; 7] = [
    "cause/s3-presign-expired",
    "cause/s3-presign-not-yet-valid",
    "cause/s3-presign-region-mismatch",
    "cause/s3-presign-invalid-params",
    "cause/s3-presign-v2",
    "cause/s3-presign-unsigned-headers",
    "story/presigned-form-against-its-policy",
];

const NOT_CONFIGURED: &str =
    "<Error><Code>AccessForbidden</Code><Message>CORSResponse: CORS is not enabled for this bucket.</Message></Error>";
const FORBIDDEN: &str = "<Error><Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed. This is usually because …</Message></Error>";

fn world(name: &str) -> World {
    World::all().unwrap().into_iter().find(|world| world.name == name).unwrap()
}

/// The world with this answer to every request of a method, and what is concluded: the cause, and the findings.
fn concluded(mut world: World, method: &str, reply: Reply) -> (String, Vec<String>) {
    let mut exchange = Exchange { replies: vec![reply], ..Exchange::default() };
    exchange.when.method = Some(method.into());
    world.bucket.clear();
    world.exchange.insert(0, exchange);
    let conclusion = simulate(&world, NOW).unwrap().conclusion;
    let notes = conclusion.notes.into_iter().map(|note| note.code).collect();
    (conclusion.diagnosis.map(|diagnosis| diagnosis.cause).unwrap_or_default(), notes)
}

fn s3(status: u16, body: &str) -> Reply {
    let headers = ["Server: AmazonS3", "x-amz-request-id: 7Q4EXAMPLE", "Content-Type: application/xml"].map(str::to_owned).to_vec();
    Reply { status, headers, body: body.into(), ..Reply::default() }
}

#[test]
fn what_stopped_the_preflight_leads() {
    let mut slips = Vec::new();
    for name in FORESEEN {
        let code = simulate(&world(name), NOW).unwrap().conclusion.diagnosis.unwrap().cause;
        for (reply, leads) in [
            (Reply { status: 502, ..Reply::default() }, "preflight-server-error"),
            (Reply { status: 404, ..Reply::default() }, "preflight-not-handled"),
            (Reply { status: 204, headers: vec!["Server: made-up".into()], ..Reply::default() }, "missing-allow-origin"),
            (Reply { closes: true, ..Reply::default() }, "http-connection-closed"),
            (s3(403, NOT_CONFIGURED), "s3-cors-not-configured"),
            (s3(403, FORBIDDEN), "s3-cors-origin-no-match"),
        ] {
            let shown = format!("{name} with {}", reply.status);
            let (cause, notes) = concluded(world(name), "OPTIONS", reply);
            if cause != leads || !notes.contains(&code) {
                slips.push(format!("{shown}: {cause} + {notes:?}, wanted {leads} + {code}"));
            }
        }
    }
    assert!(slips.is_empty(), "{}", slips.join("\n"));
}

/// Where the request itself was refused without words, the expired link is the likeliest reason; a broken gateway is none.
#[test]
fn an_answer_that_is_no_refusal_has_another_reason() {
    let mut upload = world("cause/s3-presign-expired");
    upload.ask.send_actual = true;
    let at = |status| concluded(upload.clone(), "PUT", Reply { status, ..Reply::default() });
    assert_eq!(at(403).0, "s3-presign-expired");
    let (cause, notes) = at(502);
    assert_eq!(cause, "actual-error-without-cors");
    assert!(notes.contains(&"s3-presign-expired".to_owned()), "{notes:?}");
}
