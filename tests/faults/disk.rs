//! Disks that cannot be written, or now and then.

use std::path::Path;
use std::process::{Command, Stdio};

use rayon::prelude::*;

use super::system::{ending, points};
use super::world::{APPLY, Shop};
use crate::scenarios::Backend;
use crate::support::{Run, Sandbox, limited};

/// A write of a delivery fails, whichever: it stays pending, everything else is done, and the next apply makes it.
pub(super) fn at_every_write(backend: &Backend) {
    let undisturbed = Shop::undisturbed(backend);
    let points = points(&Shop::new(backend).aud_with("abort 0", &APPLY).fine().out);
    let faults: usize = (1..=points)
        .into_par_iter()
        .map(|at| {
            let shop = Shop::new(backend);
            let run = shop.aud_with(&format!("write {at}"), &APPLY).fine();
            match ending(&run.out) {
                // Nothing is written at that point.
                Some(0) => {
                    shop.end().must_be(&undisturbed, &format!("at {at}"));
                    0
                }
                Some(4) => {
                    assert!(
                        run.err.contains("disk is full") || run.out.contains("disk is full"),
                        "{}{}",
                        run.out,
                        run.err
                    );
                    let _ = shop.aud(&APPLY).fine();
                    shop.end().must_be(&undisturbed, &format!("after the failed write at {at}"));
                    1
                }
                other => panic!("{other:?} at {at}: {}{}", run.out, run.err),
            }
        })
        .sum();
    // A folder, half a file and a file for each delivery.
    assert!(faults >= 14, "{faults} of {points} points failed");
}

/// The command over a folder that is mounted read-only, in a mount table of its own. `None` where this machine does not allow that.
fn over_read_only(command: &Command, folder: &Path) -> Option<Command> {
    let mount = "mount --bind \"$AUD_RO\" \"$AUD_RO\" && mount -o remount,ro,bind \"$AUD_RO\" || exit 99; cd .; exec \"$0\" \"$@\"";
    let wrapped = |program: &std::ffi::OsStr| {
        let mut wrapped = Command::new("unshare");
        wrapped.args(["-m", "sh", "-c", mount]).arg(program).env("AUD_RO", folder);
        wrapped.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        wrapped
    };
    let works = wrapped("true".as_ref()).status().is_ok_and(|status| status.success());
    if !works {
        println!("skipped: no folder can be mounted read-only here");
        return None;
    }
    let mut wrapped = wrapped(command.get_program());
    wrapped.args(command.get_args());
    command.get_envs().for_each(|(name, value)| {
        value.map(|value| wrapped.env(name, value));
    });
    command.get_current_dir().map(|folder| wrapped.current_dir(folder));
    Some(wrapped)
}

fn run_over(sandbox: &Sandbox, read_only: &str, command: &Command) -> Option<Run> {
    Some(Run::of(over_read_only(command, &sandbox.at(read_only))?.output().unwrap()))
}

/// The folder of the state is read-only: nothing is applied and nothing delivered, and the message says where it is.
#[test]
fn a_state_on_a_read_only_disk_is_not_written() {
    let undisturbed = Shop::undisturbed(&Backend::Sqlite);
    let shop = Shop::new(&Backend::Sqlite);
    let Some(applied) = run_over(&shop.sandbox, ".aud", &shop.command(&APPLY)) else { return };
    let applied = applied.code(1);
    let told = applied.err.contains("read-only") || applied.err.contains("may be read and written");
    assert!(told && applied.err.contains("state.db"), "{}", applied.err);
    let _ = shop.aud(&APPLY).fine();
    shop.end().must_be(&undisturbed, "");
}

/// A project on a read-only disk that nothing was applied to.
#[test]
fn a_first_apply_on_a_read_only_disk_says_so() {
    let shop = Shop::new(&Backend::Sqlite);
    Backend::Sqlite.lose(&shop.sandbox);
    let Some(applied) = run_over(&shop.sandbox, ".aud", &shop.command(&APPLY)) else { return };
    let applied = applied.code(1);
    assert!(applied.err.contains("state.db"), "{}", applied.err);
}

/// The outputs' folder is read-only: the state is written, and every delivery stays pending until it can be made.
pub(super) fn outputs_that_cannot_be_written(backend: &Backend) {
    let undisturbed = Shop::undisturbed(backend);
    let shop = Shop::new(backend);
    let Some(applied) = run_over(&shop.sandbox, "delivered", &shop.command(&APPLY)) else { return };
    let applied = applied.code(4);
    assert_eq!(applied.out.matches("Read-only file system").count(), 6, "{}{}", applied.out, applied.err);
    let _ = shop.aud(&APPLY).fine();
    shop.end().must_be(&undisturbed, "");
}

/// No file may grow beyond a limit, as on a disk that is full: whatever could not be written was not written, and is later.
#[test]
fn a_state_that_cannot_grow_stays_as_it_was() {
    let undisturbed = Shop::undisturbed(&Backend::Sqlite);
    let failed: usize = (0..40)
        .into_par_iter()
        .map(|step| {
            let shop = Shop::new(&Backend::Sqlite);
            // In units of 512 bytes: from nothing to more than it takes.
            let run = Run::of(limited(&shop.command(&APPLY), &format!("-f {}", step * 10)).output().unwrap());
            assert!(matches!(run.code, Some(0 | 1 | 4)), "{:?} {}{}", run.code, run.out, run.err);
            shop.recover();
            shop.end().must_be(&undisturbed, &format!("at {step}: {}{}", run.out, run.err));
            usize::from(run.code == Some(1))
        })
        .sum();
    assert!((2..40).contains(&failed), "{failed} of 40 runs failed");
}

#[test]
fn a_write_that_fails_is_made_up_for() {
    at_every_write(&Backend::Sqlite);
}

#[test]
fn outputs_on_a_read_only_disk_wait() {
    outputs_that_cannot_be_written(&Backend::Sqlite);
}
