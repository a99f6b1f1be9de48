//! How a source's description meets a file's header.

use std::cell::Cell;
use std::collections::HashMap;

use csv::ByteRecord;
use rapidhash::fast::RandomState;

use super::super::builder::Builder;
use super::super::error::StoreError;
use super::super::log::Place;
use super::profile::{self, Group};
use super::record::Record;
use super::report::BadRow;
use super::time::TimeReader;
use crate::base::suggest::nearest;
use crate::base::text::{Wildcard, fold};
use crate::catalog::{EventKey, EventKind};
use crate::project::{DataSource, EventId, EventMapping, Format, NameMapping, NamedColumn};

/// A file's columns by what they are for.
#[derive(Debug)]
pub(super) struct Columns {
    /// How many the header has.
    pub(super) count: usize,
    /// The column of the MPID, where one decides.
    pub(super) mpid: Option<usize>,
    /// Identity types and their columns, in look-up order.
    pub(super) identities: Vec<(u8, usize)>,
    /// What makes a row an event.
    pub(super) event: Option<EventColumns>,
    /// What a row says of its user's profile.
    pub(super) profile: Vec<Group>,
    /// The time of a row that is no event, unless it is the file's.
    pub(super) seen: Option<(usize, TimeReader)>,
}

/// The columns of an event.
#[derive(Debug)]
pub(super) struct EventColumns {
    pub(super) name: EventName,
    pub(super) event_type: u8,
    pub(super) time: (usize, TimeReader),
    pub(super) id: Option<usize>,
    /// Columns with what they fill: the event's attributes first, then its action's, then its product's.
    pub(super) attributes: Vec<(usize, Place, String)>,
    /// For each log the columns with the places of their attributes in it.
    in_logs: Vec<Vec<(usize, Place, usize)>>,
}

/// Where an event's name comes from, with the logs that were found already.
#[derive(Debug)]
pub(super) enum EventName {
    Constant(KeyLog),
    Column { kind: EventKind, column: usize, last: String, last_log: usize, logs: HashMap<String, usize, RandomState> },
    When { column: usize, matches: Wildcard, last: String, last_fits: bool, then: KeyLog, otherwise: KeyLog },
}

/// A key, and its log once a row has needed it.
#[derive(Debug)]
pub(super) struct KeyLog {
    key: EventKey,
    log: Option<usize>,
}

impl KeyLog {
    fn new(key: &EventKey) -> Self {
        Self { key: key.clone(), log: None }
    }

    fn log(&mut self, builder: &mut Builder) -> usize {
        *self.log.get_or_insert_with(|| builder.log(&self.key))
    }
}

impl EventName {
    /// The column that the name is read from, if there is one.
    pub(super) fn column(&self) -> Option<usize> {
        match self {
            Self::Constant(_) => None,
            Self::Column { column, .. } | Self::When { column, .. } => Some(*column),
        }
    }

    /// The log of a row whose name column says `text`; `None` for an empty name.
    pub(super) fn log(&mut self, text: &str, builder: &mut Builder) -> Option<usize> {
        match self {
            Self::Constant(key) => Some(key.log(builder)),
            Self::Column { kind, last, last_log, logs, .. } => {
                if text.trim().is_empty() {
                    return None;
                }
                if text != last {
                    *last_log = match logs.get(text) {
                        Some(log) => *log,
                        None => {
                            let key = EventKey { kind: *kind, name: text.into() };
                            *logs.entry(text.to_owned()).or_insert(builder.log(&key))
                        }
                    };
                    last.clear();
                    last.push_str(text);
                }
                Some(*last_log)
            }
            Self::When { matches, last, last_fits, then, otherwise, .. } => {
                if text != last {
                    *last_fits = matches.matches_folded(&fold(text));
                    last.clear();
                    last.push_str(text);
                }
                Some(if *last_fits { then.log(builder) } else { otherwise.log(builder) })
            }
        }
    }
}

impl EventColumns {
    /// The columns of the attributes, with the attributes' places in a log.
    pub(super) fn attributes_in(&mut self, log: usize, builder: &mut Builder) -> &[(usize, Place, usize)] {
        if self.in_logs.len() <= log {
            self.in_logs.resize(log + 1, Vec::new());
        }
        let known = &mut self.in_logs[log];
        if known.len() != self.attributes.len()
            && let Some((_, log)) = builder.logs.get_mut(log)
        {
            let each = self.attributes.iter();
            *known = each.map(|(column, of, name)| (*column, *of, log.attribute(*of, name, 0))).collect();
        }
        known
    }
}

impl Columns {
    /// Whether every text that a row will be asked for is one.
    pub(super) fn check_texts(&self, record: &impl Record) -> Result<(), BadRow> {
        let attributes = self.event.iter().flat_map(|event| event.attributes.iter().map(|(column, ..)| *column));
        let profile = self.profile.iter().flat_map(Group::columns);
        attributes.chain(profile).try_for_each(|column| record.said(column).map(drop))
    }

    /// The columns that say who, when and what: each is one value, never a list.
    pub(super) fn scalars(&self) -> Vec<usize> {
        let event = self.event.iter().flat_map(|event| [event.name.column(), event.id]).flatten();
        let who = self.mpid.into_iter().chain(self.identities.iter().map(|(_, column)| *column));
        who.chain(self.time_column()).chain(event).collect()
    }

