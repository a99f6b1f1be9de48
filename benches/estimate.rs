//! Estimates over a store of the workload: how long each new audience takes, and how far samples are off.
//!
//! `AUD_BENCH` names the folder of the workload and `AUD_ESTIMATE_SIZE` the size, by default S; without the folder nothing is measured. With
//! `AUD_ESTIMATE_OUT` the errors by size of the sample are written there, as CSV and as a picture.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark may fail, and prints"
)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use aud::estimate::{Basis, Cost, Detail, Effort, Frame, Size, Trial, estimate};
use aud::eval::{Stored, evaluate};
use aud::ir::Audience;
use aud::members::Memberships;
use aud::picture::{Axis, Curve, CurvePoint, Interval, Theme, Unit};
use aud::store::{Store, open};
use aud::system::OsSystem;
use aud::workload::{Phase, RunRequest, Workload, run};

/// What an estimate may take.
const LIMIT_MS: f64 = 300.0;

fn main() {
    let Some(folder) = std::env::var_os("AUD_BENCH").map(PathBuf::from) else {
        return println!("skipped: AUD_BENCH names no folder of the workload");
    };
    let size = std::env::var("AUD_ESTIMATE_SIZE").unwrap_or_else(|_| "S".to_owned());
    let place = folder.join(format!("store-estimate-{size}"));
    let workload = Workload::open(&OsSystem, &folder).unwrap();
    prepare(&workload, &size, &place);
    let store = open(&OsSystem, &place).unwrap();
    println!("{size}: {} users, {} events", store.user_count(), store.event_count());
    times(&workload, &place);
    let truth = evaluate(&workload.model, &store, workload.now, None, &Stored::default());
    errors(&store, &truth, &size);
}

/// Imports the data, where that was not done before.
fn prepare(workload: &Workload, size: &str, place: &Path) {
    let request = RunRequest {
        size: size.to_owned(),
        repeat: 1,
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        store: Some(place.to_owned()),
        phases: vec![Phase::Open],
    };
    run(&OsSystem, workload, &request).unwrap();
}

/// Each audience by itself, over a store in which nothing was read so far: with all its criteria, then its size alone as everybody and a sample say it.
fn times(workload: &Workload, place: &Path) {
    let model = &workload.model;
    let (mut all, mut sampled, mut most) = (Vec::new(), 0, (0.0, String::new()));
    for audience in model.audiences.values() {
        let store = open(&OsSystem, place).unwrap();
        let start = Instant::now();
        let found = estimate(basis(workload, &store, &Stored::default()), &[audience], Detail::Criteria, Effort::Quick);
        let ms = start.elapsed().as_secs_f64() * 1e3;
        sampled += u32::from(!found.frame.is_everybody());
        if ms > most.0 {
            most = (
                ms,
                format!(
                    "{} ({} criteria, sampled: {})",
                    audience.address,
                    found.audiences[0].parts.len(),
                    !found.frame.is_everybody()
                ),
            );
        }
        all.push(ms);
    }
    all.sort_by(f64::total_cmp);
    let at = |part: f64| all[((all.len() - 1) as f64 * part) as usize];
    println!(
        "an estimate with all criteria, just opened: median {:.1} ms, 95 % below {:.1} ms, most {:.1} ms",
        at(0.5),
        at(0.95),
        most.0
    );
    println!("  the slowest: {}; {sampled} of {} sampled", most.1, all.len());
    println!("  above {LIMIT_MS} ms: {}", all.iter().filter(|ms| **ms > LIMIT_MS).count());
    if std::env::var_os("AUD_ESTIMATE_COSTS").is_some() {
        costs(workload, place);
    }
}

fn basis<'w>(workload: &'w Workload, store: &'w Store, stored: &'w Stored) -> Basis<'w> {
    Basis { model: &workload.model, store, now: workload.now, stored }
}

