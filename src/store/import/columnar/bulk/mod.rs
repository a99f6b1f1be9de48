//! Whole columns at a time: the fast way to import.
//!
//! In: files whose rows name exactly one identity, or the MPID, so that whose a row is does not depend on the rows around it.
//! Out: the users in the builder, and the events as [`Piece`]s by key. What always holds:
//! - The result is that of the rows taken one by one, in the order in which they stand: pieces are in that order, new users
//!   are numbered in it, whatever the number of threads.
//! - Chunks are decoded in parallel, a few at a time; what is kept of a row is its user's position, its time and the codes of
//!   what it says. Nothing is allocated for a row.

mod decode;
mod finish;
mod limits;
mod people;
mod piece;
mod pool;
mod profiles;
mod source;

use std::cell::Cell;
use std::io;

use rayon::prelude::*;

use super::super::super::error::StoreError;
use super::super::super::files::Imported;
use super::super::base::Work;
use super::super::files::{SourceFile, fingerprint};
use super::super::meter::Meter;
use super::super::reader::{remembered, too_many};
use super::super::reject::Rejects;
use super::super::report::{ImportOptions, ImportReport, Place, Progress, SourceReport};
use super::super::rows::Brought;
use super::is_columnar;
use crate::project::{DataSource, EventId, Project};
use crate::system::System;

use decode::{Decoded, decode};
use piece::{KeyPieces, Keys};
use pool::Pools;
use source::OpenSource;

pub(in super::super) use finish::Counted;

/// Chunks that are decoded at once, for each thread.
const CHUNKS_PER_THREAD: usize = 2;

/// What the columns of some files hold.
#[derive(Default)]
pub(in super::super) struct Bulk {
    keys: Keys,
    pools: Pools,
    /// How many rows were kept.
    pub(in super::super) kept: u64,
    /// Which sources brought what.
    pub(in super::super) brought: Brought,
}

/// Whether files can be read by columns: no row's user may depend on the order of the rows, nor may rows be one event together.
pub(in super::super) fn fits(project: &Project, files: &[SourceFile]) -> bool {
    let fits = |source: &DataSource| {
        let names = source.identities.len() + usize::from(source.mpid.is_some());
        let alone = |event: &crate::project::EventMapping| event.id == EventId::None && event.product.is_empty();
        // What is known of devices adds up in the order of time.
        is_columnar(source.format)
            && source.profile.device.is_empty()
            && names == 1
            && source.event.as_ref().is_none_or(alone)
    };
    files.iter().all(|file| project.sources.get(file.source).is_some_and(fits))
}

/// Reads files in order. Says of each what is remembered of it.
#[expect(clippy::too_many_arguments, reason = "what reading row by row takes, and which users are somebody's")]
pub(in super::super) fn read_all(
    system: &dyn System,
    project: &Project,
    options: ImportOptions,
    files: &[SourceFile],
    progress: &dyn Fn(Progress<'_>),
    work: &mut Work,
    claimed: Vec<bool>,
    report: &mut ImportReport,
) -> Result<(Vec<Imported>, Bulk), StoreError> {
    let total = files.iter().map(|file| file.info.len).sum();
    let meter = Meter { done: Cell::default(), rows: Cell::default(), total, tell: progress };
    let rejects = Rejects::new(system, &project.folder, &project.data_path, work.forgotten.clone());
    let mut reading = Reading { system, work, claimed, bulk: Bulk::default(), meter: &meter, rejects };
    let mut imported = Vec::with_capacity(files.len());
    for (at, file) in files.iter().enumerate() {
        let (Some(source), Some(own)) = (project.sources.get(file.source), report.sources.get_mut(file.source)) else {
            continue;
        };
        let rows_before = own.rows;
        let blake3 = std::thread::scope(|scope| {
            // The file is summed up meanwhile: it has to be read to its last byte, and decoding may skip some.
            let sum = scope.spawn(|| system.open(&file.path).and_then(fingerprint));
            let read = reading.file(source, file, own);
            own.rejected = reading.rejects.end(&source.name)?;
            read?;
            let sum = sum.join().unwrap_or_else(|_| Err(io::Error::other("the thread that read it stopped")));
            sum.map_err(StoreError::system("read a source file"))
        })?;
        own.files_read += 1;
        imported.push(remembered(system, project, source, file, blake3, own.rows - rows_before));
        let last_of_source = files.get(at + 1).is_none_or(|next| next.source != file.source);
        if last_of_source && own.exceeds(options.bad_rows) {
            return Err(too_many(own));
        }
    }
    let bulk = reading.bulk;
    match bulk.pools.overflowed() {
        Some(column) => Err(StoreError::TooMuchText { column }),
        None => Ok((imported, bulk)),
    }
}

struct Reading<'a> {
    system: &'a dyn System,
    work: &'a mut Work,
    claimed: Vec<bool>,
    bulk: Bulk,
    meter: &'a Meter<'a>,
    rejects: Rejects<'a>,
}