    /// All columns that are read, ascending.
    pub(super) fn used(&self) -> Vec<usize> {
        let attributes = self.event.iter().flat_map(|event| event.attributes.iter().map(|(column, ..)| *column));
        let profile = self.profile.iter().flat_map(Group::columns);
        let mut used: Vec<usize> = self.scalars().into_iter().chain(attributes).chain(profile).collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// The column of the rows' time, unless it is the file's.
    pub(super) fn time_column(&self) -> Option<usize> {
        let of_event = self.event.as_ref().map(|event| event.time.0);
        of_event.or(self.seen.as_ref().map(|seen| seen.0))
    }

    /// The same, to be read otherwise.
    pub(super) fn time_mut(&mut self) -> Option<&mut (usize, TimeReader)> {
        self.event.as_mut().map(|event| &mut event.time).or(self.seen.as_mut())
    }

    /// Finds the columns that a source names in a header.
    pub(super) fn find(source: &DataSource, header: &ByteRecord, file: &str) -> Result<Self, StoreError> {
        let at = |column: &str| header.iter().position(|name| name == column.as_bytes());
        // Asks for all columns once more where one is missing.
        let has_any = || {
            let any = Cell::new(false);
            let all = Self::of(source, 0, |column| {
                any.set(any.get() || at(column).is_some());
                Ok(0)
            });
            all.is_ok() && any.get()
        };
        Self::of(source, header.len(), |column| {
            at(column).ok_or_else(|| unknown_column(source, header, file, column, has_any()))
        })
    }

    fn of(
        source: &DataSource,
        count: usize,
        find: impl Fn(&str) -> Result<usize, StoreError>,
    ) -> Result<Self, StoreError> {
        let mut identities = Vec::new();
        for (identity, column) in &source.identities {
            identities.push((*identity as u8, find(column)?));
        }
        identities.sort_by_key(|(identity, _)| *identity);
        let mpid = source.mpid.as_ref().map(|column| find(column)).transpose()?;
        let event = source.event.as_ref().map(|event| event_columns(event, &find)).transpose()?;
        let seen = match &source.seen {
            Some(seen) => Some((find(&seen.column)?, TimeReader::new(seen))),
            None => None,
        };
        let profile = profile::groups(&source.profile, &find)?;
        Ok(Self { count, mpid, identities, event, profile, seen })
    }
}

fn event_columns(
    event: &EventMapping,
    find: impl Fn(&str) -> Result<usize, StoreError>,
) -> Result<EventColumns, StoreError> {
    let parts = [(Place::Event, &event.attributes), (Place::Action, &event.action), (Place::Product, &event.product)];
    let mut attributes = Vec::new();
    for (of, columns) in parts {
        for NamedColumn { name, column } in columns {
            attributes.push((find(column)?, of, name.clone()));
        }
    }
    let id = match &event.id {
        EventId::None => None,
        EventId::Column(column) | EventId::Group(column) => Some(find(column)?),
    };
    Ok(EventColumns {
        name: event_name(&event.name, &find)?,
        event_type: event.event_type as u8,
        time: (find(&event.time.column)?, TimeReader::new(&event.time)),
        id,
        attributes,
        in_logs: Vec::new(),
    })
}

fn event_name(
    mapping: &NameMapping,
    find: impl Fn(&str) -> Result<usize, StoreError>,
) -> Result<EventName, StoreError> {
    Ok(match mapping {
        NameMapping::Constant(key) => EventName::Constant(KeyLog::new(key)),
        NameMapping::Column(kind, column) => EventName::Column {
            kind: *kind,
            column: find(column)?,
            last: String::new(),
            last_log: 0,
            logs: HashMap::default(),
        },
        NameMapping::When { column, matches, then, otherwise } => {
            let matches = Wildcard::new(matches);
            EventName::When {
                column: find(column)?,
                last: String::new(),
                last_fits: matches.matches_folded(""),
                matches,
                then: KeyLog::new(then),
                otherwise: KeyLog::new(otherwise),
            }
        }
    })
}

/// How many names of columns an error lists.
const LISTED: usize = 20;
/// The longest name, in bytes, that it lists: what is longer is no name.
const LONGEST_LISTED: usize = 256;

fn unknown_column(source: &DataSource, header: &ByteRecord, file: &str, column: &str, has_any: bool) -> StoreError {
    let is_name = |name: &&str| name.len() <= LONGEST_LISTED && !name.contains(char::is_control);
    let names: Vec<&str> = header.iter().filter_map(|name| str::from_utf8(name).ok()).filter(is_name).collect();
    let quoted = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let near = nearest(column, names.iter().copied());
    let advice = if header.is_empty() {
        "it is empty".to_owned()
    } else if source.format == Format::Csv && !has_any {
        // Then its cells are not names but somebody's data, which no error shows.
        "its first line has none of the columns that the source names; is the header line missing?".to_owned()
    } else if near.is_empty() {
        let (listed, all) = (quoted(names.get(..LISTED).unwrap_or(&names)), header.len());
        let more = all.saturating_sub(listed.len());
        format!("it has {}{}", listed.join(", "), if more == 0 { String::new() } else { format!(" and {more} more") })
    } else {
        format!("did you mean {}?", quoted(&near).join(" or "))
    };
    StoreError::UnknownColumn {
        source_name: source.name.clone(),
        file: file.to_owned(),
        column: column.to_owned(),
        advice,
    }
}
