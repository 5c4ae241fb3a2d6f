//! Names of the neighbours: Azure, Google Cloud, Cloudflare. Their S3-compatible stores belong to the S3 grammar.

use super::Target;

/// Suffix, kind. The label before the suffix is the account, the service or the project.
const SUFFIXES: [(&str, &str); 9] = [
    (".blob.core.windows.net", "azure-blob"),
    (".blob.core.chinacloudapi.cn", "azure-blob"),
    (".blob.core.usgovcloudapi.net", "azure-blob"),
    (".azure-api.net", "azure-apim"),
    (".run.app", "cloud-run"),
    (".cloudfunctions.net", "cloud-functions"),
    (".appspot.com", "app-engine"),
    (".workers.dev", "cloudflare"),
    (".pages.dev", "cloudflare"),
];

/// Reads a neighbour's name.
pub(super) fn read(host: &str) -> Option<Target> {
    SUFFIXES.iter().find_map(|(suffix, kind)| {
        let id = host.strip_suffix(suffix)?;
        Some(Target { kind: (*kind).into(), id: Some(id.to_owned()), ..Target::default() })
    })
}
