//! The catalogue is whole: every rule is documented, filed under its code, and has worlds that show it and tell it apart.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use whycors::cause::{Kind, Rule, families, rule, rules};
use whycors::report::docs;
use whycors::world::World;

use crate::bless;

/// The codes that scripts rely on: each is there, for ever.
const CODES: &str = include_str!("codes.txt");

const HEADINGS: [&str; 5] = ["# What happened", "# Why the browser hides it", "# How to tell", "# Fix", "# Sources"];

/// Codes that no world can show, and why.
const NOT_PLAYABLE: [(&str, &str); 4] = [
    ("unexplained", "every fault that a world can show has a name"),
    ("invalid-origin", "an ask cannot hold one; a record made by others can"),
    ("blocked-by-client", "only a pasted console message or a HAR file shows it"),
    ("proxy-interference", "the lab has no proxy between the prober and a world"),
];

/// Names that a title may begin with, capital and all.
const NAMES: [&str; 9] =
    ["Access-Control-Allow-Origin", "Amazon", "Amplify", "Azure", "Cloudflare", "Cognito", "Google", "Lambda", "Transfer"];

fn playable() -> impl Iterator<Item = &'static Rule> {
    rules().filter(|rule| NOT_PLAYABLE.iter().all(|(code, _)| *code != rule.code))
}

/// Fails with every slip at once.
fn none(slips: &[String]) {
    assert!(slips.is_empty(), "{} slips\n{}", slips.len(), slips.join("\n"));
}

#[test]
fn every_code_of_the_contract_is_there_once() {
    let mut slips = Vec::new();
    let mut seen = BTreeSet::new();
    for rule in rules() {
        if !seen.insert(rule.code) {
            slips.push(format!("{} is there twice", rule.code));
        }
    }
    let codes = CODES.lines().filter(|line| !line.starts_with('#'));
    slips.extend(codes.filter(|code| rule(code).is_none()).map(|code| format!("{code} is missing")));
    none(&slips);
}

#[test]
fn every_rule_is_documented() {
    let mut slips = Vec::new();
    for rule in rules() {
        let lines: Vec<&str> = docs::lines(rule.docs).collect();
        let found: Vec<&str> = lines.iter().copied().filter(|line| line.starts_with("# ")).collect();
        if found != HEADINGS {
            slips.push(format!("{}: its headings are {found:?}", rule.code));
            continue;
        }
        for section in lines.split(|line| line.starts_with("# ")).skip(1) {
            if section.concat().trim().len() < 12 {
                slips.push(format!("{}: a section is empty: {section:?}", rule.code));
            }
        }
    }
    none(&slips);
}

#[test]
fn every_title_goes_on_after_blocked_because() {
    let good = |title: &str| {
        let mut words = title.split(' ');
        let first = words.next().unwrap_or_default();
        // Names keep their capitals: S3, API, CloudFront.
        let name = first.chars().skip(1).any(|c| c.is_uppercase() || c.is_numeric()) || NAMES.contains(&first.trim_end_matches("'s"));
        !title.is_empty() && !title.ends_with('.') && (name || !first.starts_with(char::is_uppercase))
    };
    none(&rules().filter(|rule| !good(rule.title)).map(|rule| format!("{}: {:?}", rule.code, rule.title)).collect::<Vec<_>>());
}

#[test]
fn what_a_rule_hides_exists_and_hides_it_not_in_turn() {
    let mut slips = Vec::new();
    for start in rules() {
        let mut left: Vec<&str> = start.supersedes.to_vec();
        let mut seen = BTreeSet::new();
        while let Some(code) = left.pop() {
            let Some(hidden) = rule(code) else {
                // Told of codes that are still to come by the test above.
                continue;
            };
            if code == start.code {
                slips.push(format!("{} hides itself", start.code));
                break;
            }
            if seen.insert(code) {
                left.extend(hidden.supersedes);
            }
        }
    }
    let known = |code: &str| CODES.lines().any(|line| line == code) || rule(code).is_some();
    for rule in rules() {
        slips.extend(rule.supersedes.iter().filter(|code| !known(code)).map(|code| format!("{} hides the unknown {code}", rule.code)));
    }
    none(&slips);
}

