//! The CORS configuration of a bucket, written in the form that the user deploys. Values are quoted for each form; nothing
//! is judged here.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::Snippet;
use super::client::shell_quoted;
use super::terraform;
use crate::aws::s3::cors::config::{MaxAge, Rule, Span, Text};

/// A form to write in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// The JSON list of the S3 console.
    #[default]
    Console,
    /// An `aws s3api` command.
    Cli,
    /// The XML of the REST API.
    Xml,
    /// `CloudFormation`, YAML.
    CloudFormation,
    /// AWS SAM, YAML.
    Sam,
    /// AWS CDK in TypeScript.
    CdkTs,
    /// AWS CDK in Python.
    CdkPython,
    /// Terraform.
    Terraform,
    /// Terraform's JSON.
    TerraformJson,
    /// boto3.
    Boto3,
}

/// Seconds that a browser may keep the preflight's answer.
const MAX_AGE: i64 = 3000;

impl Form {
    /// The forms that a report shows; Terraform's JSON would say the same as Terraform again.
    pub const SHOWN: [Self; 9] =
        [Self::Console, Self::Cli, Self::Xml, Self::CloudFormation, Self::Sam, Self::CdkTs, Self::CdkPython, Self::Terraform, Self::Boto3];

    /// Language of the text, and what it is for.
    pub fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Console => ("json", "S3 console"),
            Self::Cli => ("shell", "AWS CLI"),
            Self::Xml => ("xml", "REST API"),
            Self::CloudFormation => ("yaml", "CloudFormation"),
            Self::Sam => ("yaml", "AWS SAM"),
            Self::CdkTs => ("typescript", "AWS CDK (TypeScript)"),
            Self::CdkPython => ("python", "AWS CDK (Python)"),
            Self::Terraform => ("hcl", "Terraform"),
            Self::TerraformJson => ("json", "Terraform JSON"),
            Self::Boto3 => ("python", "boto3"),
        }
    }
}

/// The least rule for one request.
pub fn least_rule(origin: &str, method: &str, headers: &[String], expose: &[String]) -> Rule {
    let texts = |list: &[String]| list.iter().map(Text::plain).collect();
    Rule {
        origins: vec![Text::plain(origin)],
        methods: vec![Text::plain(method)],
        headers: texts(headers),
        expose: texts(expose),
        max_age: Some(MaxAge { seconds: MAX_AGE, span: Span::default() }),
        ..Rule::default()
    }
}

/// The rules in every form that a report shows.
pub fn snippets(rules: &[Rule], bucket: &str) -> Vec<Snippet> {
    let snippet = |form: Form| {
        let (language, label) = form.labels();
        Snippet::new(language, label, render(rules, form, bucket))
    };
    Form::SHOWN.into_iter().map(snippet).collect()
}

/// The rules in one form. Values that are known at deployment only are written as they are; see [`writable`].
pub fn render(rules: &[Rule], form: Form, bucket: &str) -> String {
    match form {
        Form::Console => format!("{:#}\n", api_rules(rules)),
        Form::Cli => {
            let configuration = format!("{:#}", json!({"CORSRules": api_rules(rules)}));
            let (bucket, configuration) = (shell_quoted(bucket), shell_quoted(&configuration));
            format!(
                "# put replaces every rule; these are there now:\naws s3api get-bucket-cors --bucket {bucket}\naws s3api put-bucket-cors \
                 --bucket {bucket} --cors-configuration {configuration}\n"
            )
        }
        Form::Xml => xml(rules),
        Form::CloudFormation => template(rules, bucket, ""),
        Form::Sam => template(rules, bucket, "Transform: AWS::Serverless-2016-10-31\n"),
        Form::CdkTs => cdk_typescript(rules),
        Form::CdkPython => cdk_python(rules),
        Form::Terraform => terraform::hcl(rules, bucket),
        Form::TerraformJson => terraform::json(rules, bucket),
        Form::Boto3 => {
            let configuration = indented(&format!("{:#}", json!({"CORSRules": api_rules(rules)})), "    ");
            let bucket = quoted(bucket);
            format!(
                "import boto3\n\ns3 = boto3.client(\"s3\")\ns3.put_bucket_cors(\n    Bucket={bucket},\n    \
                 CORSConfiguration={configuration},\n)\n"
            )
        }
    }
}

/// Whether every value can be written in a form: an expression can only stay in the language that it was written in.
pub fn writable(rules: &[Rule], form: Form) -> Result<(), String> {
    let lists = rules.iter().flat_map(|rule| [&rule.origins, &rule.methods, &rule.headers, &rule.expose]);
    let mut values = lists.flat_map(|list| list.iter().map(move |text| (text, list.len() == 1))).filter(|(text, _)| text.opaque);
    match values.find(|(text, alone)| !fits(text, *alone, form)) {
        Some((text, _)) => Err(format!("{} is only known at deployment and cannot be written in this form", text.value)),
        None => Ok(()),
    }
}

