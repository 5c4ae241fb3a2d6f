//! Changes to Lambda function URLs. Source: Lambda guide, "Configuring function URLs" and "Access control for function URLs".

use super::{Fix, Grant};

/// Configure CORS on the URL, and leave it out of the function.
pub(crate) fn cors(grant: &Grant) -> Fix {
    let detail = "With CORS configured the URL answers preflights by itself and the function is not run; the function must then not set \
        Access-Control headers of its own, or they stand there twice. Console: Lambda, the function, Configuration, Function URL, Edit.";
    Fix::new("configure-function-url-cors", grant.fill("allow <origin> and <method> in the function URL's CORS configuration"), detail)
        .snippet("shell", "AWS CLI", grant.fill(CLI))
        .snippet("yaml", "SAM", grant.fill(SAM))
        .snippet("typescript", "CDK", grant.fill(CDK))
        .snippet("hcl", "Terraform", grant.fill(TERRAFORM))
}

/// Let everybody call the URL.
pub(crate) fn permissions() -> Fix {
    let detail = "A public URL needs the authorization type NONE and a resource policy that grants everybody lambda:InvokeFunctionUrl; URLs \
        made since October 2025 need a second grant, lambda:InvokeFunction limited to calls through the URL. With AWS_IAM the browser has \
        to sign every request.";
    Fix::new("grant-function-url", "set the authorization type to NONE and grant both permissions", detail).snippet(
        "shell",
        "AWS CLI",
        PERMISSIONS,
    )
}

const CLI: &str = r#"aws lambda update-function-url-config --function-name FUNCTION --region <region> --cors \
  '{"AllowOrigins":["<allowed-origin>"],"AllowMethods":[<method-list>],"AllowHeaders":[<header-list>],"AllowCredentials":<credentials>}'"#;

const SAM: &str = r#"FunctionUrlConfig:
  AuthType: NONE
  Cors:
    AllowOrigins: ["<allowed-origin>"]
    AllowMethods: [<method-list>]
    AllowHeaders: [<header-list>]
    AllowCredentials: <credentials>"#;

const CDK: &str = r#"fn.addFunctionUrl({
  authType: lambda.FunctionUrlAuthType.NONE,
  cors: {
    allowedOrigins: ["<allowed-origin>"],
    allowedMethods: [<url-methods>],
    allowedHeaders: [<header-list>],
    allowCredentials: <credentials>,
  },
});"#;

const TERRAFORM: &str = r#"resource "aws_lambda_function_url" "url" {
  function_name      = aws_lambda_function.fn.function_name
  authorization_type = "NONE"
  cors {
    allow_origins     = ["<allowed-origin>"]
    allow_methods     = [<method-list>]
    allow_headers     = [<header-list>]
    allow_credentials = <credentials>
  }
}"#;

const PERMISSIONS: &str = "aws lambda get-policy --function-name FUNCTION
aws lambda add-permission --function-name FUNCTION --statement-id url --action lambda:InvokeFunctionUrl \\
  --principal '*' --function-url-auth-type NONE
aws lambda add-permission --function-name FUNCTION --statement-id url-invoke --action lambda:InvokeFunction \\
  --principal '*' --invoked-via-function-url";
