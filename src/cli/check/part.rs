//! Which part of the checks a run does: `--shard`, or what the environment of a job says.

use crate::cli::output::Trouble;
use crate::suite::Shard;

/// The share of this run: `shard` as written, else of `total` parts the one that `env` names. Nothing where neither names one.
pub(super) fn part(shard: Option<Shard>, total: Option<usize>, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Shard>, Trouble> {
    if let Some(shard) = shard {
        return match total {
            Some(total) if total != shard.total() => {
                Err(Trouble::new(format!("--shard says {} parts, --shard-total {total}; leave one out", shard.total())))
            }
            _ => Ok(Some(shard)),
        };
    }
    let Some((index, written)) = index(env)? else {
        return match total {
            Some(total) => {
                Err(Trouble::new(format!("--shard-total {total}: which part is this? Set JOB_COMPLETION_INDEX or give --shard I/{total}")))
            }
            None => Ok(None),
        };
    };
    let total = if total.is_some() { total } else { number("CI_NODE_TOTAL", env)? };
    let Some(total) = total else {
        let text = format!("{written}: of how many parts? Give --shard-total N, or --shard 0/1 for everything in one run");
        return Err(Trouble::new(text));
    };
    match Shard::new(index, total) {
        Some(shard) => Ok(Some(shard)),
        None => Err(Trouble::new(format!("{written} of {total} parts: there is no such part"))),
    }
}

/// The number of the part, from 0, and how it was written.
fn index(env: &dyn Fn(&str) -> Option<String>) -> Result<Option<(usize, String)>, Trouble> {
    if let Some(index) = number("JOB_COMPLETION_INDEX", env)? {
        return Ok(Some((index, format!("JOB_COMPLETION_INDEX={index}"))));
    }
    let Some(index) = number("CI_NODE_INDEX", env)? else { return Ok(None) };
    let written = format!("CI_NODE_INDEX={index}");
    // GitLab counts it from 1. Read so, the parts of a system that counts from 0 would leave one out.
    let Some(index) = index.checked_sub(1) else {
        let text = "it is read as GitLab counts it, from 1; where the parts count from 0, give --shard $CI_NODE_INDEX/$CI_NODE_TOTAL";
        return Err(Trouble::new(format!("{written}: {text}")));
    };
    Ok(Some((index, written)))
}

fn number(name: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<usize>, Trouble> {
    let Some(text) = env(name).filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    text.trim().parse().map(Some).map_err(|_| Trouble::new(format!("{name}={text:?} is not a number of parts")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_named_or_refused() {
        for (shard, total, index, nodes, job, said) in [
            (None, None, "", "", "", "everything"),
            (None, None, "", "4", "", "everything"),
            (None, None, "1", "4", "", "0/4"),
            (None, None, "4", "4", "", "3/4"),
            (None, None, "0", "4", "", "counts it, from 1"),
            (None, None, "5", "4", "", "no such part"),
            (None, None, "2", "", "", "of how many parts"),
            (None, None, "2", "many", "", "CI_NODE_TOTAL=\"many\""),
            (None, None, "", "", "1", "of how many parts"),
            (None, None, "", "x", "1", "CI_NODE_TOTAL=\"x\""),
            (None, Some(3), "", "x", "1", "1/3"),
            (None, Some(3), "", "", "", "which part is this"),
            (None, Some(3), "", "", "first", "JOB_COMPLETION_INDEX=\"first\""),
            (Some("0/2"), None, "0", "4", "7", "0/2"),
            (Some("0/2"), Some(2), "", "", "", "0/2"),
            (Some("0/2"), Some(5), "", "", "", "leave one out"),
        ] {
            let variables = [("CI_NODE_INDEX", index), ("CI_NODE_TOTAL", nodes), ("JOB_COMPLETION_INDEX", job)];
            let env = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
            let found = part(shard.map(|text: &str| text.parse().unwrap()), total, &env);
            let told = match found {
                Ok(None) => "everything".to_owned(),
                Ok(Some(shard)) => (0..shard.total()).find(|n| shard.takes(*n)).map(|n| format!("{n}/{}", shard.total())).unwrap(),
                Err(trouble) => trouble.to_string(),
            };
            assert!(told.contains(said), "{variables:?} {total:?}: {told}, not {said}");
        }
    }
}