/// `alone`: nothing else stands in its list.
fn fits(text: &Text, alone: bool, form: Form) -> bool {
    let expression = &text.value;
    match form {
        _ if expression.ends_with('…') => false,
        Form::CloudFormation | Form::Sam => (expression.starts_with('!') || expression.contains("${")) && (alone || !text.is_list),
        Form::Terraform | Form::TerraformJson => {
            !expression.starts_with('!') && !expression.starts_with("Fn::") && !expression.starts_with("Ref ")
        }
        _ => false,
    }
}

fn api_rules(rules: &[Rule]) -> Value {
    rules.iter().map(api_rule).collect()
}

fn api_rule(rule: &Rule) -> Value {
    let list = |texts: &[Text]| -> Value { texts.iter().map(|text| text.value.as_str()).collect() };
    let mut fields = Map::new();
    if let Some(id) = &rule.id {
        fields.insert("ID".into(), id.value.as_str().into());
    }
    fields.insert("AllowedHeaders".into(), list(&rule.headers));
    fields.insert("AllowedMethods".into(), list(&rule.methods));
    fields.insert("AllowedOrigins".into(), list(&rule.origins));
    fields.insert("ExposeHeaders".into(), list(&rule.expose));
    if let Some(age) = rule.max_age {
        fields.insert("MaxAgeSeconds".into(), age.seconds.into());
    }
    Value::Object(fields)
}

fn xml(rules: &[Rule]) -> String {
    let mut out =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n");
    for rule in rules {
        out.push_str("  <CORSRule>\n");
        let lists = [
            ("AllowedOrigin", &rule.origins),
            ("AllowedMethod", &rule.methods),
            ("AllowedHeader", &rule.headers),
            ("ExposeHeader", &rule.expose),
        ];
        let id = rule.id.iter().map(|id| ("ID", id.value.clone()));
        let values = lists.into_iter().flat_map(|(name, list)| list.iter().map(move |text| (name, text.value.clone())));
        let age = rule.max_age.into_iter().map(|age| ("MaxAgeSeconds", age.seconds.to_string()));
        for (name, value) in id.chain(values).chain(age) {
            let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let _ = writeln!(out, "    <{name}>{value}</{name}>");
        }
        out.push_str("  </CORSRule>\n");
    }
    out.push_str("</CORSConfiguration>\n");
    out
}

fn template(rules: &[Rule], bucket: &str, transform: &str) -> String {
    let mut out = format!(
        "AWSTemplateFormatVersion: \"2010-09-09\"\n{transform}Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n    Properties:\n      \
         BucketName: {}\n      CorsConfiguration:\n        CorsRules:\n",
        quoted(bucket)
    );
    let literal = |text: &Text| match (text.opaque, text.value.starts_with('!')) {
        (true, true) => text.value.clone(),
        (true, false) => format!("!Sub {}", quoted(&text.value)),
        _ => quoted(&text.value),
    };
    for rule in rules {
        let mut lines: Vec<String> = rule.id.iter().map(|id| format!("Id: {}", quoted(&id.value))).collect();
        let lists = [
            ("AllowedOrigins", &rule.origins),
            ("AllowedMethods", &rule.methods),
            ("AllowedHeaders", &rule.headers),
            ("ExposedHeaders", &rule.expose),
        ];
        for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            if let [whole] = list.as_slice()
                && whole.is_list
            {
                lines.push(format!("{name}: {}", literal(whole)));
                continue;
            }
            lines.push(format!("{name}:"));
            lines.extend(list.iter().map(|text| format!("  - {}", literal(text))));
        }
        lines.extend(rule.max_age.map(|age| format!("MaxAge: {}", age.seconds)));
        for (at, line) in lines.iter().enumerate() {
            let _ = writeln!(out, "          {} {line}", if at == 0 { "-" } else { " " });
        }
    }
    out
}

fn cdk_typescript(rules: &[Rule]) -> String {
    let mut out = String::from("import * as s3 from \"aws-cdk-lib/aws-s3\";\n");
    for rule in rules {
        out.push_str("\nbucket.addCorsRule({\n");
        for (name, value) in cdk_fields(rule, ["id", "allowedOrigins", "allowedMethods", "allowedHeaders", "exposedHeaders", "maxAge"]) {
            let _ = writeln!(out, "  {name}: {value},");
        }
        out.push_str("});\n");
    }
    out
}

fn cdk_python(rules: &[Rule]) -> String {
    let mut out = String::from("from aws_cdk import aws_s3 as s3\n");
    for rule in rules {
        out.push_str("\nbucket.add_cors_rule(\n");
        for (name, value) in cdk_fields(rule, ["id", "allowed_origins", "allowed_methods", "allowed_headers", "exposed_headers", "max_age"])
        {
            let _ = writeln!(out, "    {name}={value},");
        }
        out.push_str(")\n");
    }
    out
}

