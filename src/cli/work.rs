//! One ask, done as the options say: inquired, sampled, mapped. What `probe` and `s3` have in common.

use clap::Args;
use tokio::sync::watch;

use super::ask::AskArgs;
use super::conduct::ConductArgs;
use super::format::OutputArgs;
use super::net::NetArgs;
use super::output::Trouble;
use super::progress::Progress;
use super::{Global, defaults, interrupt, replay};
use crate::allow_map::Survey;
use crate::ask::Ask;
use crate::evidence::{Probe, Step};
use crate::inquiry::Budget;
use crate::probe::{Conduct, Options, Run, Wiring, inquire, observe, sample};
use crate::report::Report;
use crate::report::samples::Samples;
use crate::web::Origin;

/// What a command that probes takes, besides what it probes.
#[derive(Debug, Args)]
pub(crate) struct WorkArgs {
    #[command(flatten)]
    pub(crate) ask: AskArgs,
    #[command(flatten)]
    pub(crate) net: NetArgs,
    #[command(flatten)]
    pub(crate) conduct: ConductArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

impl WorkArgs {
    /// Completes the arguments with the project's defaults, and gives what they mean for the network.
    pub(crate) fn options(&mut self, global: Global) -> Result<Options, Trouble> {
        self.output.check()?;
        self.ask.defaults = defaults::find(global)?;
        let mut options = self.net.options_with(self.ask.defaults.timeout)?;
        options.body = self.conduct.body()?;
        Ok(options)
    }
}

/// What the asks of one run share.
pub(crate) struct Work<'a> {
    pub(crate) wiring: &'a Wiring,
    pub(crate) conduct: &'a ConductArgs,
    /// Further origins of the map, when one is wanted.
    pub(crate) further: Option<Vec<Origin>>,
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) progress: &'a Progress,
    /// The bucket's configuration, where the user gave it.
    pub(crate) cors_config: Option<serde_json::Value>,
}

impl Work<'_> {
    /// Inquires an ask within a budget; samples its first request and maps its endpoint where that is wanted.
    pub(crate) async fn in_full(&self, ask: Ask, budget: Budget) -> Report {
        let survey = self.further.as_ref().map(|further| Survey::new(&ask, further));
        let mut run = self.run(ask, budget).await;
        let mut samples = None;
        if let Some(first) = run.outcome.evidence.probes.first().filter(|_| !run.stopped)
            && let (Some(step), Some(sampling)) = (Step::again(first), self.conduct.sampling(first))
        {
            let answers = sample(self.wiring, &step, &sampling, interrupt::stopped(self.stop.clone())).await;
            let probes: Vec<Probe> = answers.iter().map(|(_, _, probe)| probe.clone()).collect();
            samples = Some(Samples::of(&run.outcome.evidence.ask, answers));
            run.outcome = replay::resume(run.outcome.evidence, budget.engine).sampled(probes).conclude();
        }
        let mut report = Report { samples, ..Report::of(run.outcome, Some(run.duration_ms)) };
        if let Some(survey) = survey.filter(|_| !self.is_stopped()) {
            let cells = observe(self.wiring, &survey.cells(budget.engine), Some(self.stop.clone())).await;
            let headers = observe(self.wiring, &survey.headers(&cells, budget.engine), Some(self.stop.clone())).await;
            report.map = Some(survey.read(&cells, &headers));
        }
        report
    }

    /// Inquires an ask within a budget, and no more.
    pub(crate) async fn in_short(&self, ask: Ask, budget: Budget) -> Report {
        let run = self.run(ask, budget).await;
        Report::of(run.outcome, Some(run.duration_ms))
    }

    async fn run(&self, mut ask: Ask, budget: Budget) -> Run {
        ask.body_bytes = self.wiring.options().body.as_ref().map(|body| body.len() as u64).or(ask.body_bytes);
        let conduct = Conduct { stop: Some(self.stop.clone()), cors_config: self.cors_config.clone(), ..Conduct::default() };
        inquire(ask, budget, self.wiring, conduct, |_| self.progress.step()).await
    }

    /// Whether the user has interrupted it.
    pub(crate) fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }
}
