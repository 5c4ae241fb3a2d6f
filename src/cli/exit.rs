//! The exit statuses of the contract.

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: allowed, or every expectation met.
    Ok,
    /// 1: blocked, or some expectation not met.
    Blocked,
    /// 2: usage, or an input that cannot be read.
    Usage,
    /// 3: nothing is known, the trouble is on this side.
    Inconclusive,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// Success only when everything was done: of a run that was cut short, the rest is not known.
    #[must_use]
    pub fn unless_all(self, all: bool) -> Self {
        if self == Self::Ok && !all { Self::Inconclusive } else { self }
    }

    /// The status of a verdict.
    pub fn of(allowed: Option<bool>) -> Self {
        match allowed {
            Some(true) => Self::Ok,
            Some(false) => Self::Blocked,
            None => Self::Inconclusive,
        }
    }
}