fn cdk_fields<'n>(rule: &Rule, names: [&'n str; 6]) -> Vec<(&'n str, String)> {
    let [id, origins, methods, headers, expose, age] = names;
    let strings = |list: &[Text]| (!list.is_empty()).then(|| format!("[{}]", quoted_list(list)));
    let verbs = rule.methods.iter().map(|text| format!("s3.HttpMethods.{}", text.value)).collect::<Vec<_>>().join(", ");
    [
        (id, rule.id.as_ref().map(|id| quoted(&id.value))),
        (origins, strings(&rule.origins)),
        (methods, Some(format!("[{verbs}]"))),
        (headers, strings(&rule.headers)),
        (expose, strings(&rule.expose)),
        (age, rule.max_age.map(|age| age.seconds.to_string())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

fn quoted_list(list: &[Text]) -> String {
    list.iter().map(|text| quoted(&text.value)).collect::<Vec<_>>().join(", ")
}

/// A JSON string, which is one in YAML, TypeScript and Python as well.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn indented(text: &str, by: &str) -> String {
    text.replace('\n', &format!("\n{by}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::s3::cors::read;

    fn rules() -> Vec<Rule> {
        let mut first = least_rule("https://a.test", "PUT", &["content-type".into(), "x-amz-acl".into()], &["ETag".into()]);
        first.id = Some(Text::plain("it's \"one\" & <two> ${three}"));
        vec![first, least_rule("*", "GET", &[], &[])]
    }

    fn plain(rules: &[Rule]) -> Vec<Vec<String>> {
        let list = |texts: &[Text]| texts.iter().map(|t| t.value.clone()).collect::<Vec<_>>().join(",");
        let age = |rule: &Rule| rule.max_age.map(|age| age.seconds.to_string()).unwrap_or_default();
        rules.iter().map(|r| vec![list(&r.origins), list(&r.methods), list(&r.headers), list(&r.expose), age(r)]).collect()
    }

    #[test]
    fn what_is_written_is_read_back() {
        for form in [Form::Console, Form::Xml, Form::CloudFormation, Form::Sam, Form::Terraform, Form::TerraformJson] {
            let text = render(&rules(), form, "uploads");
            let document = read(&text).unwrap();
            let errors: Vec<_> = document.slips.iter().filter(|s| s.grade == crate::aws::s3::cors::config::Grade::Error).collect();
            assert!(errors.is_empty(), "{form:?} {errors:?}\n{text}");
            assert_eq!(plain(&document.configs[0].rules), plain(&rules()), "{form:?}\n{text}");
        }
    }

    #[test]
    fn the_shell_and_python_get_the_same_json() {
        let cli = render(&rules(), Form::Cli, "my bucket");
        assert!(cli.contains("\naws s3api put-bucket-cors --bucket 'my bucket' --cors-configuration '{\n"), "{cli}");
        assert!(cli.contains(r"it'\''s"), "{cli}");
        let python = render(&rules(), Form::Boto3, "uploads");
        assert!(python.contains("    Bucket=\"uploads\",\n    CORSConfiguration={\n      \"CORSRules\": ["), "{python}");
        let typescript = render(&rules(), Form::CdkTs, "uploads");
        assert!(typescript.contains("  allowedMethods: [s3.HttpMethods.PUT],\n  allowedHeaders: [\"content-type\", \"x-amz-acl\"],\n"));
        assert!(render(&rules(), Form::CdkPython, "uploads").contains("    allowed_origins=[\"*\"],\n"));
    }

    #[test]
    fn expressions_stay_in_their_own_language() {
        let mut rule = least_rule("var.origin", "GET", &[], &[]);
        rule.origins[0].opaque = true;
        let rules = [rule];
        assert!(writable(&rules, Form::Terraform).is_ok() && writable(&rules, Form::Console).is_err());
        assert!(render(&rules, Form::Terraform, "b").contains("allowed_origins = [var.origin]"));
        assert_eq!(snippets(&rules, "b").len(), 9);
    }

    #[test]
    fn an_expression_for_a_whole_list_stays_one() {
        let mut rule = least_rule("!Ref Origins", "GET", &[], &[]);
        rule.origins[0] = Text { is_list: true, ..Text::opaque("!Ref Origins", Span::default()) };
        let alone = [rule.clone()];
        assert!(writable(&alone, Form::CloudFormation).is_ok());
        assert!(render(&alone, Form::CloudFormation, "b").contains("AllowedOrigins: !Ref Origins\n"));
        rule.origins.push(Text::plain("https://b.test"));
        assert!(writable(&[rule], Form::CloudFormation).is_err());
    }
}
