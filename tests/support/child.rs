//! Tests that run in a process of their own, so that it may be killed or kept short of something.
//!
//! Such a test is `#[ignore]`d, so that nothing runs it but the test that starts it; alone it does nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Names the folder that a child works in.
const FOLDER: &str = "AUD_TEST_CHILD";

/// An ignored test of this binary in a process of its own, to work in a folder.
pub(crate) fn child(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads", "1"]).env(FOLDER, folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The folder that this process works in; `None` where it was not started by [`child`].
pub(crate) fn folder_of_child() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// The same command under a limit that the shell sets: `-f` for the length of files, in units of 512 bytes, or `-d` for private memory,
/// in KiB. A write beyond the limit is an error, not a signal.
pub(crate) fn limited(command: &Command, limit: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("trap '' XFSZ; ulimit {limit} || exit 99; exec \"$0\" \"$@\"")]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    // Reading the program's own symbols takes more memory than there may be.
    shell.env("RUST_BACKTRACE", "0");
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}

/// The number behind the last line that begins with a word.
pub(crate) fn last_number(out: &[u8], word: &str) -> Option<u64> {
    let text = String::from_utf8_lossy(out);
    let mut numbers = text.lines().filter_map(|line| line.strip_prefix(word)?.trim().parse().ok());
    numbers.next_back()
}

/// How many children are killed for each kind of work.
pub(crate) fn kills(default: u32) -> u32 {
    std::env::var("AUD_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(default)
}
