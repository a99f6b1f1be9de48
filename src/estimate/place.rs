//! Where the criteria of an audience stand.
//!
//! In: a criterion. Out: the criteria in it in the order in which they were written, outermost first, each with its position: `2` is the second of the
//! outermost group, `2.1` the first inside that.

use serde::Serialize;

use crate::ir::{Criterion, Kind};

/// How criteria of a group go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Joint {
    /// All of them must hold.
    All,
    /// One of them must hold.
    Any,
}

/// A criterion and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub(super) position: String,
    pub(super) criterion: &'a Criterion,
}

impl Place<'_> {
    /// Whether it stands in the outermost group.
    pub(super) fn is_outer(&self) -> bool {
        !self.position.contains('.')
    }
}

/// How the outermost group goes together, and all criteria in it; one criterion is a group of itself.
pub(super) fn places(criterion: &Criterion) -> (Joint, Vec<Place<'_>>) {
    let (joint, outermost) = match &criterion.kind {
        Kind::Everyone => (Joint::All, Vec::new()),
        Kind::All(inner) => (Joint::All, Criterion::as_written(inner)),
        Kind::Any(inner) => (Joint::Any, Criterion::as_written(inner)),
        _ => (Joint::All, vec![criterion]),
    };
    let mut all = Vec::new();
    for (at, each) in outermost.into_iter().enumerate() {
        add(each, (at + 1).to_string(), &mut all);
    }
    (joint, all)
}

fn add<'a>(criterion: &'a Criterion, position: String, into: &mut Vec<Place<'a>>) {
    let inside = inside(criterion);
    into.push(Place { position: position.clone(), criterion });
    for (at, each) in inside.into_iter().enumerate() {
        add(each, format!("{position}.{}", at + 1), into);
    }
}

/// The criteria of a group, or of one that is excluded, as written; none of any other criterion.
fn inside(criterion: &Criterion) -> Vec<&Criterion> {
    match &criterion.kind {
        Kind::All(inner) | Kind::Any(inner) => Criterion::as_written(inner),
        Kind::Not(inner) if matches!(inner.kind, Kind::All(_) | Kind::Any(_)) => self::inside(inner),
        _ => Vec::new(),
    }
}
