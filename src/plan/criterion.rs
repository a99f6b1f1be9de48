//! The smallest criteria that differ between two definitions.
//!
//! In: a definition as deployed and as written. Out: one `match` entry for each criterion that comes, goes or becomes
//! another. Groups of one kind are compared as sets, criteria that ask about the same thing are paired, and what two
//! paired texts begin with in common is marked, so that it need not be shown twice. An entry that comes or goes in a
//! group begins with the group's `and` or `or`.
//!
//! Where a criterion reads (its workspaces or inputs) is part of the comparison only where it differs from the audience's
//! own: that is what the text says, and a change of the audience's own is a field by itself.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Display;

use super::change::FieldChange;
use super::fields::changed;
use crate::base::InputName;
use crate::catalog::ProfileField;
use crate::ir::{Audience, Criterion, Kind, SeenEdge};
use crate::ir::{Pick, Sequence, Unit};

/// The differences of two definitions in what they match.
pub(super) fn between(before: &Audience, after: &Audience) -> Vec<FieldChange> {
    let mut walk = Walk { found: Vec::new() };
    walk.compare(&with_own_scopes(&before.criterion, before), &with_own_scopes(&after.criterion, after));
    walk.found
}

/// The criterion with empty scopes wherever it reads all that its audience reads.
fn with_own_scopes(criterion: &Criterion, audience: &Audience) -> Criterion {
    let mut copy = criterion.clone();
    clear_common(&mut copy, audience);
    copy
}

fn clear_common(criterion: &mut Criterion, audience: &Audience) {
    match &mut criterion.kind {
        Kind::All(inner) | Kind::Any(inner) => inner.iter_mut().for_each(|each| clear_common(each, audience)),
        Kind::Not(inner) => clear_common(inner, audience),
        Kind::UserAttribute { workspaces, .. } | Kind::Seen { workspaces, .. } | Kind::Identity { workspaces, .. } => {
            if *workspaces == audience.workspaces {
                workspaces.clear();
            }
        }
        Kind::Profile { workspaces, .. } | Kind::Near { workspaces, .. } | Kind::Attribution { workspaces, .. } => {
            if *workspaces == audience.workspaces {
                workspaces.clear();
            }
        }
        Kind::Event(test) => clear_inputs([&mut test.events.inputs], audience),
        Kind::Picked(test) => clear_inputs([&mut test.events.inputs], audience),
        Kind::Sequence(sequence) => {
            let Sequence { first, steps } = &mut **sequence;
            let steps = steps.iter_mut().map(|step| &mut step.events.inputs);
            clear_inputs(std::iter::once(&mut first.inputs).chain(steps), audience);
        }
        Kind::Abandoned(test) => clear_inputs([&mut test.inputs], audience),
        Kind::Aggregate(test) => clear_inputs([&mut test.events.inputs], audience),
        Kind::Everyone | Kind::Member(_) => {}
    }
}

fn clear_inputs<'i>(all: impl IntoIterator<Item = &'i mut BTreeSet<InputName>>, audience: &Audience) {
    all.into_iter().filter(|inputs| **inputs == audience.inputs).for_each(BTreeSet::clear);
}

struct Walk {
    found: Vec<FieldChange>,
}

impl Walk {
    fn compare(&mut self, old: &Criterion, new: &Criterion) {
        use std::slice::from_ref;
        if old == new {
            return;
        }
        match (&old.kind, &new.kind) {
            (Kind::All(a), Kind::All(b)) if old.label == new.label => self.groups(a, b, "and"),
            (Kind::Any(a), Kind::Any(b)) if old.label == new.label => self.groups(a, b, "or"),
            (Kind::Not(a), Kind::Not(b)) if old.label == new.label && alike(a, b) => self.compare(a, b),
            // One criterion that becomes a group around itself, and the other way round.
            (_, Kind::All(b)) if new.label.is_none() && holds(b, old) => self.groups(from_ref(old), b, "and"),
            (_, Kind::Any(b)) if new.label.is_none() && holds(b, old) => self.groups(from_ref(old), b, "or"),
            (Kind::All(a), _) if old.label.is_none() && holds(a, new) => self.groups(a, from_ref(new), "and"),
            (Kind::Any(a), _) if old.label.is_none() && holds(a, new) => self.groups(a, from_ref(new), "or"),
            _ => self.replaced(old, new),
        }
    }

    fn groups(&mut self, old: &[Criterion], new: &[Criterion], word: &str) {
        let (in_old, in_new): (HashSet<_>, HashSet<_>) = (old.iter().collect(), new.iter().collect());
        let mut gone: Vec<&Criterion> = old.iter().filter(|each| !in_new.contains(each)).collect();
        let mut come: Vec<&Criterion> = new.iter().filter(|each| !in_old.contains(each)).collect();
        let pairs: [fn(&Criterion, &Criterion) -> bool; 2] = [same_subject, alike];
        for fits in pairs {
            come.retain(|new| {
                let Some(at) = gone.iter().position(|old| fits(old, new)) else { return true };
                self.compare(gone.remove(at), new);
                false
            });
        }
        if let ([old], [new]) = (gone.as_slice(), come.as_slice()) {
            return self.compare(old, new);
        }
        let text = |criterion: &Criterion| match criterion.kind {
            Kind::All(_) | Kind::Any(_) if criterion.label.is_none() => format!("{word} ({criterion})"),
            _ => format!("{word} {}", full_text(criterion)),
        };
        self.found.extend(gone.iter().map(|old| changed("match", Some(text(old)), None)));
        let come = come.iter();
        self.found
            .extend(come.map(|new| FieldChange { origin: new.origin, ..changed("match", None, Some(text(new))) }));
    }

