//! Changes to API Gateway, in the forms it is deployed in.
//!
//! Sources: API Gateway guide ("Enabling CORS for a REST API resource", "CORS for HTTP APIs", "Gateway responses"), and the
//! documentation of SAM, CDK, the Serverless Framework, Terraform's AWS provider and Chalice.

use super::{Fix, Grant, Snippet};

/// Give a REST API's resource an OPTIONS method that answers preflights and asks for no authorization.
pub(crate) fn options_method(grant: &Grant) -> Fix {
    let detail = grant.fill(
        "Console: API Gateway, your API, Resources, select <path>, Enable CORS, tick OPTIONS and <method>, then Deploy API to the stage: \
        until it is deployed nothing changes. The method must have authorization NONE and no API key, since browsers send neither \
        with a preflight.",
    );
    Fix::new("add-options-method", grant.fill("let <path> answer OPTIONS, and deploy"), detail)
        .snippet("shell", "AWS CLI", grant.fill(OPTIONS_CLI))
        .snippet("yaml", "SAM", grant.fill(OPTIONS_SAM))
        .snippet("typescript", "CDK", grant.fill(OPTIONS_CDK))
        .snippet("yaml", "Serverless Framework", grant.fill(OPTIONS_SERVERLESS))
        .snippet("hcl", "Terraform", grant.fill(OPTIONS_TERRAFORM))
        .snippet("python", "Chalice", grant.fill(OPTIONS_CHALICE))
}

/// What an OPTIONS method that is there already has to say, in the forms it is deployed in.
pub(crate) fn options_answer(grant: &Grant) -> Vec<Snippet> {
    // What makes the method is there already, and making it again is an error.
    let made = ["put-method", "put-integration ", "--content-handling", ":true"];
    let cli: Vec<&str> = OPTIONS_CLI.lines().filter(|line| !made.iter().any(|part| line.contains(part))).collect();
    let mut snippets = options_method(grant).snippets;
    if let Some(first) = snippets.first_mut() {
        *first = Snippet::new("shell", "AWS CLI", format!("# this replaces the lists that are there\n{}", grant.fill(&cli.join("\n"))));
    }
    snippets
}

/// What a function behind a proxy integration has to return, to OPTIONS or to the request itself.
pub(crate) fn function_answer(grant: &Grant, preflight: bool) -> Vec<Snippet> {
    const LISTS: &str = ", \"Access-Control-Allow-Methods\": \"<methods>\", \"Access-Control-Allow-Headers\": \"<headers>\"";
    let credentials = if grant.credentials { ", \"Access-Control-Allow-Credentials\": \"true\"" } else { "" };
    let lists = if preflight { grant.fill(LISTS) } else { String::new() };
    let headers = format!("{{ \"Access-Control-Allow-Origin\": \"{}\"{lists}{credentials} }}", grant.origin);
    let (node, python) = if preflight { ("\"\"", "\"\"") } else { ("JSON.stringify(result)", "json.dumps(result)") };
    vec![
        Snippet::new("javascript", "Lambda (Node.js)", format!("return {{ statusCode: 200, headers: {headers}, body: {node} }};")),
        Snippet::new("python", "Lambda (Python)", format!("return {{\"statusCode\": 200, \"headers\": {headers}, \"body\": {python}}}")),
    ]
}

/// Take authorization and API key off the OPTIONS method.
pub(crate) fn open_options(grant: &Grant) -> Fix {
    let detail = grant.fill(
        "Console: API Gateway, your API, Resources, <path>, OPTIONS, Method request: set Authorization to NONE and API key required to \
        false, then Deploy API. A browser sends no credentials, no token and no key with a preflight, whatever the page does. \
        SAM puts the default authorizer and the API key on OPTIONS unless it is told not to.",
    );
    Fix::new("no-auth-on-options", "answer OPTIONS without authorization and without an API key", detail)
        .snippet("shell", "AWS CLI", grant.fill(OPEN_CLI))
        .snippet("yaml", "SAM", OPEN_SAM)
        .snippet("typescript", "CDK", OPEN_CDK)
        .snippet("hcl", "Terraform", OPEN_TERRAFORM)
}

