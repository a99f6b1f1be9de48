//! Which number of an audience a sweep is about.
//!
//! In: an audience and a request. Out: a criterion and one of its dials, or what to name instead.

use super::super::dial::{DialKind, Setting, dials};
use super::super::place::{Place, places};
use super::SweepRequest;
use crate::ir::{Audience, Criterion};

/// Why nothing can be varied.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SweepError {
    /// No such criterion.
    #[error("no criterion `{place}` in `{audience}`; it has {}", if known.is_empty() { "none" } else { known })]
    Unknown {
        /// The audience.
        audience: String,
        /// What was asked for.
        place: String,
        /// Labels and positions.
        known: String,
    },
    /// It has no such number.
    #[error("`{criterion}` has no {what} that could vary{}", if known.is_empty() { String::new() } else { format!("; it has {known}") })]
    NoDial {
        /// The criterion.
        criterion: String,
        /// What was looked for.
        what: &'static str,
        /// What it has, and what that is set to.
        known: String,
    },
    /// It has several.
    #[error(
        "`{criterion}` has several numbers ({known}); name one criterion, or one of these behind its place: {}", choices.join(", "))]
    Ambiguous {
        /// The criterion.
        criterion: String,
        /// What they are set to.
        known: String,
        /// How each one is named.
        choices: Vec<String>,
    },
    /// A value is of another kind.
    #[error("`{value}` is no {kind} for `{criterion}`, which has {written}")]
    WrongKind {
        /// The value.
        value: Setting,
        /// The kind of the dial.
        kind: &'static str,
        /// The criterion.
        criterion: String,
        /// What is written.
        written: Setting,
    },
}

/// The criterion of a place, the number of its dial, and what that is set to.
pub(super) fn find<'a>(
    audience: &'a Audience,
    request: &SweepRequest,
) -> Result<(&'a Criterion, usize, Setting), SweepError> {
    let (_, places) = places(&audience.criterion);
    let is_asked = |place: &&Place<'_>| {
        place.position == request.place || place.criterion.label.as_ref().is_some_and(|label| *label == *request.place)
    };
    let Some(found) = places.iter().find(is_asked).map(|place| place.criterion) else {
        let name = |place: &Place<'_>| match &place.criterion.label {
            Some(label) => format!("{} ({label})", place.position),
            None => place.position.clone(),
        };
        return Err(SweepError::Unknown {
            audience: audience.address.to_string(),
            place: request.place.clone(),
            known: places.iter().map(name).collect::<Vec<_>>().join(", "),
        });
    };
    let asked = request.kind.or_else(|| request.values.first().map(|value| value.kind()));
    let all: Vec<(usize, Setting)> = dials(found).into_iter().enumerate().collect();
    let fits = |setting: &Setting| asked.is_none_or(|kind| kind == setting.kind());
    let mut fitting: Vec<&(usize, Setting)> = all.iter().filter(|(_, setting)| fits(setting)).collect();
    if let Some(one) = request.which.and_then(|which| fitting.get(which.checked_sub(1)?).copied()) {
        fitting = vec![one];
    }
    let listed = |all: &mut dyn Iterator<Item = &(usize, Setting)>| {
        all.map(|(_, setting)| format!("{} {setting}", setting.kind().word())).collect::<Vec<_>>().join(", ")
    };
    match (fitting.as_slice(), all.as_slice()) {
        ([(at, written)], _) => match request.values.iter().find(|value| value.kind() != written.kind()) {
            Some(value) => Err(SweepError::WrongKind {
                value: *value,
                kind: written.kind().word(),
                criterion: found.to_string(),
                written: *written,
            }),
            None => Ok((found, *at, *written)),
        },
        ([], [(_, written), ..]) if !request.values.is_empty() => Err(SweepError::WrongKind {
            value: request.values.first().copied().unwrap_or(*written),
            kind: written.kind().word(),
            criterion: found.to_string(),
            written: *written,
        }),
        ([], _) => Err(SweepError::NoDial {
            criterion: found.to_string(),
            what: asked.map_or("number or length of time", DialKind::word),
            known: listed(&mut all.iter()),
        }),
        (several, _) => Err(SweepError::Ambiguous {
            criterion: found.to_string(),
            known: listed(&mut several.iter().copied()),
            choices: choices(several),
        }),
    }
}

/// How each of several dials is named: `:time`, or where there are several of a kind `:time:2`.
fn choices(several: &[&(usize, Setting)]) -> Vec<String> {
    let kind = |(_, setting): &&(usize, Setting)| setting.kind();
    let name = |(at, each): (usize, &&(usize, Setting))| {
        let word = kind(each).word();
        let before = several.iter().take(at).filter(|other| kind(other) == kind(each)).count();
        match several.iter().filter(|other| kind(other) == kind(each)).count() {
            1 => format!("`:{word}`"),
            _ => format!("`:{word}:{}`", before + 1),
        }
    };
    several.iter().enumerate().map(name).collect()
}
