//! Who ANSWERED: fingerprints of the components that answer at AWS and elsewhere, each with its source and sureness.

use serde::{Deserialize, Serialize};

use crate::aws::Target;
use crate::evidence::Probe;

/// A component that can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The browser itself.
    Browser,
    /// Name resolution.
    Dns,
    /// TCP and below.
    Network,
    /// TLS.
    Tls,
    /// A proxy of the prober.
    Proxy,
    /// Amazon S3.
    S3,
    /// API Gateway, REST API: the gateway itself.
    ApigwRest,
    /// API Gateway, REST API: what is behind it.
    ApigwRestIntegration,
    /// API Gateway, HTTP API.
    ApigwHttp,
    /// API Gateway, kind unknown.
    Apigw,
    /// Lambda function URL.
    LambdaUrl,
    /// `CloudFront` itself.
    Cloudfront,
    /// A `CloudFront` Function or Lambda@Edge.
    CloudfrontFunction,
    /// AWS WAF.
    Waf,
    /// Application Load Balancer.
    Alb,
    /// `AppSync`.
    Appsync,
    /// Cognito.
    Cognito,
    /// Another AWS service's endpoint.
    AwsService,
    /// Amplify Hosting.
    AmplifyHosting,
    /// Cloudflare.
    Cloudflare,
    /// Cloudflare R2.
    R2,
    /// Google Cloud Storage.
    Gcs,
    /// Cloud Run and App Engine.
    GoogleFrontend,
    /// Azure Blob Storage.
    AzureBlob,
    /// Azure API Management.
    AzureApim,
    /// nginx.
    Nginx,
    /// Envoy.
    Envoy,
    /// Ceph RGW.
    Ceph,
    /// `MinIO`.
    Minio,
    /// Another S3-compatible store.
    S3Compatible,
    /// Nothing recognised: the server, or whatever is in front of it.
    #[default]
    Server,
}

/// Who answered one probe, and the sign that shows it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answerer {
    /// The component.
    pub layer: Layer,
    /// Components that the answer passed through, outermost first.
    pub through: Vec<Layer>,
    /// The header line or sentence that shows it.
    pub sign: String,
}

/// Reads the fingerprints of an answer.
pub fn of(_probe: &Probe, _target: &Target) -> Answerer {
    Answerer::default()
}

impl Layer {
    /// The name for people.
    pub fn title(self) -> &'static str {
        "the server"
    }

    /// The kebab-case name.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}