/// Let OPTIONS of an HTTP API pass by the authorizer of its catch-all route.
pub(crate) fn open_http_options(grant: &Grant) -> Fix {
    let detail = "An ANY or $default route with an authorizer catches the preflight as well. Configure CORS on the API, which then \
        answers preflights before any route; or add a route OPTIONS /{proxy+} without authorizer.";
    Fix::new("no-auth-on-options", "answer OPTIONS before the authorizer", detail)
        .snippet("shell", "AWS CLI: CORS on the API", grant.fill(HTTP_CLI))
        .snippet("shell", "AWS CLI: a route of its own", grant.fill(HTTP_ROUTE_CLI))
}

/// Configure CORS on an HTTP API.
pub(crate) fn http_cors(grant: &Grant) -> Fix {
    let detail = "An HTTP API answers preflights by itself once CORS is configured, without any OPTIONS route, and puts its headers on \
        every answer; headers that the backend sets are then dropped. Console: API Gateway, your API, CORS. The lists are exact: an origin \
        has scheme, host and port, and no trailing slash.";
    Fix::new("configure-http-api-cors", grant.fill("allow <origin>, <method> and these headers in the API's CORS configuration"), detail)
        .snippet("shell", "AWS CLI", grant.fill(HTTP_CLI))
        .snippet("yaml", "SAM", grant.fill(HTTP_SAM))
        .snippet("typescript", "CDK", grant.fill(HTTP_CDK))
        .snippet("yaml", "Serverless Framework", grant.fill(HTTP_SERVERLESS))
        .snippet("hcl", "Terraform", grant.fill(HTTP_TERRAFORM))
}

/// Put CORS headers on the answers that a REST API's gateway makes by itself.
pub(crate) fn gateway_responses(grant: &Grant) -> Fix {
    let detail = "The gateway answers before your function runs, so the function's headers are not there. Gateway responses DEFAULT_4XX and \
        DEFAULT_5XX may carry them, and then the page reads the real status. Console: API Gateway, your API, Gateway responses. \
        This cures the hiding, not the error.";
    Fix::new("gateway-responses", "let the gateway's own errors carry Access-Control-Allow-Origin", detail)
        .snippet("shell", "AWS CLI", grant.fill(RESPONSES_CLI))
        .snippet("yaml", "SAM", grant.fill(RESPONSES_SAM))
        .snippet("typescript", "CDK", grant.fill(RESPONSES_CDK))
        .snippet("yaml", "Serverless Framework", grant.fill(RESPONSES_SERVERLESS))
        .snippet("hcl", "Terraform", grant.fill(RESPONSES_TERRAFORM))
}

/// Repair the MOCK integration of OPTIONS.
pub(crate) fn mock_integration(grant: &Grant) -> Fix {
    let detail = "A MOCK integration takes its status from the request template, so it needs one for application/json that says \
        {\"statusCode\": 200}. Where binaryMediaTypes holds */*, the empty preflight counts as binary and the template is never applied: \
        set contentHandling to CONVERT_TO_TEXT, or name the binary types one by one. Deploy afterwards.";
    Fix::new("repair-options-mock", "give OPTIONS a template with a status, read as text", detail)
        .snippet("shell", "AWS CLI", grant.fill(MOCK_CLI))
        .snippet("hcl", "Terraform", MOCK_TERRAFORM)
}

const OPTIONS_CLI: &str = r#"aws apigateway get-resources --rest-api-id <id> --region <region>    # the id of <path>
aws apigateway put-method --rest-api-id <id> --region <region> --resource-id RESOURCE --http-method OPTIONS --authorization-type NONE
aws apigateway put-integration --rest-api-id <id> --region <region> --resource-id RESOURCE --http-method OPTIONS --type MOCK \
  --content-handling CONVERT_TO_TEXT --request-templates '{"application/json":"{\"statusCode\":200}"}'
aws apigateway put-method-response --rest-api-id <id> --region <region> --resource-id RESOURCE --http-method OPTIONS --status-code 200 \
  --response-parameters '{"method.response.header.Access-Control-Allow-Origin":true,"method.response.header.Access-Control-Allow-Methods":true,"method.response.header.Access-Control-Allow-Headers":true}'
aws apigateway put-integration-response --rest-api-id <id> --region <region> --resource-id RESOURCE --http-method OPTIONS --status-code 200 \
  --response-parameters "{\"method.response.header.Access-Control-Allow-Origin\":\"'<origin>'\",\"method.response.header.Access-Control-Allow-Methods\":\"'<methods>'\",\"method.response.header.Access-Control-Allow-Headers\":\"'<headers>'\"}"
