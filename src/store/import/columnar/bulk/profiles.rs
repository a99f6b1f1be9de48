//! What rows say of profiles, set a column at a time.

use rayon::prelude::*;

use super::super::super::super::builder::Builder;
use super::super::super::super::column::{ABSENT, LIST, NULL, is_no_value, list_text};
use super::super::super::super::log::DROPPED;
use super::super::super::super::profiles::ProfileColumn;
use super::super::super::profile::{Cell, Group, UNSAID, entries, is_attribute, point};
use super::super::texts::{NOTHING, Texts};
use super::decode::Decoded;
use super::source::OpenSource;

/// Sets what some chunks say, in order; each group of fields by itself.
pub(super) fn set(open: &OpenSource<'_>, builder: &mut Builder, decoded: &[Decoded]) {
    let mut taken: Vec<(&Group, Vec<ProfileColumn>)> = Vec::new();
    for (group, targets) in &open.profile {
        taken.push((group, targets.iter().map(|target| builder.take_column(*target)).collect()));
    }
    taken.par_iter_mut().for_each(|(group, columns)| {
        decoded.iter().for_each(|decoded| set_group(group, columns, decoded));
    });
    for ((_, targets), (_, columns)) in open.profile.iter().zip(taken) {
        for (target, column) in targets.iter().zip(columns) {
            builder.put_column(*target, column);
        }
    }
}

fn set_group(group: &Group, columns: &mut [ProfileColumn], decoded: &Decoded) {
    let cells: Vec<Vec<u32>> = group
        .fields
        .iter()
        .zip(columns.iter_mut())
        .map(|((field, cell), column)| codes(is_attribute(field), cell, column, decoded))
        .collect();
    for (row, user) in decoded.users.iter().enumerate().filter(|(_, user)| **user != DROPPED) {
        let code = |cell: &Vec<u32>| cell.get(row).copied().unwrap_or(UNSAID);
        if cells.iter().all(|cell| code(cell) == UNSAID) {
            continue;
        }
        let at_ms = decoded.times.get(row).copied();
        for (((_, cell), codes), column) in group.fields.iter().zip(&cells).zip(columns.iter_mut()) {
            let code = match (cell, code(codes)) {
                (Cell::Mark, _) => column.texts.intern("true"),
                (_, UNSAID) => ABSENT,
                (_, code) => code,
            };
            column.set_or_add(*user as usize, code, at_ms);
        }
    }
}

/// The code of each row's value; [`UNSAID`] where it has none.
fn codes(may_be_empty: bool, cell: &Cell, column: &mut ProfileColumn, decoded: &Decoded) -> Vec<u32> {
    let texts = |at: usize| decoded.texts.get(at).and_then(Option::as_ref);
    let by_text = |texts: &Texts, code: &mut dyn FnMut(&str) -> u32| {
        let codes: Vec<u32> = texts.all().map(code).collect();
        texts.codes.iter().map(|text| codes.get(*text as usize).copied().unwrap_or(UNSAID)).collect()
    };
    let said = |text: &str| may_be_empty || !(text.is_empty() || is_no_value(text));
    match cell {
        Cell::Mark | Cell::Nothing => None,
        Cell::Text(at) => texts(*at).map(|texts| {
            by_text(texts, &mut |text| match text {
                text if !said(text) => UNSAID,
                text if is_no_value(text) => NULL,
                text => column.texts.intern(text),
            })
        }),
        Cell::Split(at, separator) => texts(*at).map(|texts| {
            by_text(texts, &mut |text| match text {
                text if !said(text) => UNSAID,
                text if is_no_value(text) => NULL,
                list if list.starts_with(LIST) => column.texts.intern(list),
                text => column.texts.intern(&list_text(&entries(text, separator))),
            })
        }),
        Cell::Point(latitude, longitude) => texts(*latitude).zip(texts(*longitude)).map(|(north, east)| {
            let code = |(north_code, east_code): (&u32, &u32)| {
                if *north_code == NOTHING || *east_code == NOTHING {
                    return UNSAID;
                }
                let point = point(north.text(*north_code), east.text(*east_code));
                point.map_or(UNSAID, |point| column.texts.intern(&point))
            };
            north.codes.iter().zip(&east.codes).map(code).collect()
        }),
    }
    .unwrap_or_default()
}
