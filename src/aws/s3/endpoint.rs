//! The host names of Amazon S3: parsed from the right, since bucket names hold dots and may themselves contain `s3`, and
//! built back. Source: S3 User Guide, "Amazon S3 endpoints" and "Virtual hosting of buckets"; AWS SDK endpoint rules.

use super::host;
use crate::aws::region::{self, Partition};

/// The family of a host name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// `s3.amazonaws.com`: no region in the name.
    Global,
    /// `s3-external-1.amazonaws.com` or the old `s3-1.amazonaws.com`: us-east-1. The label is kept.
    External(&'static str),
    /// `s3.REGION.…`.
    Regional,
    /// `s3-REGION.…`, of the regions up to 2019.
    Dash,
    /// `BUCKET.s3-accelerate.amazonaws.com`.
    Accelerate,
    /// `BUCKET.s3-website.REGION.…`.
    WebsiteDot,
    /// `BUCKET.s3-website-REGION.…`.
    WebsiteDash,
    /// `s3-deprecated.REGION.…`.
    Deprecated,
    /// `NAME-ACCOUNT.s3-accesspoint.REGION.…`.
    AccessPoint,
    /// `ALIAS.accesspoint.s3-global.amazonaws.com`.
    MultiRegionAccessPoint,
    /// `NAME-ACCOUNT.s3-object-lambda.REGION.…`.
    ObjectLambda,
    /// `BUCKET.s3express-ZONE.REGION.…`, with the zone.
    Express(String),
    /// `s3express-control.REGION.…`.
    ExpressControl,
    /// `NAME-ACCOUNT.OUTPOST.s3-outposts.REGION.…`.
    Outposts,
    /// `ACCOUNT.s3-control.REGION.…`.
    Control,
    /// `[BUCKET.]bucket.vpce-ID.s3.REGION.vpce.…`, with `bucket`, `accesspoint` or `control`, and the id.
    PrivateLink(&'static str, String),
}

/// An S3 host name without its bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The family.
    pub form: Form,
    /// The region label as written, known or not; nothing where the form has none.
    pub region: Option<String>,
    /// The partition that its suffix (and a known region) belongs to.
    pub partition: Partition,
    /// Reachable over IPv6 as well.
    pub dualstack: bool,
    /// A FIPS endpoint.
    pub fips: bool,
}

impl Endpoint {
    /// An endpoint in the region's own partition; an unknown region counts as commercial.
    pub fn new(form: Form, region: Option<&str>) -> Self {
        let partition = region.and_then(region::find).map_or(Partition::Aws, |r| r.partition);
        Self { form, region: region.map(str::to_owned), partition, dualstack: false, fips: false }
    }

    /// Reads a host: the endpoint, and the bucket (or access point, alias, account) in front of it.
    pub fn parse(host: &str) -> Option<(Self, Option<&str>)> {
        let host = host.strip_suffix('.').unwrap_or(host);
        let (partition, rest) = Partition::strip_suffix(host)?;
        let (rest, mut endpoint) = host::read(rest, partition)?;
        endpoint.partition = partition.with_region(endpoint.region.as_deref());
        if rest.is_empty() {
            return endpoint.stands_alone().then_some((endpoint, None));
        }
        let bucket = rest.strip_suffix('.').filter(|b| !b.is_empty() && !b.starts_with('.'))?;
        Some((endpoint, Some(bucket)))
    }