aws apigateway create-deployment --rest-api-id <id> --region <region> --stage-name <stage>"#;

const OPTIONS_SAM: &str = r#"Globals:
  Api:
    Cors:
      AllowOrigin: "'<origin>'"
      AllowMethods: "'<methods>'"
      AllowHeaders: "'<headers>'"
    Auth:
      AddDefaultAuthorizerToCorsPreflight: false
      AddApiKeyRequiredToCorsPreflight: false"#;

const OPTIONS_CDK: &str = r#"new apigateway.RestApi(this, "Api", {
  defaultCorsPreflightOptions: {
    allowOrigins: ["<origin>"],
    allowMethods: ["<method>", "OPTIONS"],
    allowHeaders: [<header-list>],
  },
});"#;

const OPTIONS_SERVERLESS: &str = r#"events:
  - http:
      path: <path>
      method: <method>
      cors:
        origins: ["<origin>"]
        headers: [<header-list>]"#;

const OPTIONS_TERRAFORM: &str = r#"resource "aws_api_gateway_method" "options" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.this.id
  http_method   = "OPTIONS"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "options" {
  rest_api_id       = aws_api_gateway_rest_api.api.id
  resource_id       = aws_api_gateway_resource.this.id
  http_method       = aws_api_gateway_method.options.http_method
  type              = "MOCK"
  content_handling  = "CONVERT_TO_TEXT"
  request_templates = { "application/json" = jsonencode({ statusCode = 200 }) }
}
resource "aws_api_gateway_method_response" "options" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.this.id
  http_method = aws_api_gateway_method.options.http_method
  status_code = "200"
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = true
    "method.response.header.Access-Control-Allow-Methods" = true
    "method.response.header.Access-Control-Allow-Headers" = true
  }
}
resource "aws_api_gateway_integration_response" "options" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.this.id
  http_method = aws_api_gateway_method.options.http_method
  status_code = aws_api_gateway_method_response.options.status_code
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = "'<origin>'"
    "method.response.header.Access-Control-Allow-Methods" = "'<methods>'"
    "method.response.header.Access-Control-Allow-Headers" = "'<headers>'"
  }
}"#;

const OPTIONS_CHALICE: &str = r#"cors = CORSConfig(allow_origin="<origin>", allow_headers=[<header-list>])

@app.route("<path>", methods=["<method>"], cors=cors)
def view(): ..."#;

const OPEN_CLI: &str = r"aws apigateway update-method --rest-api-id <id> --region <region> --resource-id RESOURCE --http-method OPTIONS --patch-operations \
  op=replace,path=/authorizationType,value=NONE op=replace,path=/apiKeyRequired,value=false
aws apigateway create-deployment --rest-api-id <id> --region <region> --stage-name <stage>";

const OPEN_SAM: &str = r"Globals:
  Api:
    Auth:
      AddDefaultAuthorizerToCorsPreflight: false
      AddApiKeyRequiredToCorsPreflight: false";

const OPEN_CDK: &str = r#"resource.addMethod("OPTIONS", integration, {
  authorizationType: apigateway.AuthorizationType.NONE,
  apiKeyRequired: false,
});"#;

const OPEN_TERRAFORM: &str = r#"resource "aws_api_gateway_method" "options" {
  # …
  http_method      = "OPTIONS"
  authorization    = "NONE"
  api_key_required = false
}"#;

const HTTP_CLI: &str = r#"# this replaces the lists that are there: aws apigatewayv2 get-api --api-id <id> --region <region> --query CorsConfiguration
aws apigatewayv2 update-api --api-id <id> --region <region> --cors-configuration \
  '{"AllowOrigins":["<allowed-origin>"],"AllowMethods":[<method-list>],"AllowHeaders":[<header-list>],"AllowCredentials":<credentials>}'"#;

const HTTP_ROUTE_CLI: &str = r"aws apigatewayv2 create-route --api-id <id> --region <region> --route-key 'OPTIONS /{proxy+}' \
  --authorization-type NONE --target integrations/INTEGRATION";