#[test]
fn every_rule_stands_in_the_file_of_its_name() {
    let sources = sources(Path::new("src/cause"));
    let mut slips = Vec::new();
    for rule in rules() {
        let declared = format!("\"{}\": \"", rule.code);
        let file = sources.iter().find(|(_, text)| text.contains(&declared)).map(|(path, _)| path);
        let stem = file.and_then(|path| path.file_stem()).and_then(|stem| stem.to_str()).unwrap_or_default();
        let full = rule.code.replace('-', "_");
        if stem.is_empty() || !(full == stem || full.ends_with(&format!("_{stem}"))) {
            slips.push(format!("{} stands in {file:?}", rule.code));
        }
    }
    none(&slips);
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(sources(&entry));
        } else {
            let text = fs::read_to_string(&entry).unwrap();
            found.push((entry, text));
        }
    }
    found
}

#[test]
fn every_rule_has_a_world_that_shows_it() {
    let worlds: BTreeMap<String, World> = World::all().unwrap().into_iter().map(|world| (world.name.clone(), world)).collect();
    let mut slips = Vec::new();
    for rule in playable() {
        let Some(world) = worlds.get(&format!("cause/{}", rule.code)) else {
            slips.push(format!("{}: no world", rule.code));
            continue;
        };
        let expect = &world.expect;
        let found = expect.findings.iter().any(|code| code == rule.code);
        if expect.cause.as_deref() != Some(rule.code) && !found {
            slips.push(format!("{}: its world does not expect it", rule.code));
        }
        if rule.kind == Kind::Note && !found {
            slips.push(format!("{}: a finding, and its world expects it elsewhere", rule.code));
        }
    }
    none(&slips);
}

#[test]
fn every_rule_has_a_near_miss() {
    let worlds = World::all().unwrap();
    let mut slips = Vec::new();
    for rule in playable() {
        let near = format!("cause/{}/near/", rule.code);
        let misses: Vec<&World> = worlds.iter().filter(|world| world.name.starts_with(&near)).collect();
        if misses.is_empty() {
            slips.push(format!("{}: no near miss", rule.code));
        }
        for world in misses {
            if world.expect.cause.as_deref() == Some(rule.code) || world.expect.findings.iter().any(|code| code == rule.code) {
                slips.push(format!("{}: a hit, not a near miss", world.name));
            }
        }
    }
    none(&slips);
}

#[test]
fn every_world_stands_where_its_rule_is() {
    let known = |world: &World| match world.name.strip_prefix("cause/") {
        Some(rest) => rule(rest.split('/').next().unwrap_or_default()).is_some(),
        None => true,
    };
    none(&World::all().unwrap().iter().filter(|world| !known(world)).map(|world| world.name.clone()).collect::<Vec<_>>());
}

#[test]
fn the_page_of_causes_is_up_to_date() {
    bless::check("docs/causes.md", &page());
}

fn page() -> String {
    let mut page = String::from(
        "# The catalogue of causes\n\nGenerated from the rules by `WHYCORS_BLESS=1 cargo test catalogue`; `whycors explain CODE` prints the same.\n",
    );
    for (family, rules) in families() {
        page.push_str(&format!("\n## {family}\n"));
        let mut rules = rules.to_vec();
        rules.sort_by_key(|rule| rule.code);
        for rule in rules {
            let note = if rule.kind == Kind::Note { " (finding)" } else { "" };
            page.push_str(&format!("\n### `{}`{note}\n\n{}.\n", rule.code, rule.title));
            for line in docs::lines(rule.docs) {
                match line.strip_prefix("# ") {
                    Some(heading) => page.push_str(&format!("\n**{heading}**\n\n")),
                    None if line.is_empty() && page.ends_with("\n\n") => {}
                    None => page.push_str(&format!("{line}\n")),
                }
            }
        }
    }
    page
}
