//! What runs in pipelines and before commits, run the way that platforms run it: the steps of the action, the jobs of the pipeline, the hook.
//!
//! No platform is asked and nothing is fetched: `gh` is a script that keeps comments in a folder.

mod github;
mod gitlab;
mod hook;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{Run, Sandbox};

pub(crate) const NOW: &str = "2026-03-01T12:00:00Z";

/// A file of the repository as JSON.
fn yaml(relative: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(root().join(relative)).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{relative}: {error}"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A small shop in the folder `shop`, its example audiences applied.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["demo", "shop", "--users", "2000", "--events", "20000", "--now", NOW]).fine();
    sandbox
}

/// A shell in the folder, where `aud` stands on PATH and knows the time, and nothing of this machine's settings is seen.
fn shell(sandbox: &Sandbox, program: &str) -> Command {
    let bin = sandbox.at("bin");
    let aud = Path::new(env!("CARGO_BIN_EXE_aud"));
    // Pipelines ask the clock. These ask it in March.
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\n  plan) exec '{0}' \"$@\" --now {NOW} ;;\n  *) exec '{0}' \"$@\" ;;\nesac\n",
        aud.display()
    );
    executable(&bin.join("aud"), &script);
    let mut command = Command::new(program);
    let path = std::env::var("PATH").unwrap();
    command.current_dir(sandbox.path()).env_clear().env("PATH", format!("{}:{path}", bin.display()));
    command.env("HOME", sandbox.path()).env("USER", "tester").env("GIT_CEILING_DIRECTORIES", std::env::temp_dir());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn executable(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    // A file that another test's child may still hold open for writing cannot be run: it is written aside and moved.
    let aside = path.with_extension("new");
    std::fs::write(&aside, text).unwrap();
    std::fs::set_permissions(&aside, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::rename(&aside, path).unwrap();
}

/// A guard that any drop breaks, over an audience that everybody is about to leave.
fn break_a_guard(sandbox: &Sandbox) {
    sandbox.edit("shop/audiences/crm.aud", "user \"city\" is \"Paris\"", "user \"city\" is \"Nowhere\"");
    let text = sandbox.read("shop/audiences/crm.aud");
    sandbox.write("shop/audiences/crm.aud", &format!("{text}\nguard parisians {{\n  drops <= 5%\n}}\n"));
}

/// Something to do: fewer people in an audience.
fn edit(sandbox: &Sandbox) {
    sandbox.edit("shop/audiences/lifecycle.aud", "> 500", "> 300");
}

fn serial(sandbox: &Sandbox) -> u64 {
    let plan = sandbox.aud(&["plan", "--project", "shop", "--json", "--now", NOW]).fine().json();
    plan["made_from"]["state"]["serial"].as_u64().unwrap()
}
