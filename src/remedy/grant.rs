//! The least permission that lets one request through, and the snippets that are filled in with it.

use crate::ask::Ask;
use crate::aws::Target;

/// Who may ask what, and where it is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The page's origin.
    pub(crate) origin: String,
    /// The request's method.
    pub(crate) method: String,
    /// The header names that a preflight asks for.
    pub(crate) headers: Vec<String>,
    /// Whether credentials are included.
    pub(crate) credentials: bool,
    /// The path, without the stage of an API's own name.
    pub(crate) path: String,
    /// The API's, function's or distribution's id, where the name tells it.
    pub(crate) id: String,
    /// The region, where the name tells it.
    pub(crate) region: String,
    /// The stage, where the name tells it.
    pub(crate) stage: String,
}

impl Grant {
    /// The grant for an ask whose preflight asks for these headers.
    pub(crate) fn of(ask: &Ask, headers: Vec<String>, target: &Target) -> Self {
        let or = |value: &Option<String>, placeholder: &str| value.clone().unwrap_or_else(|| placeholder.to_owned());
        let stage = target.stage.as_deref().map(|stage| format!("/{stage}")).unwrap_or_default();
        let path = ask.url.path().strip_prefix(&stage).filter(|rest| !rest.is_empty()).unwrap_or("/").to_owned();
        Self {
            origin: ask.origin.to_string(),
            method: ask.sent_method(),
            headers,
            credentials: ask.with_credentials(),
            path,
            id: or(&target.id, "ID"),
            region: or(&target.region, "REGION"),
            stage: or(&target.stage, "STAGE"),
        }
    }

    /// Fills a template: `<origin>`, `<method>`, `<methods>` (with OPTIONS), `<headers>`, `<header-list>` (quoted),
    /// `<credentials>`, `<path>`, `<id>`, `<region>`, `<stage>`.
    pub(crate) fn fill(&self, template: &str) -> String {
        let headers = if self.headers.is_empty() { vec!["content-type".to_owned()] } else { self.headers.clone() };
        let quoted = headers.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        template
            .replace("<methods>", &format!("{},OPTIONS", self.method))
            .replace("<method>", &self.method)
            .replace("<headers>", &headers.join(","))
            .replace("<header-list>", &quoted)
            .replace("<credentials>", if self.credentials { "true" } else { "false" })
            .replace("<id>", &self.id)
            .replace("<region>", &self.region)
            .replace("<stage>", &self.stage)
            .replace("<path>", &self.path)
            .replace("<origin>", &self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Origin;
    use url::Url;

    #[test]
    fn the_stage_is_no_part_of_the_resource() {
        let url = Url::parse("https://abc123de45.execute-api.eu-west-1.amazonaws.com/prod/orders").unwrap();
        let ask = Ask::get(url.clone(), Origin::parse("https://app.example.com").unwrap());
        let grant = Grant::of(&ask, vec!["authorization".into()], &crate::aws::target(&url));
        assert_eq!(
            grant.fill("<id> <region> <stage> <path> <methods> <header-list>"),
            "abc123de45 eu-west-1 prod /orders GET,OPTIONS \"authorization\""
        );
    }
}
