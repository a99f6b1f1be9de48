//! The demonstration project: the example audiences of this repository and generated data of a shop.
//!
//! In: a folder, a size, a seed and a `now`. Out: a complete project in that folder. Always holds: the same size, seed and
//! `now` give the same bytes; nothing outside the folder is touched; no generated person exists (all domains are reserved
//! ones).

mod events;
mod people;
mod rows;

use std::io;
use std::path::Path;

use rayon::prelude::*;

use crate::base::Now;
use crate::system::{System, write_bytes};

/// How much to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many people.
    pub users: u32,
    /// How many events, orders included.
    pub events: u32,
}

impl Default for Size {
    fn default() -> Self {
        Self { users: 50_000, events: 1_000_000 }
    }
}

/// The seed that `aud demo` uses unless told otherwise.
pub const DEFAULT_SEED: u64 = 20_260_101;

/// The files of the example project, as they stand in `audiences/` of the repository.
const PROJECT: [(&str, &str); 5] = [
    ("aud.yaml", include_str!("../../audiences/aud.yaml")),
    ("audiences/lifecycle.aud", include_str!("../../audiences/audiences/lifecycle.aud")),
    ("audiences/commerce.aud", include_str!("../../audiences/audiences/commerce.aud")),
    ("audiences/crm.aud", include_str!("../../audiences/audiences/crm.aud")),
    ("audiences/tests.aud", include_str!("../../audiences/audiences/tests.aud")),
];

/// Writes the example project into a folder.
///
/// # Errors
/// What the system says.
pub fn write_project(system: &dyn System, folder: &Path) -> io::Result<()> {
    system.create_folder(&folder.join("audiences"))?;
    PROJECT.iter().try_for_each(|(path, text)| write_bytes(system, &folder.join(path), text.as_bytes()))?;
    write_bytes(system, &folder.join(".gitignore"), b"/.aud/\n/data/\n/delivered/\n")
}

/// Writes the data that the example project reads: gzipped CSV files below `data/`.
///
/// # Errors
/// What the system says.
pub fn write_data(system: &dyn System, folder: &Path, size: Size, seed: u64, now: Now) -> io::Result<()> {
    let data = folder.join("data");
    system.create_folder(&data)?;
    let people = people::generate(size.users, seed);
    let orders = size.events / 12;
    let opens = size.events - orders;
    let parts = events::PARTS;
    let mut jobs: Vec<(String, rows::Job<'_>)> = vec![
        ("profiles.csv.gz".to_owned(), Box::new(|out| people::write(out, &people, seed, now))),
        ("orders.csv.gz".to_owned(), Box::new(|out| events::write_orders(out, &people, orders, seed, now))),
    ];
    for part in 0..parts {
        let people = &people;
        let count = opens / parts + u32::from(part < opens % parts);
        let job: rows::Job<'_> = Box::new(move |out| events::write_app_events(out, people, part, count, seed, now));
        jobs.push((format!("app-events-{}.csv.gz", part + 1), job));
    }
    jobs.par_iter().try_for_each(|(name, job)| rows::write_gzipped(system, &data.join(name), job))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;
    use crate::system::MemorySystem;

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let now = Now(Timestamp::parse_rfc3339("2026-11-01T12:00:00Z").unwrap());
        let size = Size { users: 50, events: 600 };
        let generate = |seed| {
            let system = MemorySystem::new(now.0);
            write_data(&system, Path::new("/d"), size, seed, now).unwrap();
            let files = system.files_below(Path::new("/d")).unwrap();
            files.iter().map(|path| system.read(path).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(generate(1), generate(1));
        assert_ne!(generate(1), generate(2));
    }
}
