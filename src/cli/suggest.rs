//! `whycors suggest`: the least configuration that lets a request through, in the form the user deploys.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::Value;
use url::Url;

use super::ask::AskArgs;
use super::lint::{MOST_BYTES, chosen};
use super::output::{Trouble, complain, deliver, read_text};
use super::{Exit, Global};
use crate::ask::Ask;
use crate::aws::s3::cors::config::{Dialect, Document, Grade, UNKNOWN_UNTIL_DEPLOYED};
use crate::aws::s3::cors::read;
use crate::remedy::s3_cors::{Form, render, writable};
use crate::suggest::{Want, suggest};
use crate::verdict::Engine;

#[derive(Debug, Args)]
pub(crate) struct SuggestArgs {
    #[command(flatten)]
    ask: AskArgs,
    /// Take the requests from a report of `whycors probe` (or - for standard input): every blocked one
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Merge into this configuration, in any form that `whycors lint` reads; what it allows stays allowed
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The bucket's resource, in a template that has several
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
    /// Form to write in [default: that of --config, else console]
    #[arg(long, value_enum, value_name = "FORM")]
    form: Option<FormArg>,
    /// Name of the bucket
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// Write there (atomically) instead of standard output
    #[arg(long, short, env = "WHYCORS_OUTPUT", value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormArg {
    /// The JSON list of the S3 console
    Console,
    /// An aws s3api command
    Cli,
    /// The XML of the REST API
    Xml,
    /// CloudFormation, YAML
    Cloudformation,
    /// AWS SAM, YAML
    Sam,
    /// AWS CDK in TypeScript
    CdkTs,
    /// AWS CDK in Python
    CdkPython,
    /// Terraform
    Terraform,
    /// Terraform, as JSON
    TerraformJson,
    /// boto3
    Boto3,
}

impl From<FormArg> for Form {
    fn from(form: FormArg) -> Self {
        match form {
            FormArg::Console => Self::Console,
            FormArg::Cli => Self::Cli,
            FormArg::Xml => Self::Xml,
            FormArg::Cloudformation => Self::CloudFormation,
            FormArg::Sam => Self::Sam,
            FormArg::CdkTs => Self::CdkTs,
            FormArg::CdkPython => Self::CdkPython,
            FormArg::Terraform => Self::Terraform,
            FormArg::TerraformJson => Self::TerraformJson,
            FormArg::Boto3 => Self::Boto3,
        }
    }
}

pub(crate) fn run(args: SuggestArgs, global: Global) -> Result<Exit, Trouble> {
    let (asks, bucket) = match &args.from {
        Some(path) => asks_of(&read_text(path, 64 << 20)?)?,
        None => (vec![args.ask.ask(stand_in()?)?], None),
    };
    let document = match &args.config {
        Some(path) => document_of(path)?,
        None => Document::default(),
    };
    let config = chosen(&document, args.resource.as_deref())?;
    complete(&document)?;
    if config.is_none() && args.config.is_some() {
        return Err(Trouble::new("the configuration cannot be read: see `whycors lint`"));
    }
    let wants: Vec<Want> = asks.iter().map(|ask| Want::of(ask, Engine::Chromium)).collect();
    let existing = config.map(|config| config.rules.as_slice()).unwrap_or_default();
    let suggestion = suggest(existing, &wants).map_err(Trouble::new)?;
    let form = args.form.map_or_else(|| form_of(document.dialect), Form::from);
    writable(&suggestion.rules, form).map_err(Trouble::new)?;
    if args.config.is_some() && global.quiet == 0 {
        report(&suggestion.changes);
    }
    let bucket = args.bucket.or(bucket).unwrap_or_else(|| "BUCKET".into());
    deliver(&render(&suggestion.rules, form, &bucket), args.output.as_ref())?;
    Ok(Exit::Ok)
}

/// The rules of a configuration, as the list that the S3 console takes.
pub(super) fn rules_of(path: &Path, resource: Option<&str>) -> Result<Value, Trouble> {
    let document = document_of(path)?;
    complete(&document)?;
    let config = chosen(&document, resource)?;
    let config = config.ok_or_else(|| Trouble::new("--config: the configuration cannot be read: see `whycors lint`"))?;
    writable(&config.rules, Form::Console).map_err(|why| Trouble::new(format!("--config: {why}")))?;
    serde_json::from_str(&render(&config.rules, Form::Console, "")).map_err(|error| Trouble::new(format!("--config: {error}")))
}

fn document_of(path: &Path) -> Result<Document, Trouble> {
    let text = read_text(path, MOST_BYTES)?;
    read(&text).map_err(|why| Trouble::new(format!("{} is no CORS configuration: {why}", path.display())))
}

/// Nothing may be lost on the way: a part that could not be read is no part of what is written.
fn complete(document: &Document) -> Result<(), Trouble> {
    for slip in &document.slips {
        let at = format!("{}:{}", slip.span.line, slip.span.column);
        if slip.code == UNKNOWN_UNTIL_DEPLOYED {
            return Err(Trouble::new(format!("--config, {at}: {}; it would be lost, so add the rule by hand", slip.message)));
        }
        if slip.grade == Grade::Error {
            complain(format!("--config, {at}: {}", slip.message));
        }
    }
    Ok(())
}

/// What was done, on standard error: standard output holds the configuration alone.
fn report(changes: &[String]) {
    if changes.is_empty() {
        complain("the configuration already lets the request through");
    }
    changes.iter().for_each(complain);
}

/// The URL of an ask that names none: only its being another origin matters.
fn stand_in() -> Result<Url, Trouble> {
    Url::parse("https://bucket.s3.amazonaws.com/key").map_err(|error| Trouble::new(error.to_string()))
}

fn form_of(dialect: Dialect) -> Form {
    match dialect {
        Dialect::Console => Form::Console,
        Dialect::Cli => Form::Cli,
        Dialect::Xml => Form::Xml,
        Dialect::CloudFormationJson | Dialect::CloudFormationYaml => Form::CloudFormation,
        Dialect::Terraform => Form::Terraform,
        Dialect::TerraformJson => Form::TerraformJson,
    }
}

/// The blocked asks of a report or of several, and the bucket they speak of.
fn asks_of(text: &str) -> Result<(Vec<Ask>, Option<String>), Trouble> {
    let wrong = |error: serde_json::Error| Trouble::new(format!("--from: this is no report of whycors: {error}"));
    let mut asks = Vec::new();
    let mut bucket = None;
    for report in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let report = report.map_err(wrong)?;
        let several = report.get("results").and_then(Value::as_array);
        for one in several.map_or(std::slice::from_ref(&report), Vec::as_slice) {
            if one.pointer("/verdict/allowed") == Some(&Value::Bool(true)) {
                continue;
            }
            let ask = one.get("ask").cloned().ok_or_else(|| Trouble::new("--from: this is no report of whycors: it has no ask"))?;
            asks.push(serde_json::from_value(ask).map_err(wrong)?);
            let name = one.pointer("/target/bucket").and_then(Value::as_str);
            bucket = bucket.or_else(|| name.map(str::to_owned));
        }
    }
    if asks.is_empty() {
        return Err(Trouble::new("--from: nothing in the report is blocked"));
    }
    Ok((asks, bucket))
}
