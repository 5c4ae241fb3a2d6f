//! A signed form that a page posts to a bucket, read offline: what its policy allows, and which of its fields do not agree with
//! it. Source: S3 API Reference, "POST Policy". Holds no signature and no token, and never asks the clock.

use serde::{Deserialize, Serialize};
use url::Url;

use super::S3Location;
use super::post_policy::{Condition, Operator, Policy};
use super::presign::Presigned;

/// A form with more fields is not read further.
const MOST_FIELDS: usize = 200;
/// Longest value that is kept.
const LONGEST: usize = 1024;

/// What the fields and the policy of a form say.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PostForm {
    /// The object's key; S3 fills in `${filename}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Names of the fields in their order, lower case.
    pub fields: Vec<String>,
    /// The policy; nothing when it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Why S3 will refuse the form, a sentence each.
    pub problems: Vec<String>,
    /// What the page has to add to the fields, because the policy speaks of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_add: Vec<String>,
}

impl Presigned {
    /// Reads a form that is posted to a URL; nothing when it is not signed. `whole` says that these are all the fields of the
    /// request, not those that a page was handed and may add to.
    pub fn of_post(url: &Url, fields: &[(String, String)], whole: bool) -> Option<Self> {
        let fields = fields.get(..MOST_FIELDS).unwrap_or(fields);
        let mut signed = Self::of_form(fields)?;
        let bucket = S3Location::parse(url).and_then(|at| at.bucket);
        signed.form = Some(PostForm::of(fields, bucket.as_deref(), whole));
        Some(signed)
    }
}

impl PostForm {
    fn of(fields: &[(String, String)], bucket: Option<&str>, whole: bool) -> Self {
        let value = |name: &str| fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        let mut form = Self {
            key: value("key").map(|key| key.chars().take(LONGEST).collect()),
            fields: fields.iter().map(|(name, _)| name.chars().take(LONGEST).collect::<String>().to_lowercase()).collect(),
            policy: value("policy").and_then(Policy::parse),
            ..Self::default()
        };
        if form.key.is_none() {
            form.lack("key", "it has no field named key".into(), whole);
        }
        form.look_behind_the_file();
        if let Some(policy) = form.policy.clone() {
            form.compare(&policy, bucket, &value, whole);
        }
        form
    }

    /// S3 ignores what comes behind the file.
    fn look_behind_the_file(&mut self) {
        let Some(at) = self.fields.iter().position(|name| name == "file") else { return };
        let behind = self.fields.get(at + 1..).unwrap_or_default().join(", ");
        if !behind.is_empty() {
            self.problems.push(format!("{behind} come after the file, and S3 ignores what comes after it"));
        }
    }

    fn compare<'v>(&mut self, policy: &Policy, bucket: Option<&str>, value: &impl Fn(&str) -> Option<&'v str>, whole: bool) {
        for name in policy.extra_fields(self.fields.iter().map(String::as_str)) {
            self.problems.push(format!("the field {name} stands in no condition of the policy"));
        }
        for condition in &policy.conditions {
            let field = condition.field.as_str();
            let found = if field == "bucket" { bucket } else { value(field) };
            match found {
                None if field == "bucket" => {}
                None if condition.takes_nothing() => {}
                None => self.lack(field, format!("the policy wants {condition}, and the form has no such field"), whole),
                Some(found) if condition.holds(found) => {}
                Some(_) if condition.value.is_none() => self.problems.push(format!("{field} is not what the policy was signed with")),
                Some(found) if field == "bucket" => {
                    self.problems.push(format!("the policy is for the bucket {}, the form goes to {found}", condition.text()));
                }
                Some(found) => self.problems.push(format!("the policy wants {condition}, and the form has {}", short(found))),
            }
        }
    }

    fn lack(&mut self, field: &str, problem: String, whole: bool) {
        if whole {
            self.problems.push(problem);
        } else {
            self.to_add.push(field.to_owned());
        }
    }
}

impl Condition {
    /// Whether a value satisfies it. S3 puts the file's name in the place of `${filename}` first: what comes from there is not
    /// known, but it has no slash.
    fn holds(&self, found: &str) -> bool {
        let (known, open) = found.split_once("${filename}").map_or((found, false), |(known, _)| (known, true));
        let may_follow = |wanted: &str| open && wanted.strip_prefix(known).is_some_and(|rest| !rest.contains('/'));
        match (&self.operator, self.secret.as_deref().or(self.value.as_deref())) {
            (_, None) => true,
            (Operator::Eq, Some(wanted)) => found == wanted || may_follow(wanted),
            (Operator::StartsWith, Some(wanted)) => known.starts_with(wanted) || may_follow(wanted),
        }
    }

