//! A small shop with something deployed and something else written: every kind of change at once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use similar::TextDiff;

use crate::scenarios::{Backend, delivered, imported, state_json};
use crate::support::{Run, Sandbox, child, copy, files_below};

const BEFORE: &str = "version 1

audience big \"Big spenders\" {
  match { user \"spend\" > 300 }
  split offer { variant coupon 50% }
  connect warehouse { variant coupon }
  connect archive   { variant control }
}

audience recent { match { event \"Visit\" within last 5 days } connect warehouse connect archive }

audience old { match { user \"spend\" < 100 } connect warehouse }
";

const AFTER: &str = "version 1

moved recent to visitors

audience big \"Big spenders\" {
  match { user \"spend\" > 250 }
  split offer { variant coupon 50% }
  connect warehouse { variant coupon }
  connect archive   { variant control }
}

audience visitors { match { event \"Visit\" within last 4 days } connect warehouse connect archive }

audience pro { match { user \"plan\" is \"pro\" } connect archive }
";

/// The time of every evaluation, so that the content of every delivered file is known.
pub(super) const NOW: &str = "2026-03-01T12:00:00Z";
/// What is done to what is deployed.
pub(super) const APPLY: [&str; 4] = ["apply", "--auto-approve", "--now", NOW];

/// The child that runs the program over a system with faults.
const CHILD: &str = "faults::system::the_program_with_a_fault";

/// The shop where `BEFORE` is deployed and `AFTER` is written.
pub(super) struct Shop<'a> {
    pub(super) sandbox: Sandbox,
    pub(super) backend: &'a Backend,
}

/// Everything that is there at the end.
pub(super) struct End {
    state: String,
    deliveries: BTreeMap<PathBuf, String>,
}

impl<'a> Shop<'a> {
    pub(super) fn new(backend: &'a Backend) -> Self {
        static BASE: OnceLock<Sandbox> = OnceLock::new();
        let sandbox = Sandbox::empty();
        copy(BASE.get_or_init(imported).path(), sandbox.path());
        sandbox.write("aud.yaml", &(sandbox.read("aud.yaml") + &backend.yaml(&sandbox)));
        let shop = Self { sandbox, backend };
        shop.sandbox.write("audiences/shop.aud", BEFORE);
        let _ = shop.aud(&APPLY).fine();
        shop.sandbox.write("audiences/shop.aud", AFTER);
        shop
    }

    /// The program as it is.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command(arguments);
        self.backend.environment(&self.sandbox, &mut command);
        command
    }

    pub(super) fn aud(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// The program over a system with a fault, such as `abort 7`.
    pub(super) fn aud_with(&self, fault: &str, arguments: &[&str]) -> Run {
        let mut command = child(CHILD, self.sandbox.path());
        command.env("AUD_FAULT", fault).env("AUD_ARGUMENTS", arguments.join(" "));
        command.env("USER", "tester").env("GIT_CEILING_DIRECTORIES", std::env::temp_dir());
        command.current_dir(self.sandbox.path());
        self.backend.environment(&self.sandbox, &mut command);
        Run::of(command.output().unwrap())
    }

    /// Applies until it works, taking a dead run's lock away where there is one. Whether there was one.
    pub(super) fn recover(&self) -> bool {
        let first = self.aud(&APPLY);
        if first.code == Some(0) {
            return self.unlock_what_is_left();
        }
        let lock = lock_id(&first.err).unwrap_or_else(|| panic!("{:?} {}", first.code, first.err));
        assert!(first.err.contains("tester@") && first.err.contains("is gone"), "{}", first.err);
        let _ = self.aud(&["state", "unlock", &lock]).fine();
        let _ = self.aud(&APPLY).fine();
        true
    }

    /// Where nothing was left to do, an apply asks for no lock: one that could not be given back is still there.
    fn unlock_what_is_left(&self) -> bool {
        let held = self.backend.state(&self.sandbox).lock_info().unwrap();
        held.is_some_and(|held| {
            assert!(held.dead, "{held}");
            let _ = self.aud(&["state", "unlock", &held.id]).fine();
            true
        })
    }

    /// What is there, where nothing is left to do; and no connection has gaps in its numbers.
    pub(super) fn end(&self) -> End {
        let _ = self.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
        delivered(&self.sandbox).unwrap();
        let folder = self.sandbox.at("delivered");
        let text =
            |path: PathBuf| (path.strip_prefix(&folder).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap());
        let deliveries = files_below(&folder).into_iter().map(text).collect();
        End { state: state_json(&self.sandbox, self.backend), deliveries }
    }

    /// The end of an undisturbed run.
    pub(super) fn undisturbed(backend: &'a Backend) -> End {
        let shop = Self::new(backend);
        let _ = shop.aud(&APPLY).fine();
        let end = shop.end();
        assert!(end.deliveries.len() == 11, "{:?}", end.deliveries.keys());
        end
    }
}

impl End {
    /// Fails where it is not the end of an undisturbed run, and shows what differs.
    pub(super) fn must_be(&self, undisturbed: &Self, told: &str) {
        let state = TextDiff::from_lines(&undisturbed.state, &self.state).unified_diff().context_radius(3).to_string();
        assert!(self.state == undisturbed.state, "{told}\n{state}");
        let files = |end: &Self| end.deliveries.keys().cloned().collect::<Vec<_>>();
        assert_eq!(files(self), files(undisturbed), "{told}");
        for (path, text) in &self.deliveries {
            assert_eq!(Some(text), undisturbed.deliveries.get(path), "{told}: {}", path.display());
        }
    }
}

/// The id of a lock in a message.
pub(super) fn lock_id(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("aud state unlock ")?;
    Some(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect())
}
