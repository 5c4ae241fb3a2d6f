//! Buckets that are asked for in the wrong region: how S3 says so, which region it names, and what proves it.
//!
//! Sources: S3 User Guide, "Request redirection and the REST API"; `HeadBucket` in the API reference (the region stands in
//! `x-amz-bucket-region`, on 403 as well); users' raw answers (bsdec2-image-upload#11, spring-cloud-aws#452,
//! cyberduck#17301).

use url::Url;

use super::elsewhere::Elsewhere;
use super::trial::Question;
use super::{answered, bucket, error_of, quote, the_bucket};
use crate::aws;
use crate::aws::s3::error_body::ErrorBody;
use crate::aws::s3::presign::without_signature;
use crate::aws::s3::{path_style, regional_url};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::{Probe, Purpose, Response, Step};
use crate::remedy::client;

/// How S3 sent the request away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// 307 `TemporaryRedirect`, or another redirect with an S3 host in `Location`.
    Redirected,
    /// 301 `PermanentRedirect`.
    Moved,
    /// 400 `IllegalLocationConstraintException`.
    Refused,
}

/// A request that reached S3 in a region that is not the bucket's.
pub(crate) struct Astray<'a> {
    pub(crate) form: Form,
    pub(crate) probe: &'a Probe,
    pub(crate) response: &'a Response,
    pub(crate) error: Option<&'a ErrorBody>,
    /// The bucket's region, by the answer or by a follow-up.
    pub(crate) region: Option<String>,
    /// The follow-up that told it.
    told_by: Option<&'a Probe>,
}

/// The exchange at which the browser stopped, when S3 said there that the bucket is in another region.
pub(crate) fn astray<'a>(case: &'a Case<'_>) -> Option<Astray<'a>> {
    let probe = case.deciding()?;
    let response = probe.response.as_ref()?;
    if !answered(case, probe) {
        return None;
    }
    let error = error_of(case, probe);
    let form = form(case, response, error)?;
    let by_answer = told(response, error);
    let by_probe = if by_answer.is_none() { discovery(case) } else { None };
    let told_by = by_probe.as_ref().map(|(probe, _)| *probe);
    let region = by_answer.or(by_probe.map(|(_, region)| region));
    Some(Astray { form, probe, response, error, region, told_by })
}

fn form(case: &Case<'_>, response: &Response, error: Option<&ErrorBody>) -> Option<Form> {
    match (error.map(|e| e.code.as_str()), response.status) {
        (Some("PermanentRedirect"), _) => Some(Form::Moved),
        (Some("TemporaryRedirect" | "Redirect"), _) => Some(Form::Redirected),
        (Some("IllegalLocationConstraintException"), _) => Some(Form::Refused),
        // An answer to HEAD has no document, only the region. A website's own redirects stay on its host.
        (None, 301 | 302 | 307 | 308) if location_host(response).is_some_and(|host| Some(host.as_str()) != case.ask.url.host_str()) => {
            Some(Form::Redirected)
        }
        (None, 301) if leads_nowhere(case, response) => Some(Form::Moved),
        (None, 400) if leads_nowhere(case, response) && response.header("x-amz-bucket-region").is_some() => Some(Form::Refused),
        _ => None,
    }
}

/// No target, and no word that the bucket is in the region that was asked. A 301 of S3 without a target has no other reading.
fn leads_nowhere(case: &Case<'_>, response: &Response) -> bool {
    let region = response.header("x-amz-bucket-region");
    response.header("location").is_none() && region.is_none_or(|region| case.target.region.as_deref() != Some(region))
}

/// The region that an answer names, by the surest sign first.
pub(crate) fn told(response: &Response, error: Option<&ErrorBody>) -> Option<String> {
    let element = |name: &str| error.and_then(|e| e.get(name)).map(str::to_owned);
    let header = response.header("x-amz-bucket-region").map(str::to_owned);
    let host = || element("Endpoint").or_else(|| location_host(response)).and_then(|host| region_of(&host));
    let region = header.or_else(|| element("Region")).or_else(host).or_else(|| error.and_then(|e| constraint(&e.message)));
    region.filter(|name| is_region(name))
}

