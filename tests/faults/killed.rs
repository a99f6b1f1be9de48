//! Processes that die at every point of an apply, on real files: between two writes, inside a transaction, with half a file written.

use rayon::prelude::*;

use super::system::{ending, points};
use super::world::{APPLY, Shop};
use crate::scenarios::Backend;

/// Kills a run at each of its points, takes it up again, and compares.
pub(super) fn at_every_point(backend: &Backend) {
    let undisturbed = Shop::undisturbed(backend);
    let whole = Shop::new(backend).aud_with("abort 0", &APPLY).fine();
    let points = points(&whole.out);
    assert!(points > 30, "{points}");
    let locks: usize = (1..=points)
        .into_par_iter()
        .map(|at| {
            let shop = Shop::new(backend);
            let run = shop.aud_with(&format!("abort {at}"), &APPLY);
            assert!(ending(&run.out).is_none() && run.code.is_none(), "{at}: {}{}", run.out, run.err);
            let locked = shop.recover();
            shop.end().must_be(&undisturbed, &format!("died at point {at} of {points}"));
            usize::from(locked)
        })
        .sum();
    println!("killed at {points} points, {locks} of them held the lock");
    assert!(locks > 10, "{locks} of {points} left a lock");
}

#[test]
fn a_process_that_dies_at_any_point_is_taken_up_again() {
    at_every_point(&Backend::Sqlite);
}
