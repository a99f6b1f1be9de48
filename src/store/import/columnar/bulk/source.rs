//! A source file that is open, with what its columns are for.

use std::io;

use super::super::super::super::builder::Builder;
use super::super::super::super::error::StoreError;
use super::super::super::super::log::Place;
use super::super::super::super::profiles::ProfileTarget;
use super::super::super::files::SourceFile;
use super::super::super::mapping::Columns;
use super::super::super::profile::Group;
use super::super::file::ColumnarFile;
use super::super::open::{Opened, unreadable};
use super::pool::Pools;
use crate::base::text::Wildcard;
use crate::catalog::{EventKey, EventKind};
use crate::project::{DataSource, NameMapping, TimeMapping};
use crate::system::System;

/// An open file. Columns are places in what is read of it.
pub(super) struct OpenSource<'a> {
    pub(super) source: &'a DataSource,
    pub(super) file: &'a SourceFile,
    pub(super) input_code: u8,
    pub(super) event_type: u8,
    pub(super) who: Who,
    pub(super) name: Naming,
    /// The column of the time with how to read it; `None` where it is the file's.
    pub(super) time: Option<(usize, &'a TimeMapping)>,
    /// Columns of attributes with their pools.
    pub(super) attributes: Vec<(usize, usize)>,
    /// What rows say of profiles, with the columns of the store.
    pub(super) profile: Vec<(Group, Vec<ProfileTarget>)>,
    /// Which columns are needed as texts.
    pub(super) as_texts: Vec<bool>,
}

/// The column that says whose a row is.
pub(super) enum Who {
    Mpid(usize),
    Identity(u8, usize),
}

/// Where the name of a row's event comes from.
pub(super) enum Naming {
    /// Rows are no events.
    Nothing,
    Constant(EventKey),
    Column(EventKind, usize),
    When {
        column: usize,
        matches: Wildcard,
        then: EventKey,
        otherwise: EventKey,
    },
}

impl<'a> OpenSource<'a> {
    pub(super) fn new(
        system: &dyn System,
        source: &'a DataSource,
        file: &'a SourceFile,
        input_code: u8,
        builder: &mut Builder,
        pools: &mut Pools,
    ) -> Result<(Self, ColumnarFile), StoreError> {
        let Opened { input, mut columns, used, time, .. } = Opened::new(system, source, file)?;
        let place = |column: usize| used.binary_search(&column).unwrap_or(0);
        let time = time.map(|(column, mapping)| (place(column), mapping));
        let who = match (columns.mpid, columns.identities.first()) {
            (None, Some((identity, column))) => Who::Identity(*identity, place(*column)),
            (mpid, _) => Who::Mpid(place(mpid.unwrap_or(0))),
        };
        let name = naming(source, &columns, place);
        let attributes: Vec<(usize, usize)> = columns
            .event
            .iter()
            .flat_map(|event| &event.attributes)
            .map(|(column, of, name)| (place(*column), pools.number(*of == Place::Action, name)))
            .collect();
        let mut profile = Vec::new();
        for mut group in std::mem::take(&mut columns.profile) {
            group.move_columns(place);
            let targets = group.fields().map(|field| builder.profile_column(input_code, field)).collect();
            profile.push((group, targets));
        }
        let mut as_texts = vec![false; used.len()];
        let of_profile = profile.iter().flat_map(|(group, _)| group.columns());
        for column in attributes.iter().map(|(column, _)| *column).chain(of_profile) {
            as_texts[column] = true;
        }
        let event_type = source.event.as_ref().map_or(0, |event| event.event_type as u8);
        Ok((Self { source, file, input_code, event_type, who, name, time, attributes, profile, as_texts }, input))
    }

    pub(super) fn unreadable(&self, cause: io::Error) -> StoreError {
        unreadable(self.source, self.file, cause)
    }
}

fn naming(source: &DataSource, columns: &Columns, place: impl Fn(usize) -> usize) -> Naming {
    let column = columns.event.as_ref().and_then(|event| event.name.column()).map_or(0, place);
    match source.event.as_ref().map(|event| &event.name) {
        None => Naming::Nothing,
        Some(NameMapping::Constant(key)) => Naming::Constant(key.clone()),
        Some(NameMapping::Column(kind, _)) => Naming::Column(*kind, column),
        Some(NameMapping::When { matches, then, otherwise, .. }) => {
            Naming::When { column, matches: Wildcard::new(matches), then: then.clone(), otherwise: otherwise.clone() }
        }
    }
}