    /// The host name, with the bucket (or access point, alias, account) in front of it.
    pub fn host(&self, bucket: Option<&str>) -> String {
        let region = self.region.as_deref().unwrap_or_default();
        let fips = if self.fips { "-fips" } else { "" };
        let stack = if self.dualstack { ".dualstack" } else { "" };
        let service = match &self.form {
            Form::Global => "s3".to_owned(),
            Form::External(label) => (*label).to_owned(),
            Form::Dash => format!("s3{fips}-{region}"),
            Form::Accelerate => format!("s3-accelerate{stack}"),
            Form::WebsiteDash => format!("s3-website-{region}"),
            Form::MultiRegionAccessPoint => "accesspoint.s3-global".to_owned(),
            Form::Regional => format!("s3{fips}{stack}.{region}"),
            Form::WebsiteDot => format!("s3-website{fips}{stack}.{region}"),
            Form::Deprecated => format!("s3-deprecated{fips}{stack}.{region}"),
            Form::AccessPoint => format!("s3-accesspoint{fips}{stack}.{region}"),
            Form::ObjectLambda => format!("s3-object-lambda{fips}{stack}.{region}"),
            Form::Express(zone) => format!("s3express{fips}-{zone}{stack}.{region}"),
            Form::ExpressControl => format!("s3express-control{fips}{stack}.{region}"),
            Form::Outposts => format!("s3-outposts{fips}{stack}.{region}"),
            Form::Control => format!("s3-control{fips}{stack}.{region}"),
            Form::PrivateLink(kind, id) => format!("{kind}.{id}.s3.{region}.vpce"),
        };
        let dot = if bucket.is_some() { "." } else { "" };
        format!("{}{dot}{service}.{}", bucket.unwrap_or_default(), self.partition.dns_suffix())
    }

    /// Whether the bucket may stand in the path instead of the host.
    pub fn takes_path_style(&self) -> bool {
        matches!(
            self.form,
            Form::Global | Form::External(_) | Form::Regional | Form::Dash | Form::Deprecated | Form::PrivateLink("bucket", _)
        )
    }

    /// Whether it serves a website: HTTP only, GET and HEAD only.
    pub fn is_website(&self) -> bool {
        matches!(self.form, Form::WebsiteDash | Form::WebsiteDot)
    }

    /// The region that answers: the label, or us-east-1 for its two special names. Nothing for names without a region.
    pub fn region(&self) -> Option<&str> {
        if matches!(self.form, Form::External(_)) { Some("us-east-1") } else { self.region.as_deref() }
    }

    /// The same kind of endpoint in another region. A name without a region, and the old forms, become the regional one.
    #[must_use]
    pub fn at_region(&self, name: &str) -> Self {
        let known = region::find(name);
        let form = match &self.form {
            Form::Global | Form::External(_) | Form::Dash | Form::Deprecated | Form::Accelerate => Form::Regional,
            Form::WebsiteDash | Form::WebsiteDot if known.is_some_and(region::Region::has_dash_website) => Form::WebsiteDash,
            Form::WebsiteDash => Form::WebsiteDot,
            other => other.clone(),
        };
        let partition = known.map_or(self.partition, |r| r.partition);
        let dualstack = self.dualstack && form != Form::WebsiteDash;
        let fips = self.fips && known.is_none_or(region::Region::has_fips);
        Self { form, region: Some(name.to_owned()), partition, dualstack, fips }
    }

    /// The name of the form in reports, such as `global-virtual-hosted` or `dualstack-path`.
    pub fn name(&self, virtual_hosted: bool) -> String {
        let style = if virtual_hosted { "virtual-hosted" } else { "path" };
        let stem = match &self.form {
            Form::Regional if self.fips || self.dualstack => String::new(),
            Form::Global => format!("global-{style}"),
            Form::External(_) => format!("external-{style}"),
            Form::Regional => format!("regional-{style}"),
            Form::Dash => format!("dash-{style}"),
            Form::Deprecated => format!("deprecated-{style}"),
            Form::PrivateLink("bucket", _) => format!("privatelink-{style}"),
            Form::PrivateLink(kind, _) => format!("privatelink-{kind}"),
            Form::Accelerate => "accelerate".to_owned(),
            Form::WebsiteDash | Form::WebsiteDot => "website".to_owned(),
            Form::AccessPoint => "access-point".to_owned(),
            Form::MultiRegionAccessPoint => "multi-region-access-point".to_owned(),
            Form::ObjectLambda => "object-lambda".to_owned(),
            Form::Express(_) => "express".to_owned(),
            Form::ExpressControl => "express-control".to_owned(),
            Form::Outposts => "outposts".to_owned(),
            Form::Control => "control".to_owned(),
        };
        let plain = if stem.is_empty() { style } else { &stem };
        let marks = [(self.fips, "fips-"), (self.dualstack, "dualstack-")];
        marks.into_iter().filter(|(on, _)| *on).map(|(_, mark)| mark).chain([plain]).collect()
    }

