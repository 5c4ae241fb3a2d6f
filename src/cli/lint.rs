//! `whycors lint`: checks an S3 CORS configuration and traces a request through it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ask::no_option;
use super::format::Color;
use super::output::{Trouble, deliver, read_text};
use super::{Exit, Global};
use crate::aws::s3::cors::config::{Config, Document, UNKNOWN_UNTIL_DEPLOYED};
use crate::aws::s3::cors::engine::{Request, evaluate};
use crate::aws::s3::cors::read;
use crate::lint::lint;
use crate::report::lint::{LintReport, github, human, sarif};

#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// The configuration, or - for standard input: the console's JSON list, {"CORSRules": […]}, XML, `CloudFormation` or SAM,
    /// Terraform (also `.tf.json`)
    config: PathBuf,
    /// Trace a request from this origin, byte for byte as the browser sends it
    #[arg(long, env = "WHYCORS_ORIGIN", value_name = "ORIGIN")]
    origin: Option<String>,
    /// Method of the traced request, in the case in which it is sent [default: GET]
    #[arg(long, short = 'X', env = "WHYCORS_METHOD", value_name = "METHOD")]
    method: Option<String>,
    /// A header that the traced request asks for (Access-Control-Request-Headers)
    #[arg(long = "header", short = 'H', env = "WHYCORS_HEADER", value_name = "NAME[: VALUE]", allow_hyphen_values = true)]
    headers: Vec<String>,
    /// Trace the actual request instead of the preflight
    #[arg(long)]
    actual: bool,
    /// The bucket's resource, in a template that has several
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write there (atomically) instead of standard output
    #[arg(long, short, env = "WHYCORS_OUTPUT", value_name = "FILE")]
    output: Option<PathBuf>,
    /// When to use colour; `NO_COLOR` and `CLICOLOR_FORCE` are heeded
    #[arg(long, env = "WHYCORS_COLOR", value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Human,
    Json,
    Sarif,
    Github,
}

/// Templates are larger than configurations.
pub(super) const MOST_BYTES: u64 = 4 << 20;

pub(crate) fn run(args: LintArgs, global: Global) -> Result<Exit, Trouble> {
    let name = args.config.display().to_string();
    let text = read_text(&args.config, MOST_BYTES)?;
    let document = read(&text).map_err(|why| Trouble::new(format!("{name} is no CORS configuration: {why}")))?;
    let trace = match request(&args)? {
        Some(request) => {
            let rules = chosen(&document, args.resource.as_deref())?.map(|config| config.rules.as_slice()).unwrap_or_default();
            if rules.is_empty() && document.slips.iter().any(|slip| slip.code == UNKNOWN_UNTIL_DEPLOYED) {
                return Err(Trouble::new(format!(
                    "{name}: its rules are only known at deployment, so no request can be traced through them"
                )));
            }
            Some(evaluate(rules, &request))
        }
        None => None,
    };
    let report = LintReport::new(&name, lint(&document), trace.as_ref());
    args.color.apply(args.output.is_some());
    let out = match args.format {
        Format::Human => human::write(&report, &text, global.quiet),
        Format::Json => report.json(),
        Format::Sarif => sarif::write(&report),
        Format::Github => github::write(&report),
    };
    deliver(&out, args.output.as_ref())?;
    Ok(Exit::of(Some(report.passed())))
}

/// The request to trace; none unless one is described.
fn request(args: &LintArgs) -> Result<Option<Request>, Trouble> {
    let Some(origin) = args.origin.clone() else {
        let described = args.method.is_some() || args.actual || !args.headers.is_empty();
        let missing = "the traced request has no origin: add --origin https://your.app (or set WHYCORS_ORIGIN)";
        return if described { Err(Trouble::new(missing)) } else { Ok(None) };
    };
    for header in &args.headers {
        no_option("--header", header, "NAME")?;
    }
    let method = args.method.clone().unwrap_or_else(|| "GET".into());
    // Whatever stands after a colon is the value, which S3 is never asked about.
    let headers = args.headers.iter().map(|header| header.split(':').next().unwrap_or_default().to_owned()).collect();
    Ok(Some(Request { origin, method, headers, actual: args.actual }))
}

/// The configuration to trace through: the only one, or the one that was named.
pub(super) fn chosen<'a>(document: &'a Document, resource: Option<&str>) -> Result<Option<&'a Config>, Trouble> {
    let names = || document.configs.iter().filter_map(|config| config.name.as_deref()).collect::<Vec<_>>().join(", ");
    match (resource, document.configs.as_slice()) {
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only)),
        (None, _) => Err(Trouble::new(format!("the file configures several buckets: choose one with --resource ({})", names()))),
        (Some(wanted), configs) => {
            let found = configs.iter().find(|config| config.name.as_deref() == Some(wanted));
            found.map(Some).ok_or_else(|| Trouble::new(format!("there is no bucket {wanted} in the file; it has: {}", names())))
        }
    }
}
