//! Source files to rows.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder};
use flate2::bufread::MultiGzDecoder;
use memchr::{memchr_iter, memchr2};

use super::super::error::StoreError;
use super::super::files::Imported;
use super::super::log::{DROPPED, Place};
use super::super::profiles::ProfileTarget;
use super::base::Work;
use super::columnar::{self, is_columnar};
use super::files::{SourceFile, fingerprint, mapping_of};
use super::json;
use super::limits::Limit;
use super::mapping::{Columns, EventColumns};
use super::meter::{Meter, Summing, Sums};
use super::profile::Group;
use super::record::{Record, Said};
use super::reject::Rejects;
use super::report::{BadRow, ImportOptions, ImportReport, Place as RowPlace, Progress, SourceReport};
use super::rows::{NO_EVENT, NO_ID, Row};
use super::text::{Text, does_not_end};
use crate::base::Fingerprint;
use crate::identity::clean;
use crate::project::{DataSource, EventId, Format, Project};
use crate::system::System;

/// What gzip begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// What Zstandard begins with.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Lines that one row may go over.
const LONGEST_ROW_LINES: u64 = 1000;
/// Bytes that one row may have.
const LONGEST_ROW_BYTES: usize = 4 << 20;
/// Bytes that one row may have as it is written, where each of its characters may be a quote.
const LONGEST_ROW_QUOTED: usize = 2 * LONGEST_ROW_BYTES;
/// How many bytes are read at once.
const BUFFER: usize = 1 << 16;
/// How many rows lie between two calls of the progress function.
pub(super) const ROWS_PER_PROGRESS: u64 = 1 << 14;
/// A file changed this shortly before it was read may change again within the same tick of its clock, in ms.
const FRESH_MS: i64 = 3000;

