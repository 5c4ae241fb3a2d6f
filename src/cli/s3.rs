//! `whycors s3`: every endpoint form of a bucket, probed side by side, and the one that a browser can use.

use std::time::Instant;

use clap::Args;
use futures_util::stream::{self, StreamExt as _};
use url::Url;

use super::conduct::ConductArgs;
use super::output::{Trouble, complain};
use super::probe::{refuse_forbidden, runtime};
use super::progress::Progress;
use super::work::{Work, WorkArgs};
use super::{Exit, Global, interrupt};
use crate::ask::Ask;
use crate::aws::region;
use crate::aws::s3::forms::{Candidate, candidates};
use crate::evidence::{Purpose, Step};
use crate::inquiry::Budget;
use crate::probe::{Wiring, observe};
use crate::report::{Batch, Bucket, Checked, Entry, Report};

/// Endpoint forms probed at once.
const AT_ONCE: usize = 12;

#[derive(Debug, Args)]
pub(crate) struct S3Args {
    /// The bucket
    #[arg(value_name = "BUCKET")]
    bucket: String,
    /// The bucket's region [default: found without credentials]
    #[arg(long, env = "WHYCORS_REGION", value_name = "REGION")]
    region: Option<String>,
    /// The object's key
    #[arg(long, default_value = "whycors-probe", value_name = "KEY")]
    key: String,
    #[command(flatten)]
    work: WorkArgs,
}

pub(crate) fn run(mut args: S3Args, global: Global) -> Result<Exit, Trouble> {
    let options = args.work.options(global)?;
    check_bucket(&args.bucket)?;
    let started = Instant::now();
    let (region, found, stopped) = runtime()?.block_on(async {
        let wiring = Wiring::new(options);
        let region = args.region(&wiring).await?;
        let jobs = candidates(&args.bucket, &region, &args.key).into_iter().map(|candidate| {
            let ask = args.work.ask.ask(candidate.url.clone())?;
            refuse_forbidden(&ask)?;
            Ok((candidate, ask))
        });
        let jobs: Vec<(Candidate, Ask)> = jobs.collect::<Result<_, Trouble>>()?;
        let (found, stopped) = probe(&args.work.conduct, &wiring, jobs, global).await?;
        Ok::<_, Trouble>((region, found, stopped))
    })?;
    let usable =
        found.iter().find(|(candidate, report)| candidate.uploads && report.verdict.allowed == Some(true)).map(|(c, _)| c.url.clone());
    let inconclusive = found.iter().all(|(_, report)| report.verdict.allowed.is_none());
    let entries = found.into_iter().map(|(candidate, report)| {
        let shortfalls = candidate.remark.map(str::to_owned).into_iter().collect();
        Entry { report, check: Some(Checked { name: candidate.endpoint, shortfalls, ..Checked::default() }) }
    });
    let mut batch = Batch::of(entries.collect(), Some(started.elapsed().as_secs_f64() * 1000.0)).complete(!stopped);
    let exit = match (&usable, inconclusive) {
        (Some(_), _) => Exit::Ok,
        (None, false) if !stopped => Exit::Blocked,
        (None, _) => Exit::Inconclusive,
    };
    let method = batch.results.first().map_or_else(|| "GET".to_owned(), |entry| entry.report.ask.sent_method());
    batch.bucket = Some(Bucket::new(args.bucket.clone(), region, usable, &method));
    args.work.output.emit(batch, global, args.work.conduct.budget().engine)?;
    Ok(exit)
}

impl S3Args {
    /// The region given, or the one that S3 tells without credentials.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>.
    async fn region(&self, wiring: &Wiring) -> Result<String, Trouble> {
        if let Some(name) = &self.region {
            return match (region::find(name), region::nearest(name)) {
                (Some(_), _) => Ok(name.clone()),
                (None, Some(near)) => Err(Trouble::new(format!("--region {name:?} is not a region of AWS; did you mean {}?", near.name))),
                (None, None) => Err(Trouble::new(format!("--region {name:?} is not a region of AWS; write one such as eu-west-1"))),
            };
        }
        let text = format!("https://s3.amazonaws.com/{}", self.bucket);
        let url = Url::parse(&text).map_err(|e| Trouble::new(format!("{text}: {e}")))?;
        let step =
            Step { purpose: Purpose::RegionDiscovery, hop: 0, method: "HEAD".into(), url, headers: Vec::new(), with_body: false, turn: 0 };
        let answers = observe(wiring, &[step], None).await;
        let probe = answers.into_iter().next().unwrap_or_default();
        let unknown = |why: String| Trouble::new(format!("cannot find the region of {:?}: {why}; give it with --region", self.bucket));
        let Some(response) = probe.response else {
            return Err(unknown(probe.failure.map_or_else(|| "no answer".into(), |failure| failure.detail)));
        };
        match response.header("x-amz-bucket-region").filter(|name| region::find(name).is_some()) {
            Some(region) => Ok(region.to_owned()),
            None if response.status == 404 => {
                Err(Trouble::new(format!("there is no bucket {:?} in the commercial partition of AWS (S3 answers 404)", self.bucket)))
            }
            None => Err(unknown(format!("S3 answers {} and names none", response.status))),
        }
    }
}

async fn probe(
    conduct: &ConductArgs,
    wiring: &Wiring,
    jobs: Vec<(Candidate, Ask)>,
    global: Global,
) -> Result<(Vec<(Candidate, Report)>, bool), Trouble> {
    let progress = Progress::new(global);
    let further = conduct.map()?;
    let work = Work { wiring, conduct, further, stop: interrupt::watch(), progress: &progress, cors_config: None };
    let usual = conduct.budget();
    let probed = stream::iter(jobs.into_iter().enumerate().map(|(number, (candidate, ask))| {
        let work = &work;
        async move {
            // The first form is the one to use: only there it is worth asking further.
            let report = if number == 0 { work.in_full(ask, usual).await } else { work.in_short(ask, Budget { waves: 0, ..usual }).await };
            (candidate, report)
        }
    }));
    let found = probed.buffered(AT_ONCE).collect().await;
    progress.finish();
    if work.is_stopped() {
        complain(interrupt::TOLD);
    }
    Ok((found, work.is_stopped()))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>.
fn check_bucket(name: &str) -> Result<(), Trouble> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if (3..=255).contains(&name.len()) && name.chars().all(plain) {
        return Ok(());
    }
    let named = name.strip_prefix("s3://").or_else(|| name.strip_prefix("arn:aws:s3:::")).and_then(|rest| rest.split('/').next());
    let hint = match named.filter(|bucket| !bucket.is_empty()) {
        Some(bucket) => format!("; write {bucket}"),
        None if name.contains('/') => "; for a URL use `whycors probe`".to_owned(),
        None => String::new(),
    };
    Err(Trouble::new(format!("{name:?} is not the name of a bucket: letters, digits, dots and hyphens, 3 to 63 of them{hint}")))
}
