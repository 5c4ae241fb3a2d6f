//! Recognises the form of a configuration by its text, and reads it.

use super::config::{Dialect, Document, Grade, Lines, Slip, Span};
use super::node::{self, Data, Node};
use super::{cloudformation, json, terraform, terraform_json, xml, yaml};

/// Larger files are refused. A configuration has at most 64 KiB; templates are larger.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Reads a configuration in any of its forms, or says what was expected. Mistakes inside a known form are slips.
pub fn read(text: &str) -> Result<Document, String> {
    if text.len() > MOST_BYTES {
        return Err(format!("it is larger than {} MiB", MOST_BYTES / 1024 / 1024));
    }
    // A byte order mark is three bytes that no column counts.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = match without_leading_comments(text).chars().next() {
        None => return Err("it is empty".into()),
        Some('<') => xml::read(text),
        Some('[' | '{') => from_json(text),
        Some(_) if looks_like_terraform(text) => terraform::read(text),
        Some(_) if looks_like_yaml(text) => from_yaml(text),
        Some(_) => return Err(format!("it is none of the known forms: {FORMS}")),
    };
    if document.configs.is_empty() && document.slips.is_empty() {
        return Err(format!("it holds no CORS rules of an S3 bucket; the known forms are {FORMS}"));
    }
    Ok(document)
}

const FORMS: &str = "the console's JSON list, {\"CORSRules\": […]}, XML, CloudFormation or SAM (JSON, YAML), Terraform (also .tf.json)";

/// JSON with a remark in front is still meant as JSON, and is told so.
fn without_leading_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(after) = match () {
        () if rest.starts_with("//") => Some(rest.split_once('\n').map_or("", |(_, after)| after)),
        () if rest.starts_with("/*") => rest.split_once("*/").map(|(_, after)| after),
        () => None,
    } {
        rest = after.trim_start();
    }
    rest
}

fn looks_like_terraform(text: &str) -> bool {
    let heads = |line: &str| {
        ["resource \"", "module \"", "cors_rule", "variable \"", "locals {", "terraform {", "provider \""]
            .iter()
            .any(|h| line.starts_with(h))
    };
    text.lines().map(str::trim_start).any(heads) && !text.contains("CorsConfiguration:")
}

fn looks_like_yaml(text: &str) -> bool {
    ["CorsConfiguration", "CorsRules", "Resources", "AllowedOrigins", "CORSRules", "AllowedMethods"].iter().any(|key| text.contains(key))
}

fn from_json(text: &str) -> Document {
    let mut slips = Vec::new();
    match json::parse(text, &mut slips) {
        Some(root) if is_template(&root) => cloudformation::find(&cloudformation::resolve(root, 0), Dialect::CloudFormationJson, slips),
        Some(root) if terraform_json::is_meant(&root) => terraform_json::find(root, slips),
        Some(root) => api(&root, slips),
        None => {
            if slips.is_empty() {
                slips.push(Slip::new("json-syntax", Lines::new(text).span(0..1), "not JSON", "S3 takes strict JSON"));
            }
            Document { dialect: Dialect::Console, slips, ..Document::default() }
        }
    }
}

fn from_yaml(text: &str) -> Document {
    let mut slips = Vec::new();
    let dialect = Dialect::CloudFormationYaml;
    let Some(root) = yaml::parse(text, &mut slips) else { return Document { dialect, slips, ..Document::default() } };
    let root = cloudformation::resolve(root, 0);
    // A part of a template: the list of rules alone.
    if root.list().is_some_and(|items| items.iter().any(looks_like_rule)) {
        let config = node::config(&root, None, dialect, &mut slips);
        return Document { dialect, configs: vec![config], slips, xml_bytes: 0 };
    }
    cloudformation::find(&root, dialect, slips)
}

fn is_template(root: &Node) -> bool {
    ["Resources", "CorsConfiguration", "CorsRules", "AWSTemplateFormatVersion", "Properties", "resources"]
        .iter()
        .any(|key| root.get(key).is_some())
}

/// The console's list or the CLI's object, with what people put around them.
fn api(root: &Node, mut slips: Vec<Slip>) -> Document {
    let inner = root.get("CORSConfiguration").unwrap_or(root);
    if let Some(rules) = inner.get("CORSRules") {
        for (key, _) in inner.map().unwrap_or_default().iter().filter(|(key, _)| key.value != "CORSRules") {
            let message = format!("{} is not a key of the configuration", key.value);
            slips.push(Slip::new("unknown-key", key.span, message, "the only key here is CORSRules"));
        }
        let note = "this is the form of the CLI and the SDKs; the S3 console takes the list alone";
        slips.push(Slip::new("object-not-for-console", inner.span, note, "for the console, paste only the [ … ]").graded(Grade::Note));
        let config = node::config(rules, None, Dialect::Cli, &mut slips);
        return Document { dialect: Dialect::Cli, configs: vec![config], slips, xml_bytes: 0 };
    }
    if let Some((key, rules)) = misnamed(inner) {
        slips.push(Slip::new("unknown-key", key, "the key of the rules is CORSRules", "write \"CORSRules\""));
        let config = node::config(rules, None, Dialect::Cli, &mut slips);
        return Document { dialect: Dialect::Cli, configs: vec![config], slips, xml_bytes: 0 };
    }
    let configs = match &inner.data {
        Data::List(_) => vec![node::config(inner, None, Dialect::Console, &mut slips)],
        Data::Map(_) if looks_like_rule(inner) => vec![node::config(inner, None, Dialect::Console, &mut slips)],
        _ => Vec::new(),
    };
    Document { dialect: Dialect::Console, configs, slips, xml_bytes: 0 }
}