/// Reads files in order. Says of each what is remembered of it.
pub(super) fn read_all(
    system: &dyn System,
    project: &Project,
    options: ImportOptions,
    files: &[SourceFile],
    progress: &dyn Fn(Progress<'_>),
    work: &mut Work,
    report: &mut ImportReport,
) -> Result<Vec<Imported>, StoreError> {
    let mut imported = Vec::with_capacity(files.len());
    let meter = Meter {
        done: Cell::default(),
        rows: Cell::default(),
        total: files.iter().map(|file| file.info.len).sum(),
        tell: progress,
    };
    let mut rejects = Rejects::new(system, &project.folder, &project.data_path, work.forgotten.clone());
    for (at, file) in files.iter().enumerate() {
        let (Some(source), Some(own)) = (project.sources.get(file.source), report.sources.get_mut(file.source)) else {
            continue;
        };
        let rejects = &mut rejects;
        let reader = FileReader { system, source, file, meter: &meter, work, report: own, rejects: &mut *rejects };
        let read = reader.read();
        own.rejected = rejects.end(&source.name)?;
        let (blake3, rows) = read?;
        own.files_read += 1;
        imported.push(remembered(system, project, source, file, blake3, rows));
        let last_of_source = files.get(at + 1).is_none_or(|next| next.source != file.source);
        if last_of_source && own.exceeds(options.bad_rows) {
            return Err(too_many(own));
        }
    }
    Ok(imported)
}

/// What is remembered of a file that was read.
pub(super) fn remembered(
    system: &dyn System,
    project: &Project,
    source: &DataSource,
    file: &SourceFile,
    blake3: Fingerprint,
    rows: u64,
) -> Imported {
    let settled = file.info.modified_ms < system.now().ms() - FRESH_MS;
    Imported {
        source: source.name.clone(),
        mapping: mapping_of(project, source),
        path: file.shown.clone(),
        bytes: file.info.len,
        modified_ms: if settled { file.info.modified_ms } else { 0 },
        blake3,
        rows,
    }
}

pub(super) fn too_many(report: &SourceReport) -> StoreError {
    let examples: Vec<String> = report.examples.iter().map(ToString::to_string).collect();
    StoreError::TooManyBadRows {
        source_name: report.name.clone(),
        bad: report.bad_rows(),
        rows: report.rows + report.batch_events,
        rejected: report.rejected.clone().unwrap_or_default(),
        examples: examples.join("; "),
    }
}

/// One file while it is read.
pub(super) struct FileReader<'a, 's> {
    pub(super) system: &'a dyn System,
    pub(super) source: &'a DataSource,
    pub(super) file: &'a SourceFile,
    pub(super) meter: &'a Meter<'a>,
    pub(super) work: &'a mut Work,
    pub(super) report: &'a mut SourceReport,
    rejects: &'a mut Rejects<'s>,
}

/// Buffers that all rows of a file share.
#[derive(Default)]
pub(super) struct Scratch {
    identities: Vec<(u8, u32)>,
    /// The identities of the row before, and their number: neighbours are mostly of one user.
    last: Vec<(u8, u32)>,
    last_who: u32,
}

impl FileReader<'_, '_> {
    /// Reads all rows; gives the file's fingerprint and how many there are.
    fn read(mut self) -> Result<(Fingerprint, u64), StoreError> {
        if is_columnar(self.source.format) {
            let (bytes, rows) = (self.system.open(&self.file.path), columnar::read_rows(&mut self)?);
            let bytes = bytes.map_err(StoreError::system("open a source file"))?;
            return Ok((fingerprint(bytes).map_err(|cause| self.unreadable(cause))?, rows));
        }
        let sums = Rc::new(Sums::default());
        let raw = self.system.open(&self.file.path).map_err(StoreError::system("open a source file"))?;
        let mut raw = BufReader::with_capacity(BUFFER, Summing { inner: raw, sums: sums.clone() });
        let start = raw.fill_buf().map_err(|cause| self.unreadable(cause))?;
        let rows = if start.starts_with(&GZIP) {
            self.read_format(MultiGzDecoder::new(&mut raw), &sums)?
        } else if start.starts_with(&ZSTD) {
            let decoder = zstd::stream::read::Decoder::with_buffer(&mut raw);
            self.read_format(decoder.map_err(|cause| self.unreadable(cause))?, &sums)?
        } else {
            self.read_format(&mut raw, &sums)?
        };
        // What a reader leaves behind its data is part of the file all the same.
        io::copy(&mut raw, &mut io::sink()).map_err(|cause| self.unreadable(cause))?;
        let bytes = sums.bytes.get();
        self.meter.tell(&self.source.name, &self.file.shown, bytes);
        self.meter.done.set(self.meter.done.get() + bytes);
        let blake3 = sums.hasher.borrow().finalize().to_hex().parse();
        Ok((blake3.map_err(|error| self.unreadable(io::Error::other(error)))?, rows))
    }

    /// Reads the rows of a file that is unpacked; gives how many there are.
    fn read_format(&mut self, input: impl Read, sums: &Sums) -> Result<u64, StoreError> {
        match self.source.format {
            Format::Ndjson => json::read_rows(self, BufReader::with_capacity(BUFFER, input), sums),
            Format::Mparticle => json::read_batches(self, BufReader::with_capacity(BUFFER, input), sums),
            Format::Csv | Format::Parquet | Format::Arrow => self.read_rows(input, sums),
        }
    }

    /// Says how far reading is, `rows` further than before.
    pub(super) fn tell(&self, rows: u64, sums: &Sums) {
        self.meter.rows.set(self.meter.rows.get() + rows);
        self.meter.tell(&self.source.name, &self.file.shown, sums.bytes.get());
    }

    /// Counts a row as bad and keeps it as it was.
    pub(super) fn reject(
        &mut self,
        reason: BadRow,
        line: u64,
        event: Option<u64>,
        row: &[u8],
    ) -> Result<(), StoreError> {
        let place = RowPlace { file: &self.file.shown, line, event };
        self.report.bad_row(reason, place);
        self.rejects.keep(&self.source.name, place, reason, row)
    }

    /// What all rows of the file share: the code of the input, and the columns of what they say of profiles.
    pub(super) fn begin(&mut self, columns: &Columns) -> (u8, Vec<ProfileTarget>) {
        let input = self.work.input_code(&self.source.input);
        let fields = columns.profile.iter().flat_map(Group::fields);
        let targets: Vec<_> = fields.map(|field| self.work.builder.profile_column(input, field)).collect();
        let kept = self.work.rows.of_source(self.file.source as u16);
        kept.targets.clone_from(&targets);
        kept.grouped = self.source.event.as_ref().is_some_and(|event| matches!(event.id, EventId::Group(_)));
        (input, targets)
    }

    pub(super) fn unreadable(&self, cause: io::Error) -> StoreError {
        StoreError::Unreadable { source_name: self.source.name.clone(), file: self.file.shown.clone(), cause }
    }

    fn read_rows(&mut self, input: impl Read, sums: &Sums) -> Result<u64, StoreError> {
        let text = Text::new(input, LONGEST_ROW_BYTES);
        let mut reader = ReaderBuilder::new().flexible(true).buffer_capacity(BUFFER).from_reader(text);
        let header = reader.byte_headers().map_err(|error| self.unreadable(error.into()))?;
        let mut columns = Columns::find(self.source, header, &self.file.shown)?;
        // The line that a row begins on whose last cell goes over several.
        let mut may_be_open = ends_over_lines(header).then_some(1);
        let (input, targets) = self.begin(&columns);
        let mut record = ByteRecord::new();
        let mut scratch = Scratch::default();
        let mut rows = 0;
        reader.get_ref().next_row(reader.position().line(), LONGEST_ROW_QUOTED);
        while reader.read_byte_record(&mut record).map_err(|error| self.unreadable(error.into()))? {
            rows += 1;
            self.within_bounds(&record, reader.position().line())?;
            reader.get_ref().next_row(reader.position().line(), LONGEST_ROW_QUOTED);
            let line = record.position().map_or(0, csv::Position::line);
            may_be_open = ends_over_lines(&record).then_some(line);
            let read = if record.len() == columns.count {
                self.read_row(&record, line, &mut columns, input, &targets, &mut scratch)
            } else {
                Err(BadRow::ColumnCount)
            };
            if let Err(reason) = read {
                let row = written(&record).map_err(|cause| self.unreadable(cause))?;
                self.reject(reason, line, None, &row)?;
            }
            if rows % ROWS_PER_PROGRESS == 0 {
                self.tell(ROWS_PER_PROGRESS, sums);
            }
        }
        if let Some(line) = may_be_open.filter(|_| !reader.get_ref().ends_with_quote()) {
            return Err(self.unreadable(does_not_end(line)));
        }
        self.meter.rows.set(self.meter.rows.get() + rows % ROWS_PER_PROGRESS);
        self.report.rows += rows;
        Ok(rows)
    }

    /// A quote that is left open makes one row of all that follows: nothing of the file can be trusted then.
    fn within_bounds(&self, record: &ByteRecord, next_line: u64) -> Result<(), StoreError> {
        let (line, text) = (record.position().map_or(0, csv::Position::line), record.as_slice());
        // Blank lines before a row are none of its own.
        let is_long = || memchr_iter(b'\n', text).count() as u64 >= LONGEST_ROW_LINES;
        if text.len() <= LONGEST_ROW_BYTES && (next_line.saturating_sub(line) <= LONGEST_ROW_LINES || !is_long()) {
            return Ok(());
        }
        Err(self.unreadable(does_not_end(line)))
    }

    /// Takes a row, or says why not. Everything that can be wrong is looked at before anything is kept of it.
    pub(super) fn read_row(
        &mut self,
        record: &impl Record,
        line: u64,
        columns: &mut Columns,
        input: u8,
        targets: &[ProfileTarget],
        scratch: &mut Scratch,
    ) -> Result<(), BadRow> {
        let Some(who) = self.who(record, columns, scratch)? else {
            self.report.without_user += 1;
            return Ok(());
        };
        columns.check_texts(record)?;
        let mut at_ms = self.file.info.modified_ms;
        if let Some((column, time)) = &mut columns.seen {
            at_ms = time.read(record.text(*column)?).ok_or(BadRow::Time)?;
        }
        let source = self.file.source as u16;
        let mut row = Row { at_ms, who, log: NO_EVENT, position: 0, id: NO_ID, values: 0, source, input };
        if let Some(event) = &mut columns.event {
            self.take_event(record, line, event, &mut row)?;
        }
        let Work { builder, rows, .. } = &mut *self.work;
        let kept = rows.of_source(source);
        row.values = kept.rows;
        kept.rows += 1;
        let mut targets = targets;
        for group in &columns.profile {
            let (own, rest) = targets.split_at(group.fields().count().min(targets.len()));
            group.read(record, builder, own, &mut kept.values)?;
            targets = rest;
        }
        rows.rows.push(row);
        Ok(())
    }

    /// The number of the identities that a row names; `None` where it names none.
    fn who(&mut self, record: &impl Record, columns: &Columns, scratch: &mut Scratch) -> Result<Option<u32>, BadRow> {
        let Work { builder, rows, .. } = &mut *self.work;
        scratch.identities.clear();
        let mpid = columns.mpid.map_or(Ok(""), |column| record.text(column))?.trim();
        if !mpid.is_empty() {
            let mpid = mpid.parse().map_err(|_| BadRow::Mpid)?;
            scratch.identities.push(rows.combinations.mpid(mpid));
        }
        for (identity, column) in &columns.identities {
            if let Some(value) = clean(record.text(*column)?) {
                scratch.identities.push((*identity, builder.owners.value(value)));
            }
        }
        if scratch.identities.is_empty() {
            return Ok(None);
        }
        if scratch.identities != scratch.last {
            scratch.last_who = rows.combinations.number(&scratch.identities);
            std::mem::swap(&mut scratch.last, &mut scratch.identities);
        }
        Ok(Some(scratch.last_who))
    }

    /// Puts a row's event into its log.
    fn take_event(
        &mut self,
        record: &impl Record,
        line: u64,
        event: &mut EventColumns,
        row: &mut Row,
    ) -> Result<(), BadRow> {
        let (column, time) = &mut event.time;
        row.at_ms = time.read(record.text(*column)?).ok_or(BadRow::Time)?;
        let name = event.name.column().map_or(Ok(""), |column| record.text(column))?;
        let id = event.id.map_or(Ok(""), |column| record.text(column))?;
        let place = RowPlace { file: &self.file.shown, line, event: None };
        self.report.measure(Limit::EventName, name, place);
        let Work { builder, rows, .. } = &mut *self.work;
        let at = event.name.log(name, builder).ok_or(BadRow::Name)?;
        let event_type = event.event_type;
        let attributes = event.attributes_in(at, builder);
        let Some((_, log)) = builder.logs.get_mut(at) else { return Err(BadRow::Name) };
        row.log = at as u32;
        row.position = log.users.len() as u32;
        log.begin(DROPPED, row.at_ms, row.input, event_type);
        let mut has_product = false;
        for (column, of, attribute) in attributes {
            let said = record.said(*column)?;
            if matches!(said, Said::Missing) {
                continue;
            }
            if *of == Place::Product && !has_product {
                log.begin_product();
                has_product = true;
            }
            match said {
                Said::Text(value) => {
                    self.report.measure(Limit::AttributeValue, value, place);
                    log.set(*of, *attribute, Some(value));
                }
                Said::List(entries) => {
                    self.report.measure_list(entries, place);
                    let entries: Vec<&str> = entries.iter().map(AsRef::as_ref).collect();
                    log.set_list(*of, *attribute, &entries);
                }
                Said::Null | Said::Missing => log.set(*of, *attribute, None),
            }
        }
        if !id.is_empty() {
            log.set_id(id);
            row.id = rows.ids.intern(id);
        }
        Ok(())
    }
}

/// Whether the last cell of a record has a line break, as where its quote takes in what follows.
fn ends_over_lines(record: &ByteRecord) -> bool {
    record.iter().next_back().is_some_and(|cell| memchr2(b'\n', b'\r', cell).is_some())
}

/// A record as a line of CSV.
fn written(record: &ByteRecord) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_byte_record(record)?;
    let mut line = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    line.truncate(line.trim_ascii_end().len());
    Ok(line)
}
