//! The causes: one file a code, each with its documentation and one pure function over a [`Case`].

mod answer;
mod beside_get;
mod cached;
mod case;
mod finding;
mod lists;
mod neighbours;
mod origin_error;
mod places;

pub use case::{Case, authority, quote};
pub use finding::{By, Citation, Confidence, Finding, Fix, Place, Severity, Snippet};

use crate::layer::Layer;

/// How much a cause says. A more telling one hides a less telling one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Nothing else fits.
    Last,
    /// A code marked *general* in the catalogue.
    General,
    /// A step of the protocol, any server.
    Protocol,
    /// A named component's own fault.
    Specific,
    /// A specific fault that its look-alikes were told apart from.
    Exact,
}

/// What a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It blocks the request, or is the HTTP error behind an allowed one: it goes to `diagnosis`.
    Cause,
    /// It goes to `findings`.
    Note,
}

/// What the first sentence of a report answers: are the CORS rules the problem?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Blame {
    /// Something else has to change.
    #[default]
    Elsewhere,
    /// The CORS rules (the headers a server answers with, a bucket's configuration) have to change.
    CorsRules,
}

/// One entry of the catalogue.
#[derive(Debug)]
pub struct Rule {
    /// The stable code.
    pub code: &'static str,
    /// Completes "blocked because …": starts small, ends without a stop.
    pub title: &'static str,
    /// Cause or note.
    pub kind: Kind,
    /// How much it says.
    pub tier: Tier,
    /// The component the fix lives in, unless the finding names another.
    pub layer: Layer,
    /// Whether the change belongs into the CORS rules.
    pub blames: Blame,
    /// Codes that it hides when both fit.
    pub supersedes: &'static [&'static str],
    /// Markdown with the headings of the catalogue.
    pub docs: &'static str,
    /// The rule.
    pub find: fn(&Case<'_>) -> Option<Finding>,
}

/// Declares a cause: its doc comment is the text of `whycors explain`.
macro_rules! cause {
    ($(#[doc = $doc:expr])* $code:literal: $title:literal, $kind:ident, $tier:ident, $layer:ident
     $(, blames: $blame:ident)? $(, supersedes: [$($other:literal),* $(,)?])?) => {
        $(#[doc = $doc])*
        pub(crate) static RULE: $crate::cause::Rule = $crate::cause::Rule {
            code: $code,
            title: $title,
            kind: $crate::cause::Kind::$kind,
            tier: $crate::cause::Tier::$tier,
            layer: $crate::layer::Layer::$layer,
            blames: {
                #[allow(unused_mut, unused_assignments, reason = "only when the macro is given a value")]
                let mut blame = $crate::cause::Blame::Elsewhere;
                $(blame = $crate::cause::Blame::$blame;)?
                blame
            },
            supersedes: &[$($($other),*)?],
            docs: concat!($($doc, "\n"),*),
            find,
        };
    };
}
#[allow(unused_imports, reason = "used by the files of the catalogue")]
pub(crate) use cause;

mod apigw;
mod cloud;
mod cors;
mod network;
mod s3;

/// A family of causes: what it is called, and its rules in any order.
type Family = (&'static str, &'static [&'static Rule]);

static FAMILIES: &[Family] = &[
    ("Before any HTTP", network::RULES),
    ("The CORS protocol, any server", cors::RULES),
    ("Amazon S3", s3::RULES),
    ("API Gateway and Lambda function URLs", apigw::RULES),
    ("In front and elsewhere", cloud::RULES),
];

/// The catalogue by family.
pub fn families() -> impl Iterator<Item = Family> {
    FAMILIES.iter().copied()
}

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    families().flat_map(|(_, rules)| rules.iter().copied())
}

/// Probes that no single cause asks for: they show what else is wrong with a request that is allowed.
pub(crate) fn controls(case: &Case<'_>) -> Vec<crate::evidence::Step> {
    cors::controls(case)
}

/// The same request again, where it is worth asking whether it is answered alike every time; `doubted`: a browser was refused
/// what passes here.
pub(crate) fn repetitions(case: &Case<'_>, doubted: bool) -> Vec<crate::evidence::Step> {
    cors::repetitions(case, doubted)
}

/// Causes that a follow-up excludes, whatever it is instead.
pub(crate) fn excluded(case: &Case<'_>) -> impl Iterator<Item = (&'static str, String)> {
    cors::excluded(case)
}

/// A rule by its code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code == code)
}

/// The rule that was probably meant by a code that there is not.
pub fn nearest(code: &str) -> Option<&'static Rule> {
    let likeness = |rule: &Rule| strsim::jaro_winkler(rule.code, code);
    rules().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).filter(|rule| likeness(rule) > 0.7)
}
