//! The least permission that lets one request through, and the snippets that are filled in with it.

use super::granted::{Granted, joined};
use crate::ask::Ask;
use crate::aws::Target;

/// Who may ask what, and where it is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The page's origin.
    pub(crate) origin: String,
    /// The request's method.
    pub(crate) method: String,
    /// The origin to allow: the page's, or every origin where that is so already.
    pub(crate) allowed_origin: String,
    /// The method with those that are allowed already.
    pub(crate) methods: Vec<String>,
    /// The header names that a preflight asks for, with those that are allowed already.
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
            allowed_origin: ask.origin.to_string(),
            method: ask.sent_method(),
            methods: vec![ask.sent_method()],
            headers,
            credentials: ask.with_credentials(),
            path,
            id: or(&target.id, "ID"),
            region: or(&target.region, "REGION"),
            stage: or(&target.stage, "STAGE"),
        }
    }

    /// The same, so that it takes nothing away of what an answer allows already.
    #[must_use]
    pub(crate) fn beside(mut self, there: &Granted) -> Self {
        self.methods = joined(&there.methods, &self.methods, self.credentials);
        self.headers = joined(&there.headers, &self.headers, self.credentials);
        if there.origin.as_deref() == Some("*") && !self.credentials {
            "*".clone_into(&mut self.allowed_origin);
        } else {
            self.credentials |= there.credentials;
        }
        self
    }

    /// Fills a template: `<origin>`, `<method>` of the request; `<allowed-origin>`, `<methods>` (with OPTIONS), `<method-list>`
    /// (quoted), `<http-methods>` and `<url-methods>` (of the CDK), `<headers>`, `<header-list>` (quoted), `<credentials>` to allow;
    /// `<path>`, `<id>`, `<region>`, `<stage>`.
    pub(crate) fn fill(&self, template: &str) -> String {
        let headers = if self.headers.is_empty() { vec!["content-type".to_owned()] } else { self.headers.clone() };
        let each = |items: &[String], write: &dyn Fn(&str) -> String| items.iter().map(|item| write(item)).collect::<Vec<_>>().join(", ");
        let quoted = |items: &[String]| each(items, &|item| format!("\"{item}\""));
        let member =
            |of: &'static str, all: &'static str| each(&self.methods, &|name| format!("{of}.{}", if name == "*" { all } else { name }));
        let others: Vec<&str> = self.methods.iter().map(String::as_str).filter(|method| *method != "OPTIONS").collect();
        template
            .replace("<methods>", &format!("{},OPTIONS", others.join(",")))
            .replace("<method-list>", &quoted(&self.methods))
            .replace("<http-methods>", &member("apigwv2.CorsHttpMethod", "ANY"))
            .replace("<url-methods>", &member("lambda.HttpMethod", "ALL"))
            .replace("<allowed-origin>", &self.allowed_origin)
            .replace("<method>", &self.method)
            .replace("<headers>", &headers.join(","))
            .replace("<header-list>", &quoted(&headers))
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
        let there = Granted {
            origin: Some("*".into()),
            methods: vec!["PUT".into(), "OPTIONS".into()],
            headers: vec!["x-a".into()],
            ..Granted::default()
        };
        assert_eq!(
            grant.beside(&there).fill("<allowed-origin> <origin> <methods> <method-list> <http-methods> <headers>"),
            "* https://app.example.com PUT,GET,OPTIONS \"PUT\", \"OPTIONS\", \"GET\" apigwv2.CorsHttpMethod.PUT, \
             apigwv2.CorsHttpMethod.OPTIONS, apigwv2.CorsHttpMethod.GET x-a,authorization"
        );
    }
}
