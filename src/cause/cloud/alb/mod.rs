//! Application Load Balancer: the answers it makes by itself.
//!
//! Sources: Elastic Load Balancing guide, "Troubleshoot your Application Load Balancers"; lengths of its pages as captured.

pub(super) mod auth_on_options;
pub(super) mod bad_gateway;
pub(super) mod fixed_response;
pub(super) mod gateway_timeout;
pub(super) mod no_target;
pub(super) mod waf_blocked;

use crate::cause::Case;
use crate::cause::answer::Answer;
use crate::layer::Layer;

/// The answer of this case, when the load balancer made it.
fn answer<'a>(case: &Case<'a>) -> Option<Answer<'a>> {
    let answer = Answer::of(case)?;
    (case.answerer_of(answer.probe).layer == Layer::Alb).then_some(answer)
}

/// Whether it is the load balancer's own page for this status: a heading with the status, and no line that names a server.
fn is_own_page(answer: &Answer<'_>) -> bool {
    let body = answer.response.body.trim();
    body.is_empty() || (body.contains(&format!("<center><h1>{} ", answer.status())) && !body.contains("<hr><center>"))
}

/// Whether another exchange with the same path was answered by what stands behind the load balancer.
fn target_answers(case: &Case<'_>) -> bool {
    let path = case.ask.url.path();
    let answered = case.evidence.probes.iter().filter(|p| p.response.is_some() && case.url_of(p).path() == path);
    answered.filter(|p| case.answerer_of(p).layer != Layer::Alb).count() > 0
}
