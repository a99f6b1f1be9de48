//! Two who apply at once: one of them does, the other one is told who it is.

use std::cell::RefCell;
use std::process::Command;
use std::sync::Arc;

use aud::system::MemorySystem;

use super::world::{APPLY, Shop, lock_id};
use crate::scenarios::Backend;
use crate::support::Run;

/// While somebody holds the lock nobody else applies, and the message says who, since when and for what.
pub(super) fn the_second_is_told(backend: &Backend) {
    let undisturbed = Shop::undisturbed(backend);
    let shop = Shop::new(backend);
    let lock = shop.lock(0);
    let refused = shop.aud(&APPLY).code(1);
    let process = format!("(process {})", std::process::id());
    for told in ["locked by ann@", &process, "since 20", "for `a long apply`", "aud state unlock"] {
        assert!(refused.err.contains(told), "{told} is not in {}", refused.err);
    }
    assert_eq!(lock_id(&refused.err), Some(lock.clone()));
    // Looking is no writing.
    let _ = shop.aud(&["plan", "--now", super::world::NOW]).fine();
    shop.unlock(&lock);
    let _ = shop.aud(&APPLY).fine();
    shop.end().must_be(&undisturbed, "");
}

/// Two runs are started together, again and again: one does all, the other one nothing.
pub(super) fn exactly_one_applies(backend: &Backend) {
    let undisturbed = Shop::undisturbed(backend);
    let refusals = RefCell::new(0);
    for _ in 0..10 {
        let shop = Shop::new(backend);
        let start = |mut command: Command| command.spawn().unwrap();
        let both = [start(shop.command(&APPLY)), start(shop.command(&APPLY))];
        let runs = both.map(|child| Run::of(child.wait_with_output().unwrap()));
        let applied = runs.iter().filter(|run| run.out.contains("Applied: ")).count();
        assert_eq!(applied, 1, "{}{}{}{}", runs[0].out, runs[0].err, runs[1].out, runs[1].err);
        for run in runs.iter().filter(|run| run.code != Some(0)) {
            *refusals.borrow_mut() += 1;
            let locked = run.err.contains("locked by tester@") && run.err.contains("for `aud apply`");
            // It waited while the other one wrote, and was over before.
            let late = run.err.contains("state serial") || run.err.contains("the state changed meanwhile");
            assert!(locked || late, "{}", run.err);
        }
        shop.end().must_be(&undisturbed, "");
    }
    assert!(refusals.take() > 0, "the runs were never at work together");
}

impl Shop<'_> {
    /// Takes the lock as somebody else whose clock is some hours off.
    pub(super) fn lock(&self, hours: i64) -> String {
        let now = aud::system::System::now(&aud::system::OsSystem);
        let at = aud::base::Timestamp(now.ms() + hours * 3_600_000);
        let system = Arc::new(MemorySystem::new(at).with_env("USER", "ann"));
        self.backend.writer(&self.sandbox, system).lock("a long apply").unwrap()
    }

    fn unlock(&self, lock: &str) {
        self.backend.writer(&self.sandbox, Arc::new(aud::system::OsSystem)).unlock(lock).unwrap();
    }
}

#[test]
fn the_second_is_told_who_applies() {
    the_second_is_told(&Backend::Sqlite);
}

#[test]
fn of_two_at_once_one_applies() {
    exactly_one_applies(&Backend::Sqlite);
}
