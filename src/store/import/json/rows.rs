//! Files of rows that are one JSON object each, mapped as the columns of a CSV file are.

use std::io::BufRead;

use csv::ByteRecord;
use rayon::prelude::*;

use super::super::super::error::StoreError;
use super::super::mapping::Columns;
use super::super::meter::Sums;
use super::super::reader::{FileReader, Scratch};
use super::pieces::{Chunk, Pieces};
use super::row::JsonRow;
use crate::project::{DataSource, EventId, NameMapping};

/// Reads all rows of a file; gives how many there are.
pub(in super::super) fn read(
    reader: &mut FileReader<'_, '_>,
    input: impl BufRead,
    sums: &Sums,
) -> Result<u64, StoreError> {
    let names = columns(reader.source);
    let header = ByteRecord::from(names.iter().map(String::as_bytes).collect::<Vec<_>>());
    let mut columns = Columns::find(reader.source, &header, &reader.file.shown)?;
    let (code, targets) = reader.begin(&columns);
    let mut pieces = Pieces::new(input).map_err(|cause| reader.unreadable(cause))?;
    let (mut chunk, mut scratch, mut rows) = (Chunk::default(), Scratch::default(), 0);
    while pieces.fill(&mut chunk).map_err(|cause| reader.unreadable(cause))? {
        let read = |piece| chunk.text(piece).and_then(|text| JsonRow::read(text, &names));
        let parsed: Vec<_> = chunk.pieces.par_iter().map(read).collect();
        for (piece, parsed) in chunk.pieces.iter().zip(parsed) {
            let mut take = |row| reader.read_row(&row, piece.line, &mut columns, code, &targets, &mut scratch);
            if let Err(reason) = parsed.and_then(&mut take) {
                reader.reject(reason, piece.line, None, chunk.bytes(piece))?;
            }
        }
        let more = chunk.pieces.len() as u64;
        rows += more;
        reader.tell(more, sums);
    }
    reader.report.rows += rows;
    Ok(rows)
}

/// Every column that a source names, each once. An object may lack any of them.
fn columns(source: &DataSource) -> Vec<String> {
    let mut all: Vec<&String> = source.identities.iter().map(|(_, column)| column).collect();
    if let Some(event) = &source.event {
        all.push(&event.time.column);
        match &event.name {
            NameMapping::Constant(_) => {}
            NameMapping::Column(_, column) | NameMapping::When { column, .. } => all.push(column),
        }
        match &event.id {
            EventId::None => {}
            EventId::Column(column) | EventId::Group(column) => all.push(column),
        }
        let pairs = event.attributes.iter().chain(&event.action).chain(&event.product);
        all.extend(pairs.map(|pair| &pair.column));
    }
    let profile = &source.profile;
    all.extend(profile.user_attributes.iter().chain(&profile.calculated).map(|value| &value.column));
    all.extend(profile.consent.iter().map(|(_, pair)| &pair.column));
    all.extend(profile.device.iter().map(|(_, column)| column));
    all.extend(profile.location.fields.iter().map(|(_, column)| column));
    all.extend(profile.location.point.iter().flat_map(|(latitude, longitude)| [latitude, longitude]));
    all.extend(profile.attribution.iter().flat_map(|(_, pairs)| pairs.iter().map(|pair| &pair.column)));
    all.extend(source.seen.iter().map(|seen| &seen.column));
    all.sort();
    all.dedup();
    all.into_iter().cloned().collect()
}