    fn replaced(&mut self, old: &Criterion, new: &Criterion) {
        let (old_text, new_text) = (full_text(old), full_text(new));
        let cuts: HashSet<String> = cuts(old, &old_text).into_iter().collect();
        let common = self::cuts(new, &new_text).into_iter().filter(|cut| cuts.contains(cut));
        let shared = common.filter(|cut| old_text.starts_with(cut.as_str())).map(|cut| cut.len()).max().unwrap_or(0);
        let change = changed("match", Some(old_text), Some(new_text));
        self.found.push(FieldChange { shared, origin: new.origin, ..change });
    }
}

/// Whether a group holds a criterion, or one that asks about the same thing.
fn holds(group: &[Criterion], one: &Criterion) -> bool {
    group.iter().any(|each| each == one || same_subject(each, one))
}

/// Whether both are groups of one kind.
fn alike(a: &Criterion, b: &Criterion) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::All(_), Kind::All(_)) | (Kind::Any(_), Kind::Any(_)) => true,
        (Kind::Not(a), Kind::Not(b)) => alike(a, b),
        _ => false,
    }
}

fn same_subject(a: &Criterion, b: &Criterion) -> bool {
    subject(a).is_some_and(|subject| Some(subject) == self::subject(b))
}

/// What a single criterion, or the negation of one, asks about, as it begins in the language.
fn subject(criterion: &Criterion) -> Option<String> {
    match &criterion.kind {
        Kind::Not(inner) => subject(inner),
        Kind::UserAttribute { attribute, list, .. } => {
            Some(format!("user {}{} ", if *list { "list " } else { "" }, super::fields::quoted(attribute)))
        }
        Kind::Seen { edge, .. } => Some(if *edge == SeenEdge::First { "first seen " } else { "last seen " }.to_owned()),
        Kind::Identity { identity, .. } => Some(format!("identity {identity} ")),
        Kind::Event(test) => Some(format!("{} ", test.events.event)),
        Kind::Profile { field: ProfileField::Consent(regulation, purpose), .. } => {
            Some(format!("consent {regulation} {} ", super::fields::quoted(purpose)))
        }
        Kind::Profile { field: ProfileField::Calculated(name), .. } => {
            Some(format!("calculated {} ", super::fields::quoted(name)))
        }
        Kind::Profile { field: ProfileField::Device(field), .. } => Some(format!("device {field} ")),
        Kind::Profile { field: ProfileField::Location(field), .. } => Some(format!("location {field} ")),
        Kind::Near { .. } => Some("location within ".to_owned()),
        Kind::Attribution { edge, .. } => Some(format!("attribution {edge} ")),
        Kind::Picked(test) => {
            let pick = if test.pick == Pick::First { "first" } else { "latest" };
            Some(format!("{pick} {} ", test.events.event))
        }
        Kind::Sequence(sequence) => Some(format!("{} ", sequence.first.event)),
        Kind::Abandoned(test) => {
            Some(if test.unit == Unit::Item { "item abandoned " } else { "cart abandoned " }.to_owned())
        }
        Kind::Aggregate(test) => Some(format!("{} ", test.calculation.words())),
        Kind::Profile { .. } | Kind::Everyone | Kind::All(_) | Kind::Any(_) | Kind::Member(_) => None,
    }
}

/// The criterion in the language, with the scope of a single one where it has its own.
fn full_text(criterion: &Criterion) -> String {
    match scope(criterion) {
        Some(scope) => format!("{criterion} in {scope}"),
        None => criterion.to_string(),
    }
}

fn scope(criterion: &Criterion) -> Option<String> {
    fn joined<T: Display>(names: &BTreeSet<T>) -> Option<String> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
    match &criterion.kind {
        Kind::Not(inner) => scope(inner),
        Kind::UserAttribute { workspaces, .. } | Kind::Seen { workspaces, .. } | Kind::Identity { workspaces, .. } => {
            joined(workspaces)
        }
        Kind::Profile { workspaces, .. } | Kind::Near { workspaces, .. } | Kind::Attribution { workspaces, .. } => {
            joined(workspaces)
        }
        Kind::Event(test) => joined(&test.events.inputs),
        Kind::Picked(test) => joined(&test.events.inputs),
        Kind::Sequence(sequence) => joined(&sequence.first.inputs),
        Kind::Abandoned(test) => joined(&test.inputs),
        Kind::Aggregate(test) => joined(&test.events.inputs),
        Kind::Everyone | Kind::All(_) | Kind::Any(_) | Kind::Member(_) => None,
    }
}

/// The beginnings of a criterion's text after which a part ends: what it asks about, `where`, count, time.
fn cuts(criterion: &Criterion, text: &str) -> Vec<String> {
    let head = subject(criterion).and_then(|head| text.find(&head).map(|at| at + head.len()));
    let mut cuts: Vec<String> = head.and_then(|end| text.get(..end)).map(str::to_owned).into_iter().collect();
    let mut shorter = criterion.clone();
    for stage in 0..3 {
        // Each stage leaves one more part out, from the end on.
        cuts.push(format!("{shorter} "));
        let Some(event) = event_of(&mut shorter) else { break };
        match stage {
            0 => event.events.time = None,
            _ => event.count = crate::ir::Count::ONCE,
        }
    }
    cuts.push(format!("{shorter} "));
    cuts.retain(|cut| text.starts_with(cut.as_str()));
    cuts
}

fn event_of(criterion: &mut Criterion) -> Option<&mut crate::ir::EventTest> {
    match &mut criterion.kind {
        Kind::Not(inner) => event_of(inner),
        Kind::Event(event) => Some(event),
        _ => None,
    }
}
