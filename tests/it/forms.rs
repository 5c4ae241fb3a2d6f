//! `whycors s3` in the real binary: every form of endpoint is probed, the one to prefer in full.

use std::process::Command;

use serde_json::Value;

use crate::tls::{authority, dress, leaf, serve};

#[tokio::test(flavor = "multi_thread")]
async fn the_form_to_prefer_is_sampled_and_mapped() {
    let (config, _) = dress(&leaf("*.s3.us-west-2.amazonaws.com"), &authority());
    let server = serve(config).await;
    let there = format!("::127.0.0.1:{}", server.address.port());
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
    command.args(["s3", "media-uploads", "--region", "us-west-2", "--origin", "https://app.example.com", "--format", "json", "--insecure"]);
    command.args(["--connect-to", &there, "--repeat", "3", "--map"]).env_clear();
    let output = command.output().unwrap();
    let batch: Value = serde_json::from_slice(&output.stdout).unwrap();
    let results = batch["results"].as_array().unwrap();
    let rows = |result: &Value| result["samples"]["rows"].as_array().map_or(0, Vec::len);
    assert_eq!(output.status.code(), Some(1));
    assert!(results.len() > 8, "{} forms", results.len());
    assert_eq!((rows(&results[0]), results[0]["map"]["cells"].as_array().map(Vec::len)), (3, Some(12)));
    assert!(results[1..].iter().all(|result| rows(result) == 0 && result["map"].is_null()));
}