const HTTP_SAM: &str = r#"Api:
  Type: AWS::Serverless::HttpApi
  Properties:
    CorsConfiguration:
      AllowOrigins: ["<allowed-origin>"]
      AllowMethods: [<method-list>]
      AllowHeaders: [<header-list>]
      AllowCredentials: <credentials>"#;

const HTTP_CDK: &str = r#"new apigwv2.HttpApi(this, "Api", {
  corsPreflight: {
    allowOrigins: ["<allowed-origin>"],
    allowMethods: [<http-methods>],
    allowHeaders: [<header-list>],
    allowCredentials: <credentials>,
  },
});"#;

const HTTP_SERVERLESS: &str = r#"provider:
  httpApi:
    cors:
      allowedOrigins: ["<allowed-origin>"]
      allowedMethods: [<method-list>]
      allowedHeaders: [<header-list>]
      allowCredentials: <credentials>"#;

const HTTP_TERRAFORM: &str = r#"resource "aws_apigatewayv2_api" "api" {
  # …
  cors_configuration {
    allow_origins     = ["<allowed-origin>"]
    allow_methods     = [<method-list>]
    allow_headers     = [<header-list>]
    allow_credentials = <credentials>
  }
}"#;

const RESPONSES_CLI: &str = r#"for type in DEFAULT_4XX DEFAULT_5XX; do
  aws apigateway put-gateway-response --rest-api-id <id> --region <region> --response-type $type --response-parameters \
    "{\"gatewayresponse.header.Access-Control-Allow-Origin\":\"'<origin>'\",\"gatewayresponse.header.Access-Control-Allow-Headers\":\"'<headers>'\"}"
done
aws apigateway create-deployment --rest-api-id <id> --region <region> --stage-name <stage>"#;

const RESPONSES_SAM: &str = r#"Api:
  Type: AWS::Serverless::Api
  Properties:
    GatewayResponses:
      DEFAULT_4XX:
        ResponseParameters: { Headers: { Access-Control-Allow-Origin: "'<origin>'" } }
      DEFAULT_5XX:
        ResponseParameters: { Headers: { Access-Control-Allow-Origin: "'<origin>'" } }"#;

const RESPONSES_CDK: &str = r#"for (const type of [apigateway.ResponseType.DEFAULT_4XX, apigateway.ResponseType.DEFAULT_5XX]) {
  api.addGatewayResponse(`Cors${type.responseType}`, {
    type,
    responseHeaders: { "Access-Control-Allow-Origin": "'<origin>'" },
  });
}"#;

const RESPONSES_SERVERLESS: &str = r#"resources:
  Resources:
    GatewayResponseDefault4XX:
      Type: AWS::ApiGateway::GatewayResponse
      Properties:
        RestApiId: { Ref: ApiGatewayRestApi }
        ResponseType: DEFAULT_4XX
        ResponseParameters:
          gatewayresponse.header.Access-Control-Allow-Origin: "'<origin>'"
    GatewayResponseDefault5XX:
      Type: AWS::ApiGateway::GatewayResponse
      Properties:
        RestApiId: { Ref: ApiGatewayRestApi }
        ResponseType: DEFAULT_5XX
        ResponseParameters:
          gatewayresponse.header.Access-Control-Allow-Origin: "'<origin>'""#;

const RESPONSES_TERRAFORM: &str = r#"resource "aws_api_gateway_gateway_response" "errors" {
  for_each      = toset(["DEFAULT_4XX", "DEFAULT_5XX"])
  rest_api_id   = aws_api_gateway_rest_api.api.id
  response_type = each.key
  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin" = "'<origin>'"
  }
}"#;

const MOCK_CLI: &str = r#"aws apigateway put-integration --rest-api-id <id> --region <region> --resource-id RESOURCE --http-method OPTIONS --type MOCK \
  --content-handling CONVERT_TO_TEXT --passthrough-behavior WHEN_NO_MATCH \
  --request-templates '{"application/json":"{\"statusCode\":200}"}'
aws apigateway create-deployment --rest-api-id <id> --region <region> --stage-name <stage>"#;

const MOCK_TERRAFORM: &str = r#"resource "aws_api_gateway_integration" "options" {
  # …
  type                 = "MOCK"
  passthrough_behavior = "WHEN_NO_MATCH"
  content_handling     = "CONVERT_TO_TEXT"
  request_templates    = { "application/json" = jsonencode({ statusCode = 200 }) }
}"#;
