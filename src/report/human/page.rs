//! The sheet that the report is written on: lines, headings, wrapped text, code.

use colored::Colorize;

use crate::report::escape::terminal;
use crate::report::words::wrapping;

pub(super) struct Page {
    pub(super) out: String,
    pub(super) width: usize,
}

impl Page {
    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        self.out.push_str(text.as_ref().trim_end());
        self.out.push('\n');
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.line("");
        self.line(text.bold().to_string());
    }

    /// Wrapped text; `first` before the first line, as many spaces before the others.
    pub(super) fn wrapped(&mut self, first: &str, text: &str) {
        let indent = " ".repeat(unicode_width::UnicodeWidthStr::width(first));
        for (n, paragraph) in text.split('\n').enumerate() {
            let initial = if n == 0 { first } else { &indent };
            let options = wrapping(self.width).initial_indent(initial).subsequent_indent(&indent);
            for line in textwrap::wrap(paragraph, options) {
                self.line(line);
            }
        }
    }

    pub(super) fn code(&mut self, code: &str) {
        for line in code.trim_end().lines() {
            let text = format!("    {}", terminal(&line.replace('\t', "    ")));
            self.line(text.cyan().to_string());
        }
    }
}
