//! Batches of the platform to rows.
//!
//! Everything of one batch is taken at one time and is one user's, whom [`resolve`](super::super::resolve) finds; each of its
//! events lies at its own time.

use std::io::BufRead;

use rayon::prelude::*;

use super::super::super::error::StoreError;
use super::super::super::log::{DROPPED, Place};
use super::super::base::Work;
use super::super::limits::Limit;
use super::super::meter::Sums;
use super::super::reader::FileReader;
use super::super::report::{BadRow, Place as RowPlace};
use super::super::rows::{BatchRow, NO_EVENT, NO_ID, PROFILE, Row};
use super::batch::{Fact, Pair, Parsed};
use super::event::Meaning;
use super::names::Names;
use super::pieces::{Chunk, Pieces};
use super::profile::Profile;
use super::value::{Value, is_null};

/// Reads all batches of a file; gives how many there are.
pub(in super::super) fn read(
    reader: &mut FileReader<'_, '_>,
    input: impl BufRead,
    sums: &Sums,
) -> Result<u64, StoreError> {
    let mut pieces = Pieces::new(input).map_err(|cause| reader.unreadable(cause))?;
    let mut taker = Taker::new(reader);
    let (mut chunk, mut batches) = (Chunk::default(), 0);
    while pieces.fill(&mut chunk).map_err(|cause| taker.reader.unreadable(cause))? {
        let read = |piece| chunk.text(piece).and_then(Parsed::read);
        let parsed: Vec<_> = chunk.pieces.par_iter().map(read).collect();
        for (piece, parsed) in chunk.pieces.iter().zip(parsed) {
            match parsed.and_then(|parsed| taker.take(&parsed, piece.line).map(|()| parsed)) {
                Ok(parsed) => taker.reject_events(&parsed, piece.line)?,
                Err(reason) => taker.reader.reject(reason, piece.line, None, chunk.bytes(piece))?,
            }
        }
        let more = chunk.pieces.len() as u64;
        batches += more;
        taker.reader.tell(more, sums);
    }
    taker.names.tell(taker.reader.work.rows.of_source(taker.source));
    taker.reader.report.rows += batches;
    Ok(batches)
}

/// Takes the batches of one file.
struct Taker<'r, 'a, 's> {
    reader: &'r mut FileReader<'a, 's>,
    names: Names,
    source: u16,
    input: u8,
    /// The time of a batch that says none: that of the file's last change.
    otherwise_ms: i64,
    who: Vec<(u8, u32)>,
}

impl<'r, 'a, 's> Taker<'r, 'a, 's> {
    fn new(reader: &'r mut FileReader<'a, 's>) -> Self {
        let (source, otherwise_ms) = (reader.file.source as u16, reader.file.info.modified_ms);
        let input = reader.work.input_code(&reader.source.input);
        Self { reader, names: Names::default(), source, input, otherwise_ms, who: Vec::new() }
    }

    /// Whether a batch is of the environment `development`, which the source does not read (M26).
    fn is_left_out(&self, parsed: &Parsed<'_>) -> bool {
        parsed.is_development && !self.reader.source.development
    }

    /// Takes a batch, or says why not. What can be wrong with it as a whole is looked at before anything is kept of it.
    fn take(&mut self, parsed: &Parsed<'_>, line: u64) -> Result<(), BadRow> {
        if self.is_left_out(parsed) {
            self.reader.report.development += 1;
            return Ok(());
        }
        let Some(who) = self.who(parsed) else {
            self.reader.report.without_user += 1;
            return Ok(());
        };
        let at_ms = parsed.at_ms.unwrap_or(self.otherwise_ms);
        let (from, number) = {
            let kept = self.reader.work.rows.of_source(self.source);
            (kept.sayings.len(), kept.batches.len() as u32)
        };
        self.say(parsed, at_ms, from)?;
        self.measure_profile(parsed, line);
        let request = parsed.request.as_deref().map_or(NO_ID, |id| self.reader.work.requests.code(id));
        let row = Row {
            at_ms,
            who,
            log: NO_EVENT,
            position: 0,
            id: NO_ID,
            values: number,
            source: self.source,
            input: self.input,
        };
        let mut rows = 0;
        for (at, (_, fact)) in parsed.events.iter().enumerate() {
            let Ok(fact) = fact else { continue };
            self.take_event(parsed, fact, Row { at_ms: fact.at_ms.unwrap_or(at_ms), ..row }, (line, at as u64));
            rows += 1;
        }
        let kept = self.reader.work.rows.of_source(self.source);
        let to = kept.sayings.len();
        kept.batches.push(BatchRow { at_ms, request, from: from as u32, to: to as u32 });
        if to > from || rows == 0 {
            self.reader.work.rows.rows.push(Row { position: PROFILE, ..row });
        }
        Ok(())
    }

    /// The number of what a batch says of whom it is about; `None` where it says nothing.
    fn who(&mut self, parsed: &Parsed<'_>) -> Option<u32> {
        let Work { builder, rows, .. } = &mut *self.reader.work;
        self.who.clear();
        self.who.extend(parsed.mpid.map(|mpid| rows.combinations.mpid(mpid)));
        for (identity, value) in &parsed.identities {
            self.who.push((*identity as u8, builder.owners.value(value.trim())));
        }
        (!self.who.is_empty()).then(|| rows.combinations.number(&self.who))
    }

