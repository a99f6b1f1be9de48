//! Gzipped CSV files and the random numbers behind their rows.

use std::io::{self, Write};
use std::path::Path;

use flate2::{Compression, GzBuilder};
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::base::Timestamp;
use crate::system::System;

/// Writes the rows of one file.
pub(super) type Job<'a> = Box<dyn Fn(&mut csv::Writer<&mut dyn Write>) -> csv::Result<()> + Sync + 'a>;

/// Random numbers that are the same on every machine for one seed and stream.
pub(super) fn random(seed: u64, stream: u64) -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64(seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// One of some weighted choices.
pub(super) fn choose<'a, T: ?Sized>(random: &mut impl Rng, choices: &[(u32, &'a T)]) -> Option<&'a T> {
    let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
    let mut left = random.random_range(0..total.max(1));
    for (weight, choice) in choices {
        if left < *weight {
            return Some(choice);
        }
        left -= weight;
    }
    None
}

/// An instant as the files write it.
pub(super) fn time(ms: i64) -> String {
    Timestamp(ms - ms.rem_euclid(1000)).to_string()
}

/// Writes one gzipped file. The header of the archive carries no time, so that the bytes depend on the rows alone.
pub(super) fn write_gzipped(system: &dyn System, path: &Path, job: &Job<'_>) -> io::Result<()> {
    system.write_atomic(path, &mut |out| {
        let mut gzip = GzBuilder::new().write(out, Compression::fast());
        let mut writer = csv::Writer::from_writer(&mut gzip as &mut dyn Write);
        job(&mut writer)?;
        writer.flush()?;
        drop(writer);
        gzip.finish()?;
        Ok(())
    })
}