impl Reading<'_> {
    fn file(&mut self, source: &DataSource, file: &SourceFile, report: &mut SourceReport) -> Result<(), StoreError> {
        let Self { system, work, bulk, .. } = self;
        let input = work.input_code(&source.input);
        let (open, mut rows) = OpenSource::new(*system, source, file, input, &mut work.builder, &mut bulk.pools)?;
        let at_once = CHUNKS_PER_THREAD * rayon::current_num_threads();
        let (mut bytes, mut row) = (0, 0);
        loop {
            let chunks = rows.next_chunks(at_once).map_err(|cause| open.unreadable(cause))?;
            if chunks.is_empty() {
                break;
            }
            bytes += chunks.iter().map(|chunk| chunk.bytes()).sum::<u64>();
            let Work { builder, forgotten, .. } = &*self.work;
            let claimed = self.claimed.as_slice();
            let decoded: Result<Vec<Vec<Decoded>>, io::Error> =
                chunks.into_par_iter().map(|chunk| decode(&open, builder, claimed, forgotten, chunk)).collect();
            let decoded = decoded.map_err(|cause| open.unreadable(cause))?.into_iter().flatten().collect();
            self.take(&open, decoded, &mut row, report)?;
            self.meter.tell(&source.name, &file.shown, bytes.min(file.info.len));
        }
        self.meter.done.set(self.meter.done.get() + file.info.len);
        self.meter.tell(&source.name, &file.shown, 0);
        Ok(())
    }

    /// Takes what some chunks hold, in their order.
    fn take(
        &mut self,
        open: &OpenSource<'_>,
        mut decoded: Vec<Decoded>,
        row: &mut u64,
        report: &mut SourceReport,
    ) -> Result<(), StoreError> {
        for each in &mut decoded {
            let place = |at: u64| Place { file: &open.file.shown, line: *row + at + 1, event: None };
            for (reason, at, text) in std::mem::take(&mut each.bad) {
                report.bad_row(reason, place(at));
                self.rejects.keep(&open.source.name, place(at), reason, text.as_bytes())?;
            }
            each.beyond.iter().for_each(|(limit, at)| report.beyond(*limit, place(*at)));
            *row += each.rows;
            report.rows += each.rows;
            report.without_user += each.without_user;
            report.forgotten += each.forgotten;
            report.new_users += each.people.settle(&mut self.work.builder, &mut self.claimed);
            each.settle();
            self.work.builder.touch_each(each.sightings().map(|(user, _)| user));
            self.bulk.kept += each.kept;
        }
        self.meter.rows.set(self.meter.rows.get() + decoded.iter().map(|each| each.rows).sum::<u64>());
        profiles::set(open, &mut self.work.builder, &decoded);
        if open.source.event.is_none() {
            let seen = decoded.iter().flat_map(Decoded::sightings);
            seen.for_each(|(user, at_ms)| self.work.builder.see_in_input(user, open.input_code, at_ms));
            if decoded.iter().any(|each| each.kept > 0) {
                self.bulk.brought.add(open.source, std::iter::empty());
            }
            return Ok(());
        }
        report.events += decoded.iter().map(|each| each.kept).sum::<u64>();
        let codes = self.bulk.pools.codes(open, &decoded);
        let keys: Vec<Vec<usize>> = decoded.iter().map(|each| self.bulk.keys.numbers(&each.keys)).collect();
        let pieces: Vec<Vec<KeyPieces>> = decoded
            .into_par_iter()
            .zip(codes)
            .zip(keys)
            .map(|((decoded, codes), keys)| piece::scatter(open, &decoded, &codes, &keys))
            .collect();
        for of_key in pieces.into_iter().flatten() {
            if let Some(key) = self.bulk.keys.add(of_key) {
                self.bulk.brought.add(open.source, std::iter::once(key));
            }
        }
        Ok(())
    }
}
