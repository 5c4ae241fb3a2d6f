//! A checksum that does not fit the body.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// The request carries a checksum (`Content-MD5`, `x-amz-checksum-*`, `x-amz-content-sha256`) that is not the body's.
    /// # Why the browser hides it
    /// The usual way in: a presigned PUT is made on the server without a body, and an SDK of 2025 or later signs the
    /// checksum of nothing (`x-amz-checksum-crc32=AAAAAA==`) into the link. The page sends a real file.
    /// # How to tell
    /// 400 `BadDigest`, or `XAmzContentSHA256Mismatch`, `XAmzContentChecksumMismatch`, `InvalidDigest`.
    /// # Fix
    /// Configure the client that signs with `requestChecksumCalculation: "WHEN_REQUIRED"`, or let the page send the right
    /// checksum.
    /// # Sources
    /// - github.com/awslabs/aws-sdk-rust issue 1240 (reported; whether S3 judges the query form is disputed)
    /// - AWS SDKs and Tools Reference Guide, "Data integrity protections" (documented)
    "s3-checksum-mismatch": "a checksum in the request is not that of its body", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"])?;
    let in_link = case.ask.url.query_pairs().any(|(name, _)| name.to_ascii_lowercase().starts_with("x-amz-checksum-"));
    let whence =
        if in_link { " The link itself carries a checksum, computed by the SDK that signed it without knowing the file." } else { "" };
    let fix = Fix::new(
        "sdk-checksums-when-required",
        "keep the signing SDK from adding checksums",
        "The AWS SDKs add them by default since January 2025; a link that is signed before the file is known cannot hold the right one.",
    );
    let fix = fix
        .snippet("javascript", "AWS SDK for JavaScript v3", "new S3Client({ region, requestChecksumCalculation: \"WHEN_REQUIRED\" });")
        .snippet(
            "python",
            "boto3",
            "Config(request_checksum_calculation=\"when_required\", response_checksum_validation=\"when_required\")",
        );
    Some(by_code(case, &refusal, &format!("S3 computed another checksum of the body than the request says.{whence}")).fix(fix))
}
