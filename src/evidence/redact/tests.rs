use proptest::prelude::*;

use super::{header, text};

const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

/// Text, and what is left of it.
const TEXTS: &[(&str, &str)] = &[
    // query parameters
    (
        "https://b.s3.amazonaws.com/k?X-Amz-Signature=0a1b2c&X-Amz-Date=20261122T000000Z",
        "https://b.s3.amazonaws.com/k?X-Amz-Signature=REDACTED&X-Amz-Date=20261122T000000Z",
    ),
    (
        "?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261122%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Expires=300",
        "?X-Amz-Credential=REDACTED%2F20261122%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Expires=300",
    ),
    (
        "?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE/20261122/us-west-2/s3/aws4_request",
        "?X-Amz-Credential=REDACTED/20261122/us-west-2/s3/aws4_request",
    ),
    ("?x-amz-security-token=IQoJb3JpZ2luX2VjEJr%2F%2F&x=1", "?x-amz-security-token=REDACTED&x=1"),
    (
        "?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D&Expires=1141889120",
        "?AWSAccessKeyId=REDACTED&Signature=REDACTED&Expires=1141889120",
    ),
    (
        "?X-Goog-Credential=app%40p.iam.gserviceaccount.com%2F20261122%2Fauto&X-Goog-Signature=aa",
        "?X-Goog-Credential=REDACTED%2F20261122%2Fauto&X-Goog-Signature=REDACTED",
    ),
    ("?sv=2024-11-04&sig=abc%3D&se=2026", "?sv=2024-11-04&sig=REDACTED&se=2026"),
    ("?Key-Pair-Id=K2JCJMDEHXQW5F&Policy=eyJ&Expires=1", "?Key-Pair-Id=REDACTED&Policy=eyJ&Expires=1"),
    ("/cb?code=4/0AX4XfWh-9q&state=xy", "/cb?code=REDACTED&state=xy"),
    ("/cb#access_token=abc&token_type=bearer", "/cb#access_token=REDACTED&token_type=bearer"),
    ("/a?api_key=12345", "/a?api_key=REDACTED"),
    ("/a?apiKey=12345&q=hat", "/a?apiKey=REDACTED&q=hat"),
    ("/a?key=AIzaSyA1234567890abcdefghijklmnopqrstu", "/a?key=REDACTED"),
    ("/a?key=uploads/cat.jpg", "/a?key=uploads/cat.jpg"),
    ("/a?password=hunter2&user=me", "/a?password=REDACTED&user=me"),
    (
        "/a?client_secret=x&refresh_token=y&id_token=z&jwt=w",
        "/a?client_secret=REDACTED&refresh_token=REDACTED&id_token=REDACTED&jwt=REDACTED",
    ),
    ("go to (https://h.example/a?token=abc123).", "go to (https://h.example/a?token=REDACTED)."),
    (
        "https://login.example/?next=https%3A%2F%2Fh.example%2F%3Fsig%3Dabc%26x%3D1",
        "https://login.example/?next=https%3A%2F%2Fh.example%2F%3Fsig%3DREDACTED%26x%3D1",
    ),
    ("next=https%253A%252F%252Fh%253Ftoken%253Dabc%2526x%253D1&y=2", "next=https%253A%252F%252Fh%253Ftoken%253DREDACTED%2526x%253D1&y=2"),
    (r#"{"url":"https://h.example/?a=1\u0026sig=abc\u0026b=2"}"#, r#"{"url":"https://h.example/?a=1\u0026sig=REDACTED\u0026b=2"}"#),
    ("<a href=\"/x?a=1&amp;Signature=abc&amp;b=2\">", "<a href=\"/x?a=1&amp;Signature=REDACTED&amp;b=2\">"),
    // user information
    ("https://user:pa55@h.example/x", "https://REDACTED:REDACTED@h.example/x"),
    ("proxy http://user@10.0.0.1:3128 refused", "proxy http://REDACTED@10.0.0.1:3128 refused"),
    ("https://:pw@h.example", "https://:REDACTED@h.example"),
    ("https://h.example/@scope/x?mail=a@b", "https://h.example/@scope/x?mail=a@b"),
    // header lines
    ("Authorization: Bearer abc.def", "Authorization: Bearer REDACTED"),
    ("authorization: raw-token-1", "authorization: REDACTED"),
    ("GET / HTTP/1.1\r\nCookie: sid=1; theme=dark\r\nAccept: */*", "GET / HTTP/1.1\r\nCookie: sid=REDACTED; theme=REDACTED\r\nAccept: */*"),
    ("Set-Cookie: AWSALB=abc; Path=/; Secure", "Set-Cookie: AWSALB=REDACTED; Path=/; Secure"),
    ("curl -H 'X-Api-Key: 12345' -H 'Accept: a/b'", "curl -H 'X-Api-Key: REDACTED' -H 'Accept: a/b'"),
    (
        r#"{"headers":{"Authorization":"Basic dXNlcjpwYXNz","accept":"*/*"}}"#,
        r#"{"headers":{"Authorization":"Basic REDACTED","accept":"*/*"}}"#,
    ),
    (r#""{\"x-csrf-token\":\"abc\",\"a\":\"b\"}""#, r#""{\"x-csrf-token\":\"REDACTED\",\"a\":\"b\"}""#),
    ("the preflight asks for authorization: it is not listed", "the preflight asks for authorization: it is not listed"),
    ("says Authorization: Bearer s3cr3t-token and more", "says Authorization: Bearer REDACTED and more"),
    ("missing equal-sign in Authorization header: 'Bearer abc123'", "missing equal-sign in Authorization header: 'Bearer REDACTED'"),
    ("Authorization: Bearer $TOKEN", "Authorization: Bearer $TOKEN"),
    // bodies
    (
        "<Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId>",
        "<Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>REDACTED</AWSAccessKeyId>",
    ),
    (
        "<StringToSign>AWS4-HMAC-SHA256\n2026\nabc</StringToSign><SignatureProvided>ff</SignatureProvided>",
        "<StringToSign>REDACTED</StringToSign><SignatureProvided>REDACTED</SignatureProvided>",
    ),
    (
        "<StringToSignBytes>41 57</StringToSignBytes><CanonicalRequest>PUT\n/k",
        "<StringToSignBytes>REDACTED</StringToSignBytes><CanonicalRequest>REDACTED",
    ),
    (
        "<Code>InvalidToken</Code><Token-0>IQoJ</Token-0><Key>a.jpg</Key>",
        "<Code>InvalidToken</Code><Token-0>REDACTED</Token-0><Key>a.jpg</Key>",
    ),
    (
        r#"{"access_token":"abc","expires_in":3600,"code":"AccessDenied","key":"a.jpg"}"#,
        r#"{"access_token":"REDACTED","expires_in":3600,"code":"AccessDenied","key":"a.jpg"}"#,
    ),
    (r#"{"password": "a\"b", "user":"me"}"#, r#"{"password": "REDACTED", "user":"me"}"#),
    // by shape
    ("key AKIAIOSFODNN7EXAMPLE is unknown", "key REDACTED is unknown"),
    ("ASIAIOSFODNN7EXAMPLE", "REDACTED"),
    ("AKIA is a prefix, AKIAIOSFODNN7EXAMPLEx is not an id", "AKIA is a prefix, AKIAIOSFODNN7EXAMPLEx is not an id"),
    ("sent Bearer abc123def456.", "sent Bearer REDACTED."),
    ("Bearer authentication is off", "Bearer authentication is off"),
    ("www-authenticate: Bearer realm=\"api\", error=\"invalid_token\"", "www-authenticate: Bearer realm=\"api\", error=\"invalid_token\""),
    // nothing secret
    (
        "access-control-allow-headers: authorization, x-api-key, x-amz-security-token",
        "access-control-allow-headers: authorization, x-api-key, x-amz-security-token",
    ),
    ("x-amz-request-id: 7Q4EXAMPLE", "x-amz-request-id: 7Q4EXAMPLE"),
    ("The security token included in the request is expired", "The security token included in the request is expired"),
    (
        "Signature expired: 20261122T000000Z is now earlier than 20261122T001500Z",
        "Signature expired: 20261122T000000Z is now earlier than 20261122T001500Z",
    ),
    ("status code=403, Ünïcödé=ß", "status code=403, Ünïcödé=ß"),
];

/// Header, value, and what is left of it.
const HEADERS: &[(&str, &str, &str)] = &[
    ("authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/x, Signature=ab", "AWS4-HMAC-SHA256 REDACTED"),
    ("Authorization", "allow", "REDACTED"),
    ("Authorization", "Bearer", "Bearer"),
    ("proxy-authorization", "Basic dXNlcjpwYXNz", "Basic REDACTED"),
    ("cookie", "a=1;b=2; c", "a=REDACTED;b=REDACTED; REDACTED"),
    ("set-cookie", "sid=; Path=/", "sid=; Path=/"),
    ("x-amz-security-token", "IQoJ", "REDACTED"),
    ("x-auth-token", "1", "REDACTED"),
    ("ocp-apim-subscription-key", "1", "REDACTED"),
    ("location", "https://b.example/?X-Amz-Signature=1", "https://b.example/?X-Amz-Signature=REDACTED"),
    ("content-type", "multipart/form-data; boundary=abc", "multipart/form-data; boundary=abc"),
    ("access-control-request-headers", "authorization,x-api-key", "authorization,x-api-key"),
    ("etag", "\"abc\"", "\"abc\""),
];

#[test]
fn cuts_what_is_secret_and_nothing_else() {
    let jwt = format!("token in body {JWT}, end");
    assert_eq!(text(&jwt), "token in body REDACTED, end");
    for (given, left) in TEXTS {
        assert_eq!(text(given), *left, "{given}");
    }
    for (name, value, left) in HEADERS {
        assert_eq!(header(name, value), *left, "{name}: {value}");
    }
    assert!(TEXTS.len() + HEADERS.len() >= 60);
}

#[test]
fn twice_is_once() {
    for (_, left) in TEXTS {
        assert!(matches!(text(left), std::borrow::Cow::Borrowed(_)), "{left} → {}", text(left));
    }
    for (name, _, left) in HEADERS {
        assert_eq!(header(name, left), *left, "{name}: {left}");
    }
}

proptest! {
    #[test]
    fn any_text_is_survived(given in r#"(Authorization|cookie|token|sig|AKIA|Bearer |[:=&?<>/@"'\\% \n]|%3D|%2526|é|[a-zA-Z0-9]{1,9}){0,40}"#) {
        let once = text(&given).into_owned();
        let _ = text(&once);
        let _ = header("cookie", &given);
        let _ = header("authorization", &given);
        prop_assert!(once.len() <= given.len() * 9 + 9);
    }

    #[test]
    fn a_signature_never_survives(value in "[A-Za-z0-9]{9,64}", before in "[a-z0-9=&]{0,20}") {
        let url = format!("https://b.example/k?{before}&X-Amz-Signature={value}&z=1");
        prop_assert!(!text(&url).contains(&value));
    }
}
