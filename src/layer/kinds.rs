//! The components that can answer, by name.

use serde::{Deserialize, Serialize};

/// A component that can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

impl Layer {
    /// The kebab-case name.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Browser => "the browser",
            Self::Dns => "DNS",
            Self::Network => "the network",
            Self::Tls => "TLS",
            Self::Proxy => "the proxy",
            Self::S3 => "Amazon S3",
            Self::ApigwRest => "API Gateway (REST API)",
            Self::ApigwRestIntegration => "the integration behind API Gateway (REST API)",
            Self::ApigwHttp => "API Gateway (HTTP API)",
            Self::Apigw => "API Gateway",
            Self::LambdaUrl => "Lambda function URL",
            Self::Cloudfront => "CloudFront",
            Self::CloudfrontFunction => "CloudFront function",
            Self::Waf => "AWS WAF",
            Self::Alb => "Application Load Balancer",
            Self::Appsync => "AppSync",
            Self::Cognito => "Amazon Cognito",
            Self::AwsService => "AWS service endpoint",
            Self::AmplifyHosting => "Amplify Hosting",
            Self::Cloudflare => "Cloudflare",
            Self::R2 => "Cloudflare R2",
            Self::Gcs => "Google Cloud Storage",
            Self::GoogleFrontend => "Google Frontend (Cloud Run, App Engine)",
            Self::AzureBlob => "Azure Blob Storage",
            Self::AzureApim => "Azure API Management",
            Self::Nginx => "nginx",
            Self::Envoy => "Envoy",
            Self::Ceph => "Ceph RGW",
            Self::Minio => "MinIO",
            Self::S3Compatible => "an S3-compatible store",
            Self::Server => "the server",
        }
    }

    /// Amazon S3, or a store that speaks its protocol.
    pub fn is_s3_like(self) -> bool {
        matches!(self, Self::S3 | Self::R2 | Self::Ceph | Self::Minio | Self::S3Compatible)
    }

    /// API Gateway in any form, its integration included.
    pub fn is_apigw(self) -> bool {
        matches!(self, Self::ApigwRest | Self::ApigwRestIntegration | Self::ApigwHttp | Self::Apigw)
    }
}