    /// Keeps what a batch and its events say of the profile; nothing of it where something is wrong.
    fn say(&mut self, parsed: &Parsed<'_>, at_ms: i64, from: usize) -> Result<(), BadRow> {
        let Work { builder, rows, .. } = &mut *self.reader.work;
        let said = &mut rows.of_source(self.source).sayings;
        let mut profile = Profile { builder, names: &mut self.names, input: self.input, said };
        let mut say = || {
            for (_, fact) in &parsed.events {
                let Ok(Fact { meaning, data, at_ms: own, .. }) = fact else { continue };
                profile.event(meaning, data, own.unwrap_or(at_ms))?;
            }
            profile.batch(&parsed.batch, at_ms)
        };
        let result = say();
        if result.is_err() {
            rows.of_source(self.source).sayings.truncate(from);
        }
        result
    }

    fn take_event(&mut self, parsed: &Parsed<'_>, fact: &Fact<'_>, row: Row, (line, event): (u64, u64)) {
        let mut row = row;
        let place = RowPlace { file: &self.reader.file.shown, line, event: Some(event) };
        match &fact.meaning {
            Meaning::Sighting(event_type) => {
                let key = event_type.trim().to_ascii_lowercase();
                *self.reader.report.only_seen.entry(key).or_default() += 1;
            }
            Meaning::Event(kind, name, custom) => {
                self.reader.report.measure(Limit::EventName, name, place);
                self.reader.report.count(Limit::Attributes, fact.attributes.len(), place);
                let Work { builder, rows, .. } = &mut *self.reader.work;
                let at = self.names.log(builder, *kind, name);
                let Some((_, log)) = builder.logs.get_mut(at) else { return };
                row.log = at as u32;
                row.position = log.users.len() as u32;
                log.begin(DROPPED, row.at_ms, row.input, *custom as u8);
                if let Some(id) = &fact.id {
                    log.set_id(id);
                    row.id = rows.ids.intern(id);
                }
                for (name, text) in &parsed.of_application {
                    self.set(at, Place::Event, name, &Value::Text(text.as_ref().into()), place);
                }
                self.set_all(at, Place::Event, &fact.attributes, place);
                self.set_all(at, Place::Action, &fact.action, place);
                for product in &fact.products {
                    if let Some((_, log)) = self.reader.work.builder.logs.get_mut(at) {
                        log.begin_product();
                    }
                    self.set_all(at, Place::Product, product, place);
                }
            }
        }
        self.reader.work.rows.rows.push(row);
    }

    fn set_all(&mut self, log: usize, of: Place, pairs: &[Pair<'_>], place: RowPlace<'_>) {
        for (name, value) in pairs {
            self.reader.report.measure(Limit::AttributeName, name, place);
            self.set(log, of, name, value, place);
        }
    }

    fn set(&mut self, log: usize, of: Place, name: &str, value: &Value<'_>, place: RowPlace<'_>) {
        let builder = &mut self.reader.work.builder;
        let at = self.names.attribute(builder, log, of, name);
        let Some((_, log)) = builder.logs.get_mut(log) else { return };
        match value {
            Value::Null => log.set(of, at, None),
            Value::Text(text) => {
                self.reader.report.measure(Limit::AttributeValue, text, place);
                log.set(of, at, Some(text));
            }
            Value::List(entries) => {
                self.reader.report.measure_list(entries, place);
                let entries: Vec<&str> = entries.iter().map(AsRef::as_ref).collect();
                log.set_list(of, at, &entries);
            }
        }
    }

    fn measure_profile(&mut self, parsed: &Parsed<'_>, line: u64) {
        let Some(attributes) = &parsed.batch.user_attributes else { return };
        let place = RowPlace { file: &self.reader.file.shown, line, event: None };
        let report = &mut *self.reader.report;
        report.count(Limit::UserAttributes, attributes.0.len(), place);
        for (name, raw) in &attributes.0 {
            report.measure(Limit::UserAttributeName, name, place);
            // Most are far below any limit, even as they were sent.
            if raw.get().len() > Limit::ListEntry.most() && !is_null(raw) {
                match super::value::value(raw) {
                    Ok(Value::Text(text)) => report.measure(Limit::UserAttributeValue, &text, place),
                    Ok(Value::List(entries)) => report.measure_list(&entries, place),
                    Ok(Value::Null) | Err(_) => {}
                }
            }
        }
    }

    /// Counts a batch's events, and keeps those that could not be read. Those of a batch that was left out are left out with it.
    fn reject_events(&mut self, parsed: &Parsed<'_>, line: u64) -> Result<(), StoreError> {
        if self.is_left_out(parsed) {
            return Ok(());
        }
        self.reader.report.batch_events += parsed.events.len() as u64;
        // An event does not say whose it is: that its batch does.
        let forgotten = &self.reader.work.forgotten;
        let is_forgotten = parsed.mpid.is_some_and(|mpid| forgotten.has_mpid(mpid))
            || parsed.identities.iter().any(|(identity, value)| forgotten.has(*identity, value));
        for (at, (raw, fact)) in parsed.events.iter().enumerate() {
            if let Err(reason) = fact {
                let row = if is_forgotten { "" } else { raw.get() };
                self.reader.reject(*reason, line, Some(at as u64), row.as_bytes())?;
            }
        }
        Ok(())
    }
}
