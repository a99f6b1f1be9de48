//! The `aud` binary: arguments in, exit code out.

use std::process::ExitCode;
use std::sync::Arc;

use aud::cli;
use aud::system::OsSystem;

/// Definitions are many small values, made and dropped together.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run(std::env::args_os(), Arc::new(OsSystem))
}
