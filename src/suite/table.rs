//! Reading of one TOML table with a list of mistakes instead of the first one.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, nearest};

/// Mistakes that are told of one file; finding the line of each is a look at the whole text.
pub(super) const MOST_MISTAKES: usize = 100;

/// Where mistakes go, with what is needed to describe them.
pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) env: &'a dyn Fn(&str) -> Option<String>,
    pub(super) mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    pub(super) fn fail(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        if self.mistakes.len() < MOST_MISTAKES {
            self.mistakes.push(Mistake::new(self.file, self.text, span, message).help(help));
        }
    }

    /// Every key must be known.
    pub(super) fn known(&mut self, table: &DeTable<'_>, keys: &[&str]) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !keys.contains(&name) {
                let help =
                    nearest(name, keys).map_or_else(|| format!("known keys: {}", keys.join(", ")), |k| format!("did you mean `{k}`?"));
                self.fail(key.span(), format!("unknown key `{name}`"), Some(help));
            }
        }
    }

    /// A text, with `${VAR}` filled in.
    pub(super) fn text(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        match value.get_ref().as_str() {
            Some(text) => self.expand(text, value.span()),
            None => self.wrong(value, "a text in quotes"),
        }
    }

    pub(super) fn texts(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
        match value.get_ref().as_array() {
            Some(items) => items.iter().map(|item| self.text(item)).collect(),
            None => self.wrong(value, "a list of texts"),
        }
    }

    pub(super) fn flag(&mut self, value: &Spanned<DeValue<'_>>) -> Option<bool> {
        value.get_ref().as_bool().or_else(|| self.wrong(value, "true or false"))
    }

    /// A number that is not negative.
    pub(super) fn number(&mut self, value: &Spanned<DeValue<'_>>) -> Option<f64> {
        let digits = |text: &str| text.replace('_', "");
        let number = match value.get_ref() {
            DeValue::Integer(n) if n.radix() != 10 => u32::from_str_radix(&digits(n.as_str()), n.radix()).ok().map(f64::from),
            DeValue::Integer(n) => digits(n.as_str()).parse().ok(),
            DeValue::Float(n) => digits(n.as_str()).parse().ok(),
            _ => return self.wrong(value, "a number"),
        };
        number.filter(|n: &f64| n.is_finite() && *n >= 0.0).or_else(|| self.wrong(value, "a number that is not negative"))
    }

    pub(super) fn wrong<T>(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str) -> Option<T> {
        self.fail(value.span(), format!("expected {wanted}, found {}", value.get_ref().type_str()), None);
        None
    }

    fn expand(&mut self, text: &str, span: Range<usize>) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                self.fail(span, "`${` without `}`", None);
                return None;
            };
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                self.fail(
                    span,
                    format!("`{name}` is not the name of a variable"),
                    Some("write ${NAME}; there is no form with a default".into()),
                );
                return None;
            }
            let Some(value) = (self.env)(name) else {
                self.fail(span, format!("the environment has no `{name}`"), Some("set it, or write the value".into()));
                return None;
            };
            out.push_str(&value);
            rest = tail;
        }
        out.push_str(rest);
        Some(out)
    }
}
