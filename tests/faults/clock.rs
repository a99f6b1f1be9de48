//! Clocks that jump: time says when something happened, and never who may write or what is delivered.

use rayon::prelude::*;

use super::system::{ending, points};
use super::world::{APPLY, Shop, lock_id};
use crate::scenarios::Backend;

/// The clock jumps an hour ahead or back at each point of an apply.
pub(super) fn at_every_point(backend: &Backend) {
    let undisturbed = Shop::undisturbed(backend);
    let points = points(&Shop::new(backend).aud_with("abort 0", &APPLY).fine().out);
    let jumps: Vec<(i64, u64)> = (1..=points).flat_map(|at| [(1, at), (-1, at)]).collect();
    jumps.into_par_iter().for_each(|(hours, at)| {
        let shop = Shop::new(backend);
        let run = shop.aud_with(&format!("{hours} {at}"), &APPLY).fine();
        assert_eq!(ending(&run.out), Some(0), "{}{}", run.out, run.err);
        shop.end().must_be(&undisturbed, &format!("{hours} hours at point {at}"));
    });
}

/// A run that died with the clock an hour behind, or ahead: its lock is as good as any other, and taken away in the same way.
pub(super) fn locks_do_not_age(backend: &Backend) {
    let undisturbed = Shop::undisturbed(backend);
    for hours in ["-1", "1", "-100000"] {
        let shop = Shop::new(backend);
        // The lock is taken by somebody whose clock is off; then he dies, and leaves it.
        let lock = shop.lock(hours.parse().unwrap());
        let refused = shop.aud(&APPLY).code(1);
        assert_eq!(lock_id(&refused.err).as_deref(), Some(lock.as_str()), "{}", refused.err);
        assert!(!refused.err.contains("is gone"), "this process lives: {}", refused.err);
        let _ = shop.aud(&["state", "unlock", &lock]).fine();
        let _ = shop.aud(&APPLY).fine();
        shop.end().must_be(&undisturbed, "");
    }
}

#[test]
fn a_clock_that_jumps_changes_nothing() {
    at_every_point(&Backend::Sqlite);
}

#[test]
fn a_lock_does_not_age() {
    locks_do_not_age(&Backend::Sqlite);
}