/// The region in "The REGION location constraint is incompatible …"; `unspecified` stands for us-east-1.
fn constraint(message: &str) -> Option<String> {
    let (name, _) = message.strip_prefix("The ")?.split_once(" location constraint")?;
    Some(if name == "unspecified" { "us-east-1".to_owned() } else { name.to_owned() })
}

/// A name that can be put into a host.
fn is_region(name: &str) -> bool {
    (3..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The region of an S3 host; the global names stand for us-east-1.
fn region_of(host: &str) -> Option<String> {
    let target = aws::target(&Url::parse(&format!("https://{host}/")).ok()?);
    (target.kind == "s3").then(|| target.region.unwrap_or_else(|| "us-east-1".to_owned()))
}

/// The host of a `Location` that leads to another host of S3.
pub(crate) fn location_host(response: &Response) -> Option<String> {
    let url = Url::parse(response.header("location")?).ok()?;
    (aws::target(&url).kind == "s3").then(|| url.host_str().map(str::to_owned))?
}

/// The region that some follow-up found.
pub(crate) fn discovered(case: &Case<'_>) -> Option<String> {
    discovery(case).map(|(_, region)| region)
}

fn discovery<'a>(case: &'a Case<'_>) -> Option<(&'a Probe, String)> {
    case.follow_ups().filter(|p| answered(case, p)).find_map(|probe| {
        let response = probe.response.as_ref()?;
        Some((probe, told(response, error_of(case, probe))?))
    })
}

/// The ask's URL at the bucket's region, without its signature. Dotted names keep out of the host name over https.
pub(crate) fn url_at(case: &Case<'_>, region: &str) -> Option<Url> {
    let url = without_signature(&regional_url(&case.ask.url, region)?);
    let dotted = url.scheme() == "https" && case.target.bucket.as_deref().is_some_and(|b| b.contains('.'));
    if dotted { path_style(&url) } else { Some(url) }
}

/// Asks S3 where the bucket is: HEAD on the bucket, unsigned. The region is told on 403 as well.
pub(crate) fn head_bucket(case: &Case<'_>, at: &Url) -> Option<Step> {
    let mut url = without_signature(at);
    url.set_query(None);
    url.set_fragment(None);
    let path = match case.target.bucket.as_deref() {
        Some(bucket) if !url.host_str()?.starts_with(&format!("{bucket}.")) => format!("/{bucket}"),
        _ => "/".to_owned(),
    };
    url.set_path(&path);
    Some(Step { purpose: Purpose::RegionDiscovery, hop: 0, method: "HEAD".into(), url, headers: Vec::new(), with_body: false, turn: 0 })
}

/// With a capital at the beginning.
fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

impl<'a> Astray<'a> {
    /// Status and code, as far as there is a document.
    pub(crate) fn status(&self) -> String {
        let code = self.error.as_ref().map(|e| format!(" {}", e.code)).unwrap_or_default();
        format!("{}{code}", self.response.status)
    }

    /// The answer of the region's own endpoint.
    fn answer_at<'c>(case: &'c Case<'_>, url: &Url) -> Option<&'c Probe> {
        let there = |p: &&Probe| p.request.method == "OPTIONS" && Url::parse(&p.request.url).is_ok_and(|u| u.host_str() == url.host_str());
        let own_host = case.ask.url.host_str() == url.host_str();
        let own = Question::of(case);
        case.follow_ups().filter(there).find(|p| !own_host && own.is_of(p))
    }

    /// The parts that all wrong-region causes share: what was seen, the way out, and the probes that settle it.
    pub(crate) fn finding(&self, case: &Case<'a>, opening: &str) -> Finding {
        let bucket = the_bucket(case, self.error);
        let mut finding = Finding::new(String::new());
        finding = self.cite(finding);
        let Some(region) = self.region.as_deref() else {
            let head = head_bucket(case, &global_unless_regional(case));
            let asked = head.as_ref().and_then(|step| case.answer(step));
            let rest = if asked.is_some() { "nor does a HEAD request on it." } else { "a HEAD request on the bucket does." };
            finding.explanation = format!("{opening} The answer does not name the region of {bucket}; {rest}");
            return head.into_iter().fold(finding.confidence(Confidence::Likely), Finding::want).fix(self.look_up_region(case));
        };
        let Some(url) = url_at(case, region) else { return self.behind_another_host(case, finding, opening, region) };
        let host = url.host_str().unwrap_or_default().to_owned();
        let elsewhere = Elsewhere::of(case, &url, Self::answer_at(case, &url));
        finding.explanation =
            format!("{opening} {} is in {region} and has to be addressed as {host}.{}", sentence_case(&bucket), elsewhere.outcome());
        finding = finding.confidence(elsewhere.confidence());
        if self.told_by.is_none() {
            finding = head_bucket(case, &url).into_iter().fold(finding, Finding::want);
        }
        let proof = case.preflight_step(Purpose::RegionalPreflight, |ask| ask.url = url.clone());
        elsewhere.add_to(case, finding.fix(super::rule::use_region(case, region, &url).proven_by(proof)))
    }

    fn look_up_region(&self, case: &Case<'_>) -> Fix {
        let name = bucket(case, self.error).unwrap_or_else(|| "BUCKET".into());
        let title = "look up the bucket's region, and name it in the host";
        Fix::new("look-up-the-region", title, "The console shows it in the list of buckets, too.").snippet(
            "shell",
            "",
            format!("aws s3api get-bucket-location --bucket {}", client::shell_quoted(&name)),
        )
    }

    fn cite(&self, mut finding: Finding) -> Finding {
        let says = self.error.as_ref().map_or_else(|| self.response.status.to_string(), |e| quote(self.response, e));
        finding = finding.cite(self.probe, says);
        for name in ["location", "x-amz-bucket-region"] {
            if let Some(value) = self.response.header(name) {
                let value = Url::parse(value).map_or_else(|_| value.to_owned(), |url| without_signature(&url).to_string());
                finding = finding.cite(self.probe, format!("{name}: {value}"));
            }
        }
        if let Some((probe, region)) = self.told_by.zip(self.region.as_deref()) {
            finding = finding.cite(probe, format!("x-amz-bucket-region: {region}"));
        }
        if let Some(endpoint) = self.error.as_ref().and_then(|e| e.get("Endpoint")) {
            finding = finding.cite(self.probe, format!("<Endpoint>{endpoint}</Endpoint>"));
        }
        finding
    }

    /// A CDN or a name of one's own: the way out is where its origin is configured.
    fn behind_another_host(&self, case: &Case<'a>, mut finding: Finding, opening: &str, region: &str) -> Finding {
        let name = bucket(case, self.error);
        let host = name.map_or_else(|| format!("BUCKET.s3.{region}.amazonaws.com"), |b| format!("{b}.s3.{region}.amazonaws.com"));
        let front = case.ask.url.host_str().unwrap_or_default();
        finding.explanation =
            format!("{opening} The bucket is in {region}, and {front} asks for it elsewhere: its origin has to be {host}.");
        let detail = format!(
            "In the distribution or proxy behind {front}, replace the region-less bucket name by {host}, then invalidate what it cached."
        );
        finding.confidence(Confidence::Likely).fix(Fix::new(
            "use-regional-origin",
            format!("point the origin of {front} at {host}"),
            detail,
        ))
    }
}

/// HEAD goes to the ask's own host, except where only the accelerate or website service listens.
fn global_unless_regional(case: &Case<'_>) -> Url {
    let rest = case.target.endpoint.as_deref().is_some_and(|e| e.contains("virtual-hosted") || e.contains("path"));
    let url = case.ask.url.clone();
    if rest { url } else { regional_url(&url, "us-east-1").unwrap_or(url) }
}
