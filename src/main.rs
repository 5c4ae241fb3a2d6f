//! The command line of whycors.

use std::process::ExitCode;

fn main() -> ExitCode {
    whycors::cli::main()
}