/// `CORSRule`, `CorsRules`, `corsRules` …: one list of rules under a nearly right name.
fn misnamed(node: &Node) -> Option<(Span, &Node)> {
    let entries = node.map()?;
    let named = |name: &str| name.to_ascii_lowercase().trim_end_matches('s') == "corsrule";
    entries.iter().find(|(key, _)| named(&key.value)).map(|(key, rules)| (key.span, rules))
}

fn looks_like_rule(node: &Node) -> bool {
    let named = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("allowedorigin") || name.starts_with("allowedmethod") || name.starts_with("allowed_")
    };
    node.map().is_some_and(|entries| entries.iter().any(|(key, _)| named(&key.value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"{"AllowedOrigins": ["https://a.test"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]"#;

    /// Form, and for each rule its origins, methods, headers, exposed headers and age.
    fn told(text: &str) -> (Dialect, String, Vec<&'static str>) {
        let document = read(text).unwrap();
        let join = |list: &[super::super::config::Text]| {
            list.iter().map(|t| if t.opaque { format!("<{}>", t.value) } else { t.value.clone() }).collect::<Vec<_>>().join(",")
        };
        let rules = document.configs.iter().flat_map(|config| &config.rules).map(|rule| {
            let age = rule.max_age.map(|age| age.seconds.to_string()).unwrap_or_default();
            format!("{} {} {} {} {age}", join(&rule.origins), join(&rule.methods), join(&rule.headers), join(&rule.expose))
        });
        (document.dialect, rules.collect::<Vec<_>>().join(" | "), document.slips.iter().map(|slip| slip.code).collect())
    }

    #[test]
    fn a_remark_in_front_leaves_json_what_it_is() {
        for text in ["// uploads\n[RULE}]", "/* uploads\n */ [RULE}]", "\u{feff}// a\n// b\r\n{\"CORSRules\": [RULE}]}"] {
            let (dialect, rules, slips) = told(&text.replace("RULE", RULES));
            assert!(matches!(dialect, Dialect::Console | Dialect::Cli), "{dialect:?}");
            assert_eq!((rules.as_str(), slips.contains(&"comment")), ("https://a.test PUT *  ", true), "{text}");
        }
        assert!(read("// nothing but a remark").is_err());
        assert!(read("/* never closed").is_err());
    }

    #[test]
    fn every_form_gives_the_same_rules() {
        let json = format!("{RULES}, \"ExposeHeaders\": [\"ETag\"], \"MaxAgeSeconds\": 3000}}");
        let template = format!("{RULES}, \"ExposedHeaders\": [\"ETag\"], \"MaxAge\": 3000}}");
        let resource = |rules: &str| {
            let properties = format!("{{\"CorsConfiguration\": {{\"CorsRules\": [{rules}]}}}}");
            format!("{{\"Resources\": {{\"B\": {{\"Type\": \"AWS::S3::Bucket\", \"Properties\": {properties}}}}}}}")
        };
        let yaml = "Resources:\n  B:\n    Properties:\n      CorsConfiguration:\n        CorsRules:\n          - AllowedOrigins: [https://a.test]\n            \
                    AllowedMethods:\n              - PUT\n            AllowedHeaders: ['*']\n            ExposedHeaders: [ETag]\n            MaxAge: 3000\n";
        let xml = "<CORSConfiguration><CORSRule><AllowedOrigin>https://a.test</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>\
                   <AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule></CORSConfiguration>";
        let terraform = "resource \"aws_s3_bucket_cors_configuration\" \"b\" {\n  cors_rule {\n    allowed_origins = [\"https://a.test\"]\n    allowed_methods = [\"PUT\"]\n    \
                         allowed_headers = [\"*\"]\n    expose_headers = [\"ETag\"]\n    max_age_seconds = 3000\n  }\n}\n";
        for (text, dialect, slips) in [
            (format!("[{json}]"), Dialect::Console, &[][..]),
            (format!("\u{feff}[{json}]"), Dialect::Console, &[]),
            (format!("{{\"CORSRules\": [{json}]}}"), Dialect::Cli, &["object-not-for-console"]),
            (format!("{{\"CORSConfiguration\": {{\"CORSRules\": [{json}]}}}}"), Dialect::Cli, &["object-not-for-console"]),
            (resource(&template), Dialect::CloudFormationJson, &[]),
            (yaml.to_owned(), Dialect::CloudFormationYaml, &[]),
            (xml.to_owned(), Dialect::Xml, &["xml-not-for-console"]),
            (terraform.to_owned(), Dialect::Terraform, &[]),
            (terraform.replace("resource \"aws_s3_bucket_cors_configuration\" \"b\" {", "").replace("\n}\n", ""), Dialect::Terraform, &[]),
        ] {
            assert_eq!(told(&text), (dialect, "https://a.test PUT * ETag 3000".into(), slips.to_vec()), "{text}");
        }
    }

    #[test]
    fn slips_are_read_over_and_reported() {
        for (text, rules, slips) in [
            (
                "[{'AllowedOrigins': ['*'], AllowedMethods: [\"GET\",]}]",
                "* GET   ",
                &["single-quotes", "single-quotes", "missing-quotes", "trailing-comma"][..],
            ),
            (
                "[{\"AllowedOrigins\": [\"*\"] \"AllowedMethods\": [\"GET\" \"PUT\"]}] // all",
                "* GET,PUT   ",
                &["missing-comma", "missing-comma", "comment"],
            ),
            (
                "[{\"AllowedOrigins\": [\"*\",,], \"AllowedMethods\": [\"GET\"]",
                "* GET   ",
                &["extra-comma", "unclosed-bracket", "unclosed-bracket", "trailing-comma"],
            ),
            ("[{“AllowedOrigins”: [“*“], “AllowedMethods”: [“GET”]}]", "* GET   ", &["curly-quotes"]),
            ("{\"AllowedOrigins\": [\"*\"], \"AllowedMethods\": [\"GET\"]}", "* GET   ", &["rules-not-a-list"]),
            ("{\"AllowedOrigins\": [\"*\"]},{\"AllowedMethods\": [\"GET\"]}", "*     |  GET   ", &["rules-not-a-list"]),
            ("[{\"AllowedOrigin\": \"*\", \"AllowedMethods\": [\"GET\"]}];", "* GET   ", &["extra-bracket", "unknown-key", "not-a-list"]),
            (
                "[{\"AllowedOrigins\": [\"*\"], \"AllowedMethods\": [\"GET\"], \"MaxAge\": \"60\", \"Colour\": 1}]",
                "* GET   60",
                &["unknown-key", "wrong-type", "unknown-key"],
            ),
            ("{\"CorsRules\": [], \"Resources\": {}}", "", &[]),
            ("[{\"AllowedOrigins\": [}]", "", &["json-syntax"]),
        ] {
            let (_, told, codes) = told(text);
            assert_eq!((told.as_str(), codes.as_slice()), (rules, slips), "{text}");
        }
    }

    #[test]
    fn expressions_stay_expressions() {
        let yaml = "CorsRules:\n  - AllowedOrigins: [!Ref Origin, !Sub 'https://${Host}', !Sub 'https://a.test']\n    AllowedMethods: !Ref Methods\n";
        assert_eq!(told(yaml).1, "<!Ref Origin>,<!Sub https://${Host}>,https://a.test <!Ref Methods>   ");
        let json = r#"{"CorsRules": [{"AllowedOrigins": [{"Ref": "Origin"}, {"Fn::Sub": "https://${H}"}], "AllowedMethods": ["GET"]}]}"#;
        assert_eq!(told(json).1, "<Ref Origin>,<Fn::Sub https://${H}> GET   ");
        let terraform =
            "cors_rule {\n  allowed_origins = [var.origin, \"https://${var.host}\"]\n  allowed_methods = concat([\"GET\"], var.more)\n}\n";
        assert_eq!(told(terraform).1, "<var.origin>,<\"https://${var.host}\"> <concat([\"GET\"], var.more)>   ");
    }

    #[test]
    fn hostile_files_do_no_harm() {
        let deep = |open: &str| open.repeat(100_000);
        for text in [
            deep("["),
            deep("{\"a\":"),
            format!("CorsRules:\n{}", deep("- ")),
            format!("CorsRules: {}", deep("[")),
            deep("<a>"),
            format!("cors_rule {{ a = {}", deep("[")),
            format!("cors_rule {{ a = {}", deep("!")),
            deep("cors_rule {\n"),
            "CorsRules: &a [*a, *a]".to_owned(),
            "<!DOCTYPE x [<!ENTITY a 'b'>]><CORSConfiguration>&a;</CORSConfiguration>".to_owned(),
        ] {
            let read = read(&text);
            assert!(read.is_err() || read.is_ok_and(|document| !document.slips.is_empty()), "{}", &text[..20]);
        }
        for text in ["", "  ", "hello", "{}", "[1]", "3"] {
            let _ = read(text);
        }
    }
}