    /// Whether it holds for any value, perhaps for none.
    fn takes_nothing(&self) -> bool {
        self.operator == Operator::StartsWith && self.text().is_empty()
    }

    fn text(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }
}

fn short(value: &str) -> String {
    format!("{:?}", value.chars().take(80).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    // {"expiration":"2026-11-22T10:00:00Z","conditions":[{"bucket":"uploads"},["starts-with","$key","in/"],
    //  ["content-length-range",1,1048576],["eq","$Content-Type","image/png"],{"x-amz-date":"20261122T090000Z"}]}
    const POLICY: &str = "eyJleHBpcmF0aW9uIjoiMjAyNi0xMS0yMlQxMDowMDowMFoiLCJjb25kaXRpb25zIjpbeyJidWNrZXQiOiJ1cGxvYWRzIn0sWyJzdGFydHMtd2l0aCIsIiRrZXkiLCJpbi8iXSxbImNvbnRlbnQtbGVuZ3RoLXJhbmdlIiwxLDEwNDg1NzZdLFsiZXEiLCIkQ29udGVudC1UeXBlIiwiaW1hZ2UvcG5nIl0seyJ4LWFtei1kYXRlIjoiMjAyNjExMjJUMDkwMDAwWiJ9XX0=";

    fn form(change: &[(&str, Option<&str>)], host: &str, whole: bool) -> PostForm {
        let mut fields = vec![("key", "in/${filename}"), ("Content-Type", "image/png"), ("x-amz-date", "20261122T090000Z")];
        fields.extend([("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"), ("policy", POLICY), ("signature", "x")]);
        for (name, value) in change {
            fields.retain(|(known, _)| known != name);
            fields.extend(value.map(|value| (*name, value)));
        }
        let fields: Vec<(String, String)> = fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let url = Url::parse(&format!("https://{host}.s3.eu-west-1.amazonaws.com/")).unwrap();
        Presigned::of_post(&url, &fields, whole).unwrap().form.unwrap()
    }

    #[test]
    fn a_form_that_agrees_has_no_problem() {
        let good = form(&[], "uploads", true);
        assert!(good.problems.is_empty() && good.to_add.is_empty(), "{good:?}");
        assert_eq!(good.policy.unwrap().content_length, Some((1, 1_048_576)));
        assert_eq!(good.key.as_deref(), Some("in/${filename}"));
    }

    #[test]
    fn every_disagreement_is_told() {
        for (change, host, says) in [
            (("key", Some("out/a.png")), "uploads", "the policy wants key to start with \"in/\", and the form has \"out/a.png\""),
            (("key", Some("${filename}")), "uploads", "the form has \"${filename}\""),
            (("key", None), "uploads", "it has no field named key"),
            (
                ("Content-Type", Some("image/jpeg")),
                "uploads",
                "the policy wants content-type to be \"image/png\", and the form has \"image/jpeg\"",
            ),
            (("Content-Type", None), "uploads", "the policy wants content-type to be \"image/png\", and the form has no such field"),
            (("acl", Some("private")), "uploads", "the field acl stands in no condition of the policy"),
            (("x-amz-meta-a", Some("b")), "uploads", "x-amz-meta-a stands in no condition"),
            (("key", Some("in/a.png")), "other", "the policy is for the bucket uploads, the form goes to other"),
        ] {
            let form = form(&[change], host, true);
            assert!(form.problems.first().is_some_and(|problem| problem.contains(says)), "{change:?} {:?}", form.problems);
        }
        let late = form(&[("file", Some("")), ("x-ignore-me", Some("1"))], "uploads", true);
        assert!(late.problems[0].contains("come after the file"), "{:?}", late.problems);
    }

    #[test]
    fn what_a_page_was_handed_may_be_added_to() {
        let handed = form(&[("Content-Type", None)], "uploads", false);
        assert_eq!((handed.problems.len(), handed.to_add.as_slice()), (0, &["content-type".to_owned()][..]));
    }
}
