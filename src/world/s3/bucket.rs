//! A bucket as a world file describes it.

use serde::Deserialize;

use super::reply::Answer;
use crate::aws::s3::cors;
use crate::aws::s3::cors::config::{Grade, Rule};

/// A bucket of a world.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Just made: the names without a region do not lead there yet.
    #[serde(default)]
    pub fresh: bool,
    /// Whether it serves a website.
    #[serde(default)]
    pub website: bool,
    /// Transfer acceleration.
    #[serde(default)]
    pub accelerate: Acceleration,
    /// Its CORS configuration, as JSON text or as tables with the same keys; none when left out.
    #[serde(default)]
    pub cors: Option<Rules>,
    /// What is in it.
    #[serde(default)]
    pub object: Vec<Object>,
    /// What it refuses to do; the first that fits counts.
    #[serde(default)]
    pub refuse: Vec<Refusal>,
}

/// The state of transfer acceleration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acceleration {
    /// It was never switched on.
    #[default]
    Never,
    /// It is on.
    On,
    /// It was on.
    Suspended,
}

/// A CORS configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RulesText")]
pub struct Rules(Vec<Rule>);

#[derive(Deserialize)]
#[serde(untagged)]
enum RulesText {
    Json(String),
    Tables(Vec<serde_json::Value>),
}

impl TryFrom<RulesText> for Rules {
    type Error = String;

    fn try_from(text: RulesText) -> Result<Self, String> {
        let json = match text {
            RulesText::Json(json) => json,
            RulesText::Tables(tables) => serde_json::Value::Array(tables).to_string(),
        };
        let document = cors::read(&json).map_err(|error| format!("cors: {error}"))?;
        // S3 does not store what is wrong.
        if let Some(slip) = document.slips.iter().find(|slip| slip.grade == Grade::Error) {
            return Err(format!("cors, line {}: {}", slip.span.line, slip.message));
        }
        Ok(Self(document.configs.into_iter().next().map(|config| config.rules).unwrap_or_default()))
    }
}

/// An object, and how a GET of it is answered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// `name: value` lines.
    #[serde(default)]
    pub headers: Vec<String>,
    /// What it holds.
    #[serde(default)]
    pub body: String,
}

/// An error that an actual request gets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Only this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only these keys; `*` stands for anything.
    #[serde(default)]
    pub key: Option<String>,
    /// Status code.
    pub status: u16,
    /// `AccessDenied` and the like.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// `Name: value` of further elements.
    #[serde(default)]
    pub elements: Vec<String>,
}

impl Bucket {
    /// Its CORS rules.
    pub(super) fn rules(&self) -> &[Rule] {
        self.cors.as_ref().map_or(&[], |rules| &rules.0)
    }

    /// The answer to a GET of a key.
    pub(super) fn read(&self, key: &str) -> Answer {
        match self.object.iter().find(|object| object.key == key) {
            Some(object) => Answer::file(&object.headers, &object.body),
            None => Answer::error(404, "NoSuchKey", "The specified key does not exist.").element("Key", key),
        }
    }
}
