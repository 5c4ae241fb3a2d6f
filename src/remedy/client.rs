//! Lines for the client: which endpoint an SDK should use, so that the URL it makes leads straight to the bucket's region.
//! Never holds a signature: a URL is shown without its query.

use url::Url;

use super::Snippet;
use crate::aws::s3::{self, S3Location};

/// How each SDK is told the bucket's region, the current signature version and the virtual-hosted style, boto3 first; last
/// the URL that the page should end up with.
///
/// A bucket name with dots gets path style: no certificate covers its virtual-hosted name.
pub fn use_region(bucket: &str, region: &str, url: &Url) -> Vec<Snippet> {
    let key = S3Location::parse(url).and_then(|at| at.key).unwrap_or_else(|| "KEY".to_owned());
    let names = Names { bucket: &quoted(bucket), key: &quoted(&key), region: &quoted(region), path: bucket.contains('.') };
    let mut snippets = vec![
        Snippet::new("python", "boto3", names.boto3()),
        Snippet::new("javascript", "AWS SDK for JavaScript v3", names.javascript()),
        Snippet::new("java", "AWS SDK for Java v2", names.java()),
        Snippet::new("go", "AWS SDK for Go v2", names.go()),
        Snippet::new("rust", "AWS SDK for Rust", names.rust()),
        Snippet::new("shell", "AWS CLI", names.cli(bucket, &key)),
    ];
    snippets.extend(page_url(bucket, region, url).map(|url| Snippet::new("text", "endpoint for the page", url)));
    snippets
}

/// The URL without its query, at the bucket's regional endpoint.
fn page_url(bucket: &str, region: &str, url: &Url) -> Option<String> {
    let mut url = match s3::regional_url(url, region) {
        Some(url) if bucket.contains('.') => s3::path_style(&url)?,
        Some(url) => s3::virtual_hosted(&url).unwrap_or(url),
        None => return None,
    };
    url.set_query(None);
    url.set_fragment(None);
    Some(url.into())
}

/// Values as string literals; the same escapes are right in every language here.
struct Names<'a> {
    bucket: &'a str,
    key: &'a str,
    region: &'a str,
    path: bool,
}

impl Names<'_> {
    fn boto3(&self) -> String {
        let Self { bucket, key, region, .. } = self;
        let style = if self.path { "path" } else { "virtual" };
        format!(
            "import boto3\nfrom botocore.config import Config\n\ns3 = boto3.client(\n    \"s3\",\n    region_name={region},\n    \
             config=Config(signature_version=\"s3v4\", s3={{\"addressing_style\": \"{style}\"}}),\n)\nurl = s3.generate_presigned_url(\n    \
             \"put_object\", Params={{\"Bucket\": {bucket}, \"Key\": {key}}}, ExpiresIn=3600\n)\n"
        )
    }

    fn javascript(&self) -> String {
        let Self { bucket, key, region, path } = self;
        let style = if *path { ", forcePathStyle: true" } else { "" };
        format!(
            "import {{ PutObjectCommand, S3Client }} from \"@aws-sdk/client-s3\";\nimport {{ getSignedUrl }} from \
             \"@aws-sdk/s3-request-presigner\";\n\nconst client = new S3Client({{ region: {region}{style} }});\nconst url = await \
             getSignedUrl(client, new PutObjectCommand({{ Bucket: {bucket}, Key: {key} }}), {{ expiresIn: 3600 }});\n"
        )
    }

    fn java(&self) -> String {
        let Self { bucket, key, region, path } = self;
        let style = if *path { "\n    .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())" } else { "" };
        format!(
            "S3Presigner presigner = S3Presigner.builder()\n    .region(Region.of({region})){style}\n    .build();\nURL url = \
             presigner.presignPutObject(r -> r.signatureDuration(Duration.ofHours(1))\n    .putObjectRequest(p -> \
             p.bucket({bucket}).key({key}))).url();\n"
        )
    }

    fn go(&self) -> String {
        let Self { bucket, key, region, path } = self;
        let style = if *path { ", func(o *s3.Options) { o.UsePathStyle = true }" } else { "" };
        format!(
            "cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion({region}))\nif err != nil {{\n\treturn err\n}}\nclient := \
             s3.NewFromConfig(cfg{style})\nreq, err := s3.NewPresignClient(client).PresignPutObject(ctx, &s3.PutObjectInput{{\n\tBucket: \
             aws.String({bucket}),\n\tKey:    aws.String({key}),\n}}, s3.WithPresignExpires(time.Hour))\n"
        )
    }

    fn rust(&self) -> String {
        let Self { bucket, key, region, path } = self;
        let style = if *path { ".force_path_style(true)" } else { "" };
        format!(
            "let shared = aws_config::defaults(BehaviorVersion::latest()).region(Region::new({region})).load().await;\nlet config = \
             aws_sdk_s3::config::Builder::from(&shared){style}.build();\nlet request = Client::from_conf(config)\n    .put_object()\n    \
             .bucket({bucket})\n    .key({key})\n    .presigned(PresigningConfig::expires_in(Duration::from_secs(3600))?)\n    \
             .await?;\nlet url = request.uri();\n"
        )
    }

    fn cli(&self, bucket: &str, key: &str) -> String {
        let Self { region, path, .. } = self;
        let style = if *path { "path" } else { "virtual" };
        format!(
            "aws configure set default.s3.addressing_style {style}\naws configure set default.s3.signature_version s3v4\n# signs a GET\naws s3 presign {} \
             --region {} --expires-in 3600\n",
            shell_quoted(&format!("s3://{bucket}/{key}")),
            shell_quoted(region.trim_matches('"')),
        )
    }
}

/// A double-quoted string literal.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// A word for a POSIX shell.
pub fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sdk_gets_the_region_and_the_style() {
        let url = Url::parse("https://uploads.s3.amazonaws.com/a%20b?X-Amz-Signature=secret").unwrap();
        let snippets = use_region("uploads", "eu-west-1", &url);
        assert_eq!(snippets.len(), 7);
        for snippet in &snippets {
            assert!(snippet.code.contains("eu-west-1") && !snippet.code.contains("secret"), "{}", snippet.code);
        }
        let boto3 = &snippets[0].code;
        for line in ["region_name=\"eu-west-1\"", "signature_version=\"s3v4\"", "\"addressing_style\": \"virtual\"", "\"Key\": \"a b\""] {
            assert!(boto3.contains(line), "{boto3}");
        }
        assert_eq!(snippets[6].code, "https://uploads.s3.eu-west-1.amazonaws.com/a%20b");
    }

    #[test]
    fn a_dotted_bucket_gets_path_style() {
        let url = Url::parse("https://a.b.s3.amazonaws.com/k").unwrap();
        let snippets = use_region("a.b", "eu-west-1", &url);
        assert!(snippets[0].code.contains("\"addressing_style\": \"path\"") && snippets[1].code.contains("forcePathStyle"));
        assert_eq!(snippets[6].code, "https://s3.eu-west-1.amazonaws.com/a.b/k");
    }

    #[test]
    fn names_cannot_break_out_of_their_quotes() {
        assert_eq!(quoted("a\"b\\c\n"), "\"a\\\"b\\\\c\"");
        assert_eq!(shell_quoted("a'b; rm"), r"'a'\''b; rm'");
        assert_eq!(shell_quoted("s3://b/k"), "s3://b/k");
    }
}
