//! What is beyond the limits of the platform in a chunk. It is taken as it is, and told.

use arrow_array::RecordBatch;

use super::super::super::super::column::LIST;
use super::super::super::super::log::DROPPED;
use super::super::super::limits::Limit;
use super::super::texts::Texts;
use super::decode::Decoded;
use super::source::{Naming, OpenSource};

/// Looks at the names and attributes of the events that are kept; most columns have no text that is long enough to be counted.
pub(super) fn measure(open: &OpenSource<'_>, batch: &RecordBatch, decoded: &mut Decoded) {
    let mut found = Vec::new();
    if let Naming::Column(_, column) | Naming::When { column, .. } = &open.name
        && let Some(texts) = batch.columns().get(*column).and_then(Texts::of)
    {
        of_column(&texts, &decoded.users, |text, beyond| longer(Limit::EventName, text, beyond), &mut found);
    }
    for (column, _) in &open.attributes {
        if let Some(texts) = decoded.texts.get(*column).and_then(Option::as_ref) {
            of_column(texts, &decoded.users, of_value, &mut found);
        }
    }
    // By row, so that the first one is the first.
    found.sort_by_key(|(_, row)| *row);
    decoded.beyond = found;
}

fn of_column(texts: &Texts, users: &[u32], look: impl Fn(&str, &mut Vec<Limit>), found: &mut Vec<(Limit, u64)>) {
    let mut any = false;
    let beyond: Vec<Vec<Limit>> = texts
        .all()
        .map(|text| {
            let mut own = Vec::new();
            look(text, &mut own);
            any |= !own.is_empty();
            own
        })
        .collect();
    if !any {
        return;
    }
    for (row, (code, user)) in texts.codes.iter().zip(users).enumerate() {
        let own = beyond.get(*code as usize).filter(|_| *user != DROPPED);
        found.extend(own.into_iter().flatten().map(|limit| (*limit, row as u64)));
    }
}

fn of_value(text: &str, beyond: &mut Vec<Limit>) {
    let Some(json) = text.strip_prefix(LIST) else { return longer(Limit::AttributeValue, text, beyond) };
    if json.len() <= Limit::ListEntry.most() && json.len() <= Limit::ListEntries.most() {
        return;
    }
    let entries: Vec<String> = serde_json::from_str(json).unwrap_or_default();
    if entries.len() > Limit::ListEntries.most() {
        beyond.push(Limit::ListEntries);
    }
    entries.iter().for_each(|entry| longer(Limit::ListEntry, entry, beyond));
}

fn longer(limit: Limit, text: &str, beyond: &mut Vec<Limit>) {
    // No text has more characters than bytes.
    if text.len() > limit.most() && text.chars().count() > limit.most() {
        beyond.push(limit);
    }
}
