//! Lines for the client: which endpoint an SDK should use, so that the URL it makes leads straight to the bucket's region.
//! Never holds a signature: a URL is shown without its query.

use url::Url;

use super::Snippet;
use crate::aws::s3::{self, S3Location};

/// How each SDK is told the bucket's region, the current signature version and the virtual-hosted style, and how it signs what
/// the page asks for, boto3 first; last the URL that the page should end up with.
///
/// A bucket name with dots gets path style: no certificate covers its virtual-hosted name.
pub fn use_region(bucket: &str, region: &str, url: &Url, method: &str) -> Vec<Snippet> {
    let key = S3Location::parse(url).and_then(|at| at.key).unwrap_or_else(|| "KEY".to_owned());
    let (operation, path) = (Operation::of(url, method), bucket.contains('.'));
    let names = Names { bucket: &quoted(bucket), key: &quoted(&key), region: &quoted(region), path, operation };
    let mut snippets = vec![
        Snippet::new("python", "boto3", names.boto3()),
        Snippet::new("javascript", "AWS SDK for JavaScript v3", names.javascript()),
        Snippet::new("java", "AWS SDK for Java v2", names.java()),
    ];
    // Not every SDK signs the beginning and the end of a multipart upload.
    if !matches!(operation, Operation::Begin | Operation::End) {
        snippets.extend(names.further(bucket, &key));
    }
    snippets.extend(page_url(bucket, region, url).map(|url| Snippet::new("text", "endpoint for the page", url)));
    snippets
}

/// What a link is signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Get,
    Head,
    Put,
    Delete,
    /// The beginning of a multipart upload.
    Begin,
    /// One part of it.
    Part,
    /// Its end.
    End,
    /// A form that the page posts.
    Form,
}

impl Operation {
    fn of(url: &Url, method: &str) -> Self {
        let has = |name: &str| url.query_pairs().any(|(n, _)| n.eq_ignore_ascii_case(name));
        match method {
            "GET" | "OPTIONS" => Self::Get,
            "HEAD" => Self::Head,
            "DELETE" => Self::Delete,
            "POST" if has("uploads") => Self::Begin,
            "POST" if has("uploadId") => Self::End,
            "POST" => Self::Form,
            _ if has("partNumber") && has("uploadId") => Self::Part,
            _ => Self::Put,
        }
    }

    /// As in `PutObject`.
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GetObject",
            Self::Head => "HeadObject",
            Self::Put | Self::Form => "PutObject",
            Self::Delete => "DeleteObject",
            Self::Begin => "CreateMultipartUpload",
            Self::Part => "UploadPart",
            Self::End => "CompleteMultipartUpload",
        }
    }

    /// As in `put_object`.
    fn snake(self) -> String {
        let words =
            |text: &str| text.chars().flat_map(|c| c.is_ascii_uppercase().then_some('_').into_iter().chain([c])).collect::<String>();
        words(&self.camel()).to_ascii_lowercase()
    }

    /// As in `putObject`.
    fn camel(self) -> String {
        let name = self.name();
        format!("{}{}", name[..1].to_ascii_lowercase(), &name[1..])
    }

    /// Said first where an SDK makes no forms.
    fn instead(self) -> &'static str {
        if self == Self::Form { "// instead of a form: sign a PUT, and let the page PUT the file\n" } else { "" }
    }
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
    operation: Operation,
}