/// What was guessed and what it took, for each audience, everything read before.
fn costs(workload: &Workload, place: &Path) {
    let (store, stored) = (open(&OsSystem, place).unwrap(), Stored::default());
    println!("audience\tguessed_ms\teverybody_ms\tguessed_sample_ms\tsample_ms");
    let ask = |audience: &Audience, effort: Effort| {
        let mut fastest = f64::MAX;
        for _ in 0..3 {
            let mut trial = Trial::new(basis(workload, &store, &stored));
            trial.ask_audience(audience);
            let start = Instant::now();
            trial.answer(effort);
            fastest = fastest.min(start.elapsed().as_secs_f64() * 1e3);
        }
        fastest
    };
    for audience in workload.model.audiences.values() {
        let mut alone = workload.model.clone();
        let nested: Vec<_> = audience.nested().into_iter().cloned().collect();
        alone.audiences.retain(|address, _| *address == audience.address || nested.contains(address));
        let cost = Cost::of(&alone, &store, workload.now);
        let (everybody, sample) = (ask(audience, Effort::Exact), ask(audience, Effort::Sample(0.01)));
        println!(
            "{}\t{:.2}\t{everybody:.2}\t{:.2}\t{sample:.2}",
            audience.address,
            cost.of_everybody() / 1e6,
            cost.of_users(0.01) / 1e6
        );
    }
}

/// How far samples of several sizes are off, over all audiences and some seeds.
fn errors(store: &Store, truth: &Memberships, size: &str) {
    let mut csv =
        "share,asked,error_median,error_95,half_interval_median,held,intervals,bounds_held,bounds\n".to_owned();
    let mut points = Vec::new();
    for share in [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5] {
        let (mut errors, mut halves) = (Vec::new(), Vec::new());
        let (mut held, mut bounds, mut bounds_held, mut asked) = (0, 0, 0, 0);
        for seed in 1..=5 {
            let frame = Frame::sample(store, share, seed);
            asked = frame.asked;
            for members in truth.audiences.values() {
                let real = members.len();
                match frame.size_of(members) {
                    Size::About { size, low, high } => {
                        errors.push(size.abs_diff(real) as f64 / real as f64);
                        halves.push((high - low) as f64 / 2.0 / real as f64);
                        held += u32::from((low..=high).contains(&real));
                    }
                    Size::TooFew { low, high } => {
                        bounds += 1;
                        bounds_held += u32::from((low..=high).contains(&real));
                    }
                    Size::Exact { .. } => {}
                }
            }
        }
        let (count, at) = (errors.len(), |all: &mut Vec<f64>, part: f64| {
            all.sort_by(f64::total_cmp);
            all.get(((all.len().max(1) - 1) as f64 * part) as usize).copied().unwrap_or(f64::NAN)
        });
        let (median, high, half) = (at(&mut errors, 0.5), at(&mut errors, 0.95), at(&mut halves, 0.5));
        csv += &format!("{share},{asked},{median:.5},{high:.5},{half:.5},{held},{count},{bounds_held},{bounds}\n");
        points.push(CurvePoint {
            x: asked as f64,
            y: median * 100.0,
            interval: Some(Interval { low: 0.0, high: high * 100.0 }),
        });
    }
    print!("{csv}");
    let Some(out) = std::env::var_os("AUD_ESTIMATE_OUT").map(PathBuf::from) else { return };
    let axis = |label: &str, unit, logarithmic| Axis { label: label.to_owned(), unit, logarithmic };
    let curve = Curve {
        title: format!("How far samples are off, {} users", aud::report::number(store.user_count() as u64)),
        x: axis("people asked", Unit::Count, true),
        y: axis(
            "per cent of the true size: half of the audiences are below the line, 95 % in the band",
            Unit::Number,
            false,
        ),
        points,
        marker: None,
    };
    std::fs::write(out.join(format!("error-{size}.csv")), csv).unwrap();
    for (name, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
        std::fs::write(out.join(format!("error-{size}-{name}.svg")), curve.svg(theme).unwrap()).unwrap();
    }
}
