//! A CORS configuration with the place of every value in its file, so that a finding can point at it.

use std::ops::Range;

/// A place in the file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// The line.
    pub line: usize,
    /// The first column.
    pub column: usize,
    /// How many characters, on that line.
    pub length: usize,
}

/// A text value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// The value; for an opaque one, the expression that stands for it.
    pub value: String,
    /// Where it stands.
    pub span: Span,
    /// Only known at deployment (`!Ref Origin`, `var.origin`).
    pub opaque: bool,
    /// An expression for a whole list (`var.origins`), not for one value of it.
    pub is_list: bool,
}

/// A number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxAge {
    /// The seconds.
    pub seconds: i64,
    /// Where it stands.
    pub span: Span,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rule {
    /// Where it begins.
    pub span: Span,
    /// Its name.
    pub id: Option<Text>,
    /// `AllowedOrigins`.
    pub origins: Vec<Text>,
    /// `AllowedMethods`.
    pub methods: Vec<Text>,
    /// `AllowedHeaders`.
    pub headers: Vec<Text>,
    /// `ExposeHeaders`.
    pub expose: Vec<Text>,
    /// `MaxAgeSeconds`.
    pub max_age: Option<MaxAge>,
}

/// The rules of one bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// The form that it is written in.
    pub dialect: Dialect,
    /// The resource's name in a template.
    pub name: Option<String>,
    /// Where it begins.
    pub span: Span,
    /// The rules in their order.
    pub rules: Vec<Rule>,
    /// Some of its rules are known at deployment only.
    pub is_opaque: bool,
}

/// The form that a configuration is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// The list that the S3 console takes.
    #[default]
    Console,
    /// The object that the CLI and the SDKs take: `{"CORSRules": […]}`.
    Cli,
    /// The XML of the REST API.
    Xml,
    /// `CloudFormation` or SAM, as JSON.
    CloudFormationJson,
    /// `CloudFormation` or SAM, as YAML.
    CloudFormationYaml,
    /// Terraform.
    Terraform,
    /// Terraform's JSON (`.tf.json`).
    TerraformJson,
}

/// How bad a slip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Good to know.
    Note,
    /// It will surprise somebody.
    Warning,
    /// It is refused, or means something else than intended.
    Error,
}

/// The code of a note that something was left out because only the deployment knows it.
pub const UNKNOWN_UNTIL_DEPLOYED: &str = "unknown-until-deployed";

/// Something that went wrong in reading, and was recovered from as far as possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// A stable name such as `trailing-comma`.
    pub code: &'static str,
    /// How bad.
    pub grade: Grade,
    /// What it is.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// Where.
    pub span: Span,
    /// The rule it is in.
    pub rule: Option<usize>,
}

/// A file, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Its form.
    pub dialect: Dialect,
    /// The configurations in it: more than one only in templates.
    pub configs: Vec<Config>,
    /// What was wrong on the way.
    pub slips: Vec<Slip>,
    /// The XML document's size, which S3 limits; 0 for the other forms.
    pub xml_bytes: usize,
}

impl Text {
    /// A value without a place.
    pub fn plain(value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::default() }
    }

    /// A value of a file.
    pub fn at(value: impl Into<String>, span: Span) -> Self {
        Self { value: value.into(), span, ..Self::default() }
    }

    /// An expression of a file.
    pub fn opaque(expression: impl Into<String>, span: Span) -> Self {
        Self { opaque: true, ..Self::at(expression, span) }
    }
}

impl Slip {
    /// An error; [`Slip::grade`] may be lowered.
    pub fn new(code: &'static str, span: Span, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { code, grade: Grade::Error, message: message.into(), fix: fix.into(), span, rule: None }
    }

    /// The same with another grade.
    #[must_use]
    pub fn graded(mut self, grade: Grade) -> Self {
        self.grade = grade;
        self
    }
}

impl Dialect {
    /// How a field of a rule is written in this form: origins, methods, headers, exposed headers, age, name.
    pub fn keys(self) -> [&'static str; 6] {
        match self {
            Self::Console | Self::Cli => ["AllowedOrigins", "AllowedMethods", "AllowedHeaders", "ExposeHeaders", "MaxAgeSeconds", "ID"],
            Self::Xml => ["AllowedOrigin", "AllowedMethod", "AllowedHeader", "ExposeHeader", "MaxAgeSeconds", "ID"],
            Self::CloudFormationJson | Self::CloudFormationYaml => {
                ["AllowedOrigins", "AllowedMethods", "AllowedHeaders", "ExposedHeaders", "MaxAge", "Id"]
            }
            Self::Terraform | Self::TerraformJson => {
                ["allowed_origins", "allowed_methods", "allowed_headers", "expose_headers", "max_age_seconds", "id"]
            }
        }
    }
}

/// Turns byte offsets of a text into places.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds the beginnings of the lines.
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The place of a range of bytes, cut at the end of its first line.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.boundary(range.start);
        let line = self.starts.partition_point(|begin| *begin <= start).max(1);
        let begin = self.starts.get(line - 1).copied().unwrap_or_default();
        let count = |from: usize, to: usize| self.text.get(from..to).map_or(0, |s| s.trim_end_matches(['\n', '\r']).chars().count());
        let end = self.starts.get(line).copied().unwrap_or(self.text.len()).min(self.boundary(range.end).max(start));
        Span { line, column: count(begin, start) + 1, length: count(start, end).max(1) }
    }

    /// A line without its end, counted from 1.
    pub fn line(&self, number: usize) -> Option<&'a str> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        let end = self.starts.get(number).copied().unwrap_or(self.text.len());
        self.text.get(start..end).map(|line| line.trim_end_matches(['\n', '\r']))
    }

    fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let lines = Lines::new("ä {\r\n  \"x\": 1\n");
        assert_eq!(lines.span(0..2), Span { line: 1, column: 1, length: 1 });
        assert_eq!(lines.span(3..4), Span { line: 1, column: 3, length: 1 });
        assert_eq!(lines.span(8..11), Span { line: 2, column: 3, length: 3 });
        assert_eq!(lines.span(8..999), Span { line: 2, column: 3, length: 6 });
        assert_eq!(lines.span(1..1), Span { line: 1, column: 1, length: 1 });
        assert_eq!((lines.line(1), lines.line(2), lines.line(9)), (Some("ä {"), Some("  \"x\": 1"), None));
    }
}