impl Names<'_> {
    /// What names the upload, and `part` where one of its parts is signed.
    fn of_upload(&self, upload: &'static str, part: &str) -> String {
        match self.operation {
            Operation::Part => format!("{upload}{part}"),
            Operation::End => upload.to_owned(),
            _ => String::new(),
        }
    }

    fn boto3(&self) -> String {
        let Self { bucket, key, region, operation, .. } = self;
        let style = if self.path { "path" } else { "virtual" };
        let client = format!(
            "import boto3\nfrom botocore.config import Config\n\ns3 = boto3.client(\n    \"s3\",\n    region_name={region},\n    \
             config=Config(signature_version=\"s3v4\", s3={{\"addressing_style\": \"{style}\"}}),\n)\n"
        );
        if *operation == Operation::Form {
            return format!(
                "{client}form = s3.generate_presigned_post(\n    {bucket}, {key}, Conditions=[[\"content-length-range\", 1, 10485760]], \
                 ExpiresIn=3600\n)\n# the page posts form[\"fields\"], then the file, to form[\"url\"]\n"
            );
        }
        let part = self.of_upload(", \"UploadId\": upload_id", ", \"PartNumber\": part_number");
        format!(
            "{client}url = s3.generate_presigned_url(\n    \"{}\", Params={{\"Bucket\": {bucket}, \"Key\": {key}{part}}}, \
             ExpiresIn=3600\n)\n",
            operation.snake()
        )
    }

    fn javascript(&self) -> String {
        let Self { bucket, key, region, path, operation } = self;
        let style = if *path { ", forcePathStyle: true" } else { "" };
        let client = format!("const client = new S3Client({{ region: {region}{style} }});\n");
        if *operation == Operation::Form {
            return format!(
                "import {{ S3Client }} from \"@aws-sdk/client-s3\";\nimport {{ createPresignedPost }} from \
                 \"@aws-sdk/s3-presigned-post\";\n\n{client}const {{ url, fields }} = await createPresignedPost(client, {{\n  Bucket: \
                 {bucket},\n  Key: {key},\n  Conditions: [[\"content-length-range\", 1, 10485760]],\n  Expires: 3600,\n}});\n"
            );
        }
        let (name, part) = (operation.name(), self.of_upload(", UploadId: uploadId", ", PartNumber: partNumber"));
        format!(
            "import {{ {name}Command, S3Client }} from \"@aws-sdk/client-s3\";\nimport {{ getSignedUrl }} from \
             \"@aws-sdk/s3-request-presigner\";\n\n{client}const url = await getSignedUrl(client, new {name}Command({{ Bucket: {bucket}, \
             Key: {key}{part} }}), {{ expiresIn: 3600 }});\n"
        )
    }

    fn java(&self) -> String {
        let Self { bucket, key, region, path, operation } = self;
        let style = if *path { "\n    .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())" } else { "" };
        let part = self.of_upload(".uploadId(uploadId)", ".partNumber(partNumber)");
        format!(
            "{}S3Presigner presigner = S3Presigner.builder()\n    .region(Region.of({region})){style}\n    .build();\nURL url = \
             presigner.presign{}(r -> r.signatureDuration(Duration.ofHours(1))\n    .{}Request(p -> \
             p.bucket({bucket}).key({key}){part})).url();\n",
            operation.instead(),
            operation.name(),
            operation.camel()
        )
    }

    fn further(&self, bucket: &str, key: &str) -> [Snippet; 3] {
        [
            Snippet::new("go", "AWS SDK for Go v2", self.go()),
            Snippet::new("rust", "AWS SDK for Rust", self.rust()),
            Snippet::new("shell", "AWS CLI", self.cli(bucket, key)),
        ]
    }

    fn go(&self) -> String {
        let Self { bucket, key, region, path, operation } = self;
        let style = if *path { ", func(o *s3.Options) { o.UsePathStyle = true }" } else { "" };
        let (call, expires) = match operation {
            Operation::Form => ("PostObject", "func(o *s3.PresignPostOptions) { o.Expires = time.Hour }"),
            _ => (operation.name(), "s3.WithPresignExpires(time.Hour)"),
        };
        let part = self.of_upload("\tUploadId:   aws.String(uploadID),\n", "\tPartNumber: aws.Int32(partNumber),\n");
        format!(
            "cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion({region}))\nif err != nil {{\n\treturn err\n}}\nclient := \
             s3.NewFromConfig(cfg{style})\nreq, err := s3.NewPresignClient(client).Presign{call}(ctx, &s3.{}Input{{\n\tBucket: \
             aws.String({bucket}),\n\tKey:    aws.String({key}),\n{part}}}, {expires})\n",
            operation.name()
        )
    }

    fn rust(&self) -> String {
        let Self { bucket, key, region, path, operation } = self;
        let style = if *path { ".force_path_style(true)" } else { "" };
        let part = self.of_upload("    .upload_id(upload_id)\n", "    .part_number(part_number)\n");
        format!(
            "{}let shared = aws_config::defaults(BehaviorVersion::latest()).region(Region::new({region})).load().await;\nlet config = \
             aws_sdk_s3::config::Builder::from(&shared){style}.build();\nlet request = Client::from_conf(config)\n    .{}()\n    \
             .bucket({bucket})\n    .key({key})\n{part}    .presigned(PresigningConfig::expires_in(Duration::from_secs(3600))?)\n    \
             .await?;\nlet url = request.uri();\n",
            operation.instead(),
            operation.snake()
        )
    }

    fn cli(&self, bucket: &str, key: &str) -> String {
        let Self { region, path, operation, .. } = self;
        let style = if *path { "path" } else { "virtual" };
        let alone = match operation {
            Operation::Get => "",
            _ => "# the CLI signs a GET and nothing else; for this request take an SDK\n",
        };
        format!(
            "{alone}aws configure set default.s3.addressing_style {style}\naws configure set default.s3.signature_version s3v4\naws s3 presign {} \
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
        let snippets = use_region("uploads", "eu-west-1", &url, "PUT");
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
    fn what_the_page_asks_for_is_what_is_signed() {
        const PART: &str = "?partNumber=1&uploadId=x";
        let text = |method: &str, query: &str| -> Vec<String> {
            let url = Url::parse(&format!("https://uploads.s3.amazonaws.com/k{query}")).unwrap();
            use_region("uploads", "eu-west-1", &url, method).into_iter().map(|snippet| snippet.code.into_owned()).collect()
        };
        for (method, query, wanted) in [
            (
                "GET",
                "",
                ["\"get_object\"", "GetObjectCommand(", "presignGetObject(", "PresignGetObject(ctx, &s3.GetObjectInput{", ".get_object()"],
            ),
            ("HEAD", "", ["\"head_object\"", "HeadObjectCommand(", ".headObjectRequest(", "PresignHeadObject(", ".head_object()"]),
            ("PUT", "", ["\"put_object\"", "PutObjectCommand(", "presignPutObject(", "PresignPutObject(", ".put_object()"]),
            (
                "DELETE",
                "",
                ["\"delete_object\"", "DeleteObjectCommand(", "presignDeleteObject(", "&s3.DeleteObjectInput{", ".delete_object()"],
            ),
            ("PUT", PART, ["\"UploadId\": upload_id", "UploadPartCommand(", ".uploadPartRequest(", "PresignUploadPart(", ".upload_part()"]),
            (
                "POST",
                "",
                ["generate_presigned_post(", "createPresignedPost(", "let the page PUT", "PresignPostObject(", "let the page PUT"],
            ),
        ] {
            for (code, wanted) in text(method, query).iter().zip(wanted) {
                assert!(code.contains(wanted), "{method} {wanted}: {code}");
            }
        }
        assert!(text("POST", "?uploads")[0].contains("\"create_multipart_upload\"") && text("POST", "?uploads").len() == 4);
        assert!(text("PUT", "")[5].contains("take an SDK") && !text("GET", "")[5].contains('#'));
    }

    #[test]
    fn a_dotted_bucket_gets_path_style() {
        let url = Url::parse("https://a.b.s3.amazonaws.com/k").unwrap();
        let snippets = use_region("a.b", "eu-west-1", &url, "GET");
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