    fn stands_alone(&self) -> bool {
        self.takes_path_style() || self.is_website() || matches!(self.form, Form::ExpressControl | Form::Control | Form::Outposts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_every_documented_form() {
        for (host, bucket, region, name) in [
            ("b.s3.us-west-2.amazonaws.com", Some("b"), Some("us-west-2"), "regional-virtual-hosted"),
            ("my.dotted.s3.bucket.s3.eu-west-1.amazonaws.com", Some("my.dotted.s3.bucket"), Some("eu-west-1"), "regional-virtual-hosted"),
            ("s3.us-west-2.amazonaws.com", None, Some("us-west-2"), "regional-path"),
            ("b.s3.amazonaws.com", Some("b"), None, "global-virtual-hosted"),
            ("s3.us-west-2.s3.amazonaws.com", Some("s3.us-west-2"), None, "global-virtual-hosted"),
            ("s3.amazonaws.com", None, None, "global-path"),
            ("b.s3-external-1.amazonaws.com", Some("b"), Some("us-east-1"), "external-virtual-hosted"),
            ("s3-1.amazonaws.com", None, Some("us-east-1"), "external-path"),
            ("b.s3-eu-west-1.amazonaws.com", Some("b"), Some("eu-west-1"), "dash-virtual-hosted"),
            ("s3-undefined.amazonaws.com", None, Some("undefined"), "dash-path"),
            ("b.s3.oregon.amazonaws.com", Some("b"), Some("oregon"), "regional-virtual-hosted"),
            ("s3-fips-us-gov-west-1.amazonaws.com", None, Some("us-gov-west-1"), "fips-dash-path"),
            ("b.s3.dualstack.eu-west-1.amazonaws.com", Some("b"), Some("eu-west-1"), "dualstack-virtual-hosted"),
            ("s3.dualstack.cn-north-1.amazonaws.com.cn", None, Some("cn-north-1"), "dualstack-path"),
            ("b.s3-fips.us-east-1.amazonaws.com", Some("b"), Some("us-east-1"), "fips-virtual-hosted"),
            ("b.s3-fips.dualstack.us-east-1.amazonaws.com", Some("b"), Some("us-east-1"), "fips-dualstack-virtual-hosted"),
            ("b.s3-accelerate.amazonaws.com", Some("b"), None, "accelerate"),
            ("b.s3-accelerate.dualstack.amazonaws.com", Some("b"), None, "dualstack-accelerate"),
            ("b.c.s3-website-us-east-1.amazonaws.com", Some("b.c"), Some("us-east-1"), "website"),
            ("b.s3-website.eu-central-1.amazonaws.com", Some("b"), Some("eu-central-1"), "website"),
            ("b.s3-website.cn-north-1.amazonaws.com.cn", Some("b"), Some("cn-north-1"), "website"),
            ("s3-deprecated.us-west-2.amazonaws.com", None, Some("us-west-2"), "deprecated-path"),
            ("ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com", Some("ap-123456789012"), Some("us-west-2"), "access-point"),
            (
                "ap-123456789012.s3-accesspoint-fips.dualstack.us-gov-west-1.amazonaws.com",
                Some("ap-123456789012"),
                Some("us-gov-west-1"),
                "fips-dualstack-access-point",
            ),
            ("mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com", Some("mfzwi23gnjvgw.mrap"), None, "multi-region-access-point"),
            ("ol-123456789012.s3-object-lambda.us-west-2.amazonaws.com", Some("ol-123456789012"), Some("us-west-2"), "object-lambda"),
            ("b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", Some("b--use1-az4--x-s3"), Some("us-east-1"), "express"),
            ("s3express-control.us-east-1.amazonaws.com", None, Some("us-east-1"), "express-control"),
            (
                "ap-123456789012.op-01ac5d28a6a232904.s3-outposts.us-west-2.amazonaws.com",
                Some("ap-123456789012.op-01ac5d28a6a232904"),
                Some("us-west-2"),
                "outposts",
            ),
            ("123456789012.s3-control.us-west-2.amazonaws.com", Some("123456789012"), Some("us-west-2"), "control"),
            ("b.bucket.vpce-0a1b2c3d-e5f6.s3.us-east-1.vpce.amazonaws.com", Some("b"), Some("us-east-1"), "privatelink-virtual-hosted"),
            ("bucket.vpce-0a1b2c3d-e5f6.s3.us-east-1.vpce.amazonaws.com", None, Some("us-east-1"), "privatelink-path"),
            ("b.s3.eusc-de-east-1.amazonaws.eu", Some("b"), Some("eusc-de-east-1"), "regional-virtual-hosted"),
            ("b.s3.us-iso-east-1.c2s.ic.gov", Some("b"), Some("us-iso-east-1"), "regional-virtual-hosted"),
            ("b.s3.us-west-2.amazonaws.com.", Some("b"), Some("us-west-2"), "regional-virtual-hosted"),
        ] {
            let (endpoint, found) = Endpoint::parse(host).unwrap_or_else(|| panic!("{host}"));
            assert_eq!((found, endpoint.region(), endpoint.name(found.is_some()).as_str()), (bucket, region, name), "{host}");
            assert_eq!(endpoint.host(found), host.trim_end_matches('.'));
        }
    }

    #[test]
    fn leaves_other_hosts_alone() {
        for host in [
            "amazonaws.com",
            "ec2.us-east-1.amazonaws.com",
            "abc.execute-api.us-east-1.amazonaws.com",
            "s3.amazonaws.com.cn",
            "s3.us-west-2.amazonaws.com.evil.example",
            "s3-accelerate.amazonaws.com",
            "accesspoint.s3-global.amazonaws.com",
            "s3-control.amazonaws.com",
            "s3-.amazonaws.com",
            ".s3.amazonaws.com",
            "acct.r2.cloudflarestorage.com",
            "storage.googleapis.com",
            "example.com",
            "",
            ".",
        ] {
            assert_eq!(Endpoint::parse(host), None, "{host}");
        }
    }

    fn form() -> impl Strategy<Value = (Form, bool)> {
        let zone = "[a-z]{3}[0-9]-az[0-9]";
        prop_oneof![
            Just((Form::Global, false)),
            Just((Form::External("s3-external-1"), false)),
            Just((Form::Regional, true)),
            Just((Form::Dash, true)),
            Just((Form::Accelerate, false)),
            Just((Form::WebsiteDot, true)),
            Just((Form::WebsiteDash, true)),
            Just((Form::AccessPoint, true)),
            Just((Form::MultiRegionAccessPoint, false)),
            Just((Form::ObjectLambda, true)),
            zone.prop_map(|zone| (Form::Express(zone), true)),
            Just((Form::Outposts, true)),
            Just((Form::Control, true)),
            "vpce-[0-9a-f]{8}".prop_map(|id| (Form::PrivateLink("bucket", id), true)),
        ]
    }

    proptest! {
        #[test]
        fn what_is_built_is_read_back(
            (form, regional) in form(),
            region in 0..region::all().len(),
            bucket in "[a-z0-9]{1,8}([.-](s3|dualstack|vpce|s3-website|us-east-1|[a-z0-9]{1,6})){0,3}",
            dualstack: bool,
            fips: bool,
        ) {
            let region = &region::all()[region];
            prop_assume!(regional || region.partition == Partition::Aws);
            let mut endpoint = Endpoint::new(form, regional.then_some(region.name));
            let stackable = !matches!(endpoint.form, Form::Global | Form::External(_) | Form::Dash | Form::WebsiteDash
                | Form::MultiRegionAccessPoint | Form::PrivateLink(..));
            endpoint.dualstack = dualstack && stackable;
            endpoint.fips = fips && stackable && endpoint.form != Form::Accelerate;
            let host = endpoint.host(Some(&bucket));
            prop_assert_eq!(Endpoint::parse(&host), Some((endpoint, Some(bucket.as_str()))));
        }

        #[test]
        fn hostile_hosts_do_no_harm(host in "[a-z0-9.s3-]{0,40}(\\.amazonaws\\.com)?") {
            if let Some((endpoint, bucket)) = Endpoint::parse(&host) {
                prop_assert_eq!(endpoint.host(bucket), host.strip_suffix('.').unwrap_or(&host));
            }
        }
    }
}
