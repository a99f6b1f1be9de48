//! The same faults over PostgreSQL, and connections that are lost.

use rayon::prelude::*;

use super::proxy::{Cut, Proxy};
use super::world::{APPLY, Shop};
use super::{clock, disk, killed, two};
use crate::scenarios::Backend;
use crate::support::{Run, kills};

/// An apply by way of a proxy.
fn apply_by(shop: &Shop<'_>, proxy: &Proxy) -> Run {
    let mut command = shop.command(&APPLY);
    command.env("AUD_STATE_URL", &proxy.url);
    Run::of(command.output().unwrap())
}

impl Shop<'_> {
    fn url(&self) -> String {
        self.backend.database(&self.sandbox).unwrap().url.clone()
    }
}

#[test]
fn a_process_that_dies_at_any_point_is_taken_up_again() {
    Backend::postgres().iter().for_each(killed::at_every_point);
}

#[test]
fn a_clock_that_jumps_changes_nothing() {
    Backend::postgres().iter().for_each(clock::at_every_point);
}

#[test]
fn a_lock_does_not_age() {
    Backend::postgres().iter().for_each(clock::locks_do_not_age);
}

#[test]
fn the_second_is_told_who_applies() {
    Backend::postgres().iter().for_each(two::the_second_is_told);
}

#[test]
fn of_two_at_once_one_applies() {
    Backend::postgres().iter().for_each(two::exactly_one_applies);
}

#[test]
fn a_write_that_fails_is_made_up_for() {
    Backend::postgres().iter().for_each(disk::at_every_write);
}

/// The connection is cut at every piece that the program sends, before it arrives and before its answer does, so that the program does not
/// know whether its commit was one. Nobody gets to the server from then on, so that the lock stays behind too.
#[test]
fn a_connection_that_is_lost_anywhere_loses_nothing() {
    let Some(backend) = Backend::postgres() else { return };
    let undisturbed = Shop::undisturbed(&backend);
    let whole = Shop::new(&backend);
    let proxy = Proxy::to(&whole.url(), Cut::Never);
    let _ = apply_by(&whole, &proxy).fine();
    let pieces = proxy.pieces();
    assert!(pieces > 20, "{pieces}");
    // All of them take minutes: as many as asked for, spread over the run.
    let all = (1..=pieces).flat_map(|at| [Cut::Before(at), Cut::After(at)]);
    let step = (2 * pieces as usize).div_ceil(kills(40) as usize) | 1;
    let cuts: Vec<Cut> = all.step_by(step).collect();
    let (lost, locks): (Vec<bool>, Vec<bool>) = cuts
        .into_par_iter()
        .map(|cut| {
            let shop = Shop::new(&backend);
            let proxy = Proxy::to(&shop.url(), cut);
            let run = apply_by(&shop, &proxy);
            assert!(matches!(run.code, Some(0 | 1 | 4)), "{cut:?}: {:?} {}{}", run.code, run.out, run.err);
            let locked = shop.recover();
            shop.end().must_be(&undisturbed, &format!("{cut:?}: {}{}", run.out, run.err));
            (run.code != Some(0), locked)
        })
        .unzip();
    let count = |of: &[bool]| of.iter().filter(|each| **each).count();
    println!("{} cuts, {} runs failed, {} left the lock", lost.len(), count(&lost), count(&locks));
    assert!(count(&lost) > 10 && count(&locks) > 0);
}

/// Somebody with rights over the server ends the program's session in the middle of an apply: it says so and can be taken up again.
#[test]
fn a_session_that_is_ended_by_the_server_is_told() {
    let Some(backend) = Backend::postgres() else { return };
    let undisturbed = Shop::undisturbed(&backend);
    let mut ended = 0;
    for pause in [5, 20, 50, 100, 200, 400] {
        let shop = Shop::new(&backend);
        let database = backend.database(&shop.sandbox).unwrap();
        // Sessions of this project go by the name of its schema, so that no other test loses one.
        let mut command = shop.command(&APPLY);
        command.env("AUD_STATE_URL", database.url_with(&format!("application_name={}", database.schema)));
        let child = command.spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{}'",
            database.schema
        );
        ended += database.connect().query(&end, &[]).unwrap().len();
        let run = Run::of(child.wait_with_output().unwrap());
        assert!(matches!(run.code, Some(0 | 1 | 4)), "{:?} {}{}", run.code, run.out, run.err);
        shop.recover();
        shop.end().must_be(&undisturbed, &format!("{}{}", run.out, run.err));
    }
    println!("{ended} sessions were ended");
}
