//! Cuts the secrets out of a whole report. Every field is named here, so that a new one cannot slip through unseen.
//!
//! The shape stays: a redacted report replays to the same verdict and the same cause.

use std::borrow::Cow;

use url::Url;

use super::samples::Sample;
use super::{Reading, Report};
use crate::ask::Ask;
use crate::aws::s3::post_form::PostForm;
use crate::aws::s3::presign::Presigned;
use crate::cause::{Citation, Fix};
use crate::diagnose::{Diagnosis, Note, Reason};
use crate::evidence::redact::{apply, apply_header, apply_words, text};
use crate::evidence::{Connection, Dns, Failure, Probe, Request, Response, Tls};
use crate::verdict::{Browsers, Check, Verdict};

impl Report {
    /// Cuts signatures, tokens, keys, cookies and passwords out of every text.
    pub fn redact(&mut self) {
        let Self {
            schema_version: _,
            tool: _,
            // The caller's own name for it, by which results are found again.
            id: _,
            started_at: _,
            duration_ms: _,
            ask,
            target,
            verdict,
            diagnosis,
            findings,
            probes,
            readings,
            // Addresses, and a proxy that was recorded without its password.
            vantage: _,
            // Origins, methods, header names and lifetimes: nothing secret.
            cors_config: _,
            map: _,
            samples,
        } = self;
        if of_ask(ask) {
            *target = ask.target();
        }
        of_verdict(verdict);
        diagnosis.iter_mut().for_each(of_diagnosis);
        findings.iter_mut().for_each(of_note);
        probes.iter_mut().for_each(of_probe);
        for Sample { failure, .. } in samples.iter_mut().flat_map(|samples| &mut samples.rows) {
            if let Some(failure) = failure {
                apply(&mut failure.detail);
            }
        }
        for Reading { probe: _, layer: _, through: _, sign, passes: _ } in readings {
            apply(sign);
        }
    }
}

/// Whether anything changed from which the target is derived.
fn of_ask(ask: &mut Ask) -> bool {
    let Ask { url, origin: _, method: _, headers, credentials: _, redirect: _, upload_listener: _, expose: _, body_bytes: _, form } = ask;
    if let Some(form) = form {
        of_form(form);
    }
    for (name, value) in headers {
        if let Some(value) = value {
            apply_header(name, value);
        }
    }
    match text(url.as_str()) {
        Cow::Owned(cut) => Url::parse(&cut).map(|cut| *url = cut).is_ok(),
        Cow::Borrowed(_) => form.is_some(),
    }
}

/// A form was read without its signature, its token and the values that the policy has of them.
fn of_form(signed: &mut Presigned) {
    let Some(form) = &mut signed.form else { return };
    let PostForm { key, fields: _, policy, problems, to_add: _ } = form;
    key.iter_mut().for_each(apply);
    problems.iter_mut().for_each(apply);
    for condition in policy.iter_mut().flat_map(|policy| &mut policy.conditions) {
        condition.value.iter_mut().for_each(|value| apply_header(&condition.field, value));
    }
}

fn of_verdict(verdict: &mut Verdict) {
    let Verdict { allowed: _, stage: _, preflight: _, actual: _, checks, browsers, stopped_at: _ } = verdict;
    for Check { name: _, passed: _, expected, found, spec: _ } in checks {
        apply_words(expected);
        apply(found);
    }
    let Browsers { chromium, firefox, webkit } = browsers;
    for browser in [chromium, firefox, webkit] {
        browser.console.iter_mut().for_each(apply);
    }
}

fn of_diagnosis(diagnosis: &mut Diagnosis) {
    let Diagnosis { cause: _, layer: _, confidence: _, title, explanation, evidence, alternatives, ruled_out, fixes, cors_rules: _ } =
        diagnosis;
    apply(title);
    apply(explanation);
    for Citation { probe: _, says } in evidence {
        apply(says);
    }
    for Reason { cause: _, because } in alternatives.iter_mut().chain(ruled_out) {
        apply(because);
    }
    for Fix { kind: _, title, detail, snippets, verified: _, check, proof: _ } in fixes {
        if let Some(check) = check {
            apply(&mut check.says);
        }
        apply_words(title);
        apply_words(detail);
        for snippet in snippets {
            apply_words(&mut snippet.code);
        }
    }
}

fn of_note(note: &mut Note) {
    let Note { code: _, severity: _, message, fix } = note;
    apply(message);
    fix.iter_mut().for_each(apply);
}

fn of_probe(probe: &mut Probe) {
    let Probe { id: _, purpose: _, hop: _, wave: _, request, dns, connection, tls, response, failure, timing_ms: _ } = probe;
    let Request { method: _, url, headers } = request;
    apply(url);
    of_headers(headers);
    if let Some(Dns { chain, addresses: _, rcode: _, resolver: _, overridden: _ }) = dns {
        chain.iter_mut().for_each(apply);
    }
    if let Some(Connection { address: _, reused: _, proxy }) = connection {
        proxy.iter_mut().for_each(apply);
    }
    if let Some(Tls { version: _, issuer: _, names: _, not_before: _, not_after: _, verified: _, problem: Some(failure) }) = tls {
        apply(&mut failure.detail);
    }
    if let Some(Response { status: _, http_version: _, headers, body, body_truncated: _ }) = response {
        of_headers(headers);
        apply(body);
    }
    if let Some(Failure { kind: _, detail }) = failure {
        apply(detail);
    }
}

fn of_headers(headers: &mut [(String, String)]) {
    for (name, value) in headers {
        apply_header(name, value);
    }
}
