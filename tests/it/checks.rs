//! `whycors check` in the real binary: what is wrong with the call is said before anything is sent.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::process::{Command, Output};

/// Checks a file of one check of this listener.
fn check(listener: &TcpListener, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let checks = format!("[[check]]\nname = \"up\"\norigin = \"https://app.example.com\"\nurl = \"{url}\"\ntimeout = 20\n");
    std::fs::write(folder.path().join("checks.toml"), checks).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
    command.args(["check", "checks.toml"]).args(arguments).current_dir(folder.path()).env_clear();
    command.envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn nothing_is_sent_where_the_call_makes_no_sense() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    for (arguments, variables, words) in [
        (&["--baseline", "none.json"][..], &[][..], "cannot read none.json"),
        (&["--report", "json=x", "--report", "html=x"], &[], "two reports"),
        (&["--shard", "0/2", "--shard-total", "5"], &[], "leave one out"),
    ] {
        let output = check(&listener, arguments, variables);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.contains(words)), (Some(2), true), "{arguments:?} {variables:?}: {said}");
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "{arguments:?} {variables:?}");
    }
}

/// The server never answers: what ends the check is the shorter time-out, in whose words the failure is told.
#[test]
fn the_command_line_wins_over_the_time_out_of_the_file() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    for (arguments, variables, words) in [(&["--timeout", "0.3"][..], &[][..], "0.3"), (&[], &[("WHYCORS_TIMEOUT", "0.4")], "0.4")] {
        let output = check(&listener, &[arguments, &["--no-follow-up"]].concat(), variables);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(words), "{arguments:?} {variables:?}: {said}");
    }
}
