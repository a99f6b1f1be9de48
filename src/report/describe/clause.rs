//! Criteria as clauses.

use std::collections::BTreeSet;

use super::predicate::{condition, predicate};
use super::time::when;
use super::{Clause, listed, quoted};
use crate::base::WorkspaceName;
use crate::catalog::{LocationField, ProfileField, Regulation};
use crate::ir::{Audience, Criterion, Events, Float, Kind, Model, Predicate, SeenEdge};

/// What the words of one audience are made from.
pub(super) struct Words<'a> {
    pub(super) model: &'a Model,
    pub(super) home: &'a Audience,
}

impl Words<'_> {
    /// A criterion, or its complement, as a clause about people: `who …`.
    pub(super) fn clause(&self, criterion: &Criterion, negated: bool) -> Clause {
        let mut clause = match (&criterion.kind, negated) {
            (Kind::Not(inner), _) => self.clause(inner, !negated),
            (Kind::All(inner), false) => self.group("who meet all of these", inner),
            (Kind::All(inner), true) => self.group("who do not meet all of these at once", inner),
            (Kind::Any(inner), false) => self.group("who meet at least one of these", inner),
            (Kind::Any(inner), true) => self.group("who meet none of these", inner),
            (kind, _) => Clause::alone(self.single(kind, negated)),
        };
        if let Some(label) = &criterion.label {
            clause.text = format!("{label}: {}", clause.text);
        }
        clause
    }

    fn group(&self, text: &str, inner: &[Criterion]) -> Clause {
        let inner = Criterion::as_written(inner).into_iter().map(|each| self.clause(each, false)).collect();
        Clause { text: text.to_owned(), inner }
    }

    fn single(&self, kind: &Kind, negated: bool) -> String {
        match kind {
            Kind::All(_) | Kind::Any(_) | Kind::Not(_) => String::new(),
            Kind::Everyone if negated => "nobody".to_owned(),
            Kind::Everyone => "all of them".to_owned(),
            Kind::Member(address) => {
                let are = if negated { "who are not in" } else { "who are in" };
                match self.model.audiences.get(address) {
                    Some(audience) if audience.name != address.as_str() => {
                        format!("{are} the audience {} ({address})", quoted(&audience.name))
                    }
                    _ => format!("{are} the audience {address}"),
                }
            }
            Kind::UserAttribute { attribute, list, predicate: asked, workspaces } => {
                let what = if *list { "list" } else { "attribute" };
                let words = predicate(asked, negated);
                format!("whose {what} {} {words}{}", quoted(attribute), self.inside(workspaces))
            }
            Kind::Seen { edge, time, workspaces } => {
                let edge = if *edge == SeenEdge::First { "first" } else { "last" };
                let were = if negated { "who were not" } else { "who were" };
                format!("{were} {edge} seen {}{}", when(*time), self.inside(workspaces))
            }
            Kind::Identity { identity, predicate: asked, workspaces } => {
                let inside = self.inside(workspaces);
                match (asked, negated) {
                    (Predicate::Exists, false) => format!("who have an identity of the type {identity}{inside}"),
                    (Predicate::Exists, true) => format!("who have no identity of the type {identity}{inside}"),
                    (_, _) => format!("whose {identity} {}{inside}", predicate(asked, negated)),
                }
            }
            Kind::Profile { field, predicate: asked, workspaces } => {
                format!("{}{}", field_words(field, asked, negated), self.inside(workspaces))
            }
            Kind::Near { latitude, longitude, metres, workspaces } => {
                let near = near(*latitude, *longitude, *metres);
                let inside = self.inside(workspaces);
                match negated {
                    true => format!(
                        "whose latest known location is not {near}{inside} (or none is known, or it is more than 30 days old)"
                    ),
                    false => format!("whose latest known location, at most 30 days old, is {near}{inside}"),
                }
            }
            Kind::Attribution { edge, filter, workspaces } => {
                let has = if negated { "who have no" } else { "who have an" };
                let with = filter.as_ref().map_or_else(String::new, |filter| format!(" where {}", condition(filter)));
                format!("{has} attribution of the {edge}{with}{}", self.inside(workspaces))
            }
            Kind::Event(test) => format!("who {}", self.event(test, negated)),
            Kind::Picked(test) => self.picked(test, negated),
            Kind::Sequence(sequence) => self.sequence(sequence, negated),
            Kind::Abandoned(test) => self.abandoned(test, negated),
            Kind::Aggregate(test) => {
                let words = self.aggregate(test, negated);
                format!("for whom {words}")
            }
        }
    }

    /// ` in shop only`, where a criterion reads less than the audience.
    fn inside(&self, workspaces: &BTreeSet<WorkspaceName>) -> String {
        if *workspaces == self.home.workspaces {
            return String::new();
        }
        format!(", looking at {} only", listed(&workspaces.iter().map(ToString::to_string).collect::<Vec<_>>(), "and"))
    }

    /// ` on shop.web only`, where a criterion reads less than the audience.
    pub(super) fn through(&self, events: &Events) -> String {
        if events.inputs == self.home.inputs {
            return String::new();
        }
        format!(" through {} only", listed(&events.inputs.iter().map(ToString::to_string).collect::<Vec<_>>(), "and"))
    }
}

/// A field of a profile and what it must satisfy.
fn field_words(field: &ProfileField, asked: &Predicate, negated: bool) -> String {
    let words = predicate(asked, negated);
    match field {
        ProfileField::Attribute(name) => format!("whose attribute {} {words}", quoted(name)),
        ProfileField::Calculated(name) => format!("whose calculated attribute {} {words}", quoted(name)),
        ProfileField::Consent(regulation, purpose) => consent(*regulation, purpose, asked, negated),
        ProfileField::Device(field) => format!("whose device {} {words}", field.word().replace('_', " ")),
        ProfileField::Location(LocationField::Zip) => format!("whose postal code {words}"),
        ProfileField::Location(LocationField::Dma) => format!("whose market area (DMA) {words}"),
        ProfileField::Location(field) => format!("whose {field} {words}"),
        ProfileField::Attribution(edge, name) => {
            format!(
                "whose {edge} attribution {}{words}",
                name.as_ref().map_or_else(String::new, |name| format!("{} ", quoted(name)))
            )
        }
    }
}

/// Consent in words: for CCPA, granting it is opting out of the sale of data.
fn consent(regulation: Regulation, purpose: &str, asked: &Predicate, negated: bool) -> String {
    let about = |law: &str| format!("{} ({law})", quoted(purpose));
    match (regulation, asked, negated) {
        (Regulation::Gdpr, Predicate::Boolean(true), false) => format!("who have consented to {}", about("GDPR")),
        (Regulation::Gdpr, Predicate::Boolean(false), false) => {
            format!("who have refused consent to {}", about("GDPR"))
        }
        (Regulation::Gdpr, Predicate::Boolean(true), true) => {
            format!("who have not consented to {}: they refused, or were never asked", about("GDPR"))
        }
        (Regulation::Gdpr, Predicate::Boolean(false), true) => {
            format!("who have not refused consent to {}: they consented, or were never asked", about("GDPR"))
        }
        (Regulation::Ccpa, Predicate::Boolean(true), false) => {
            format!("who have opted out of the sale of their data, {}", about("CCPA"))
        }
        (Regulation::Ccpa, Predicate::Boolean(false), false) => {
            format!("who said that they do not opt out of the sale of their data, {}", about("CCPA"))
        }
        (Regulation::Ccpa, Predicate::Boolean(true), true) => {
            format!("who have not opted out of the sale of their data, {}, also by never being asked", about("CCPA"))
        }
        (Regulation::Ccpa, Predicate::Boolean(false), true) => {
            format!("who opted out of the sale of their data, {}, or were never asked", about("CCPA"))
        }
        (regulation, _, negated) => {
            let known = if negated { "nothing is known" } else { "something is known" };
            format!("of whom {known} about their choice on {}", about(&regulation.word().to_uppercase()))
        }
    }
}

/// `within 25 km of 48.8566° north, 2.3522° east`.
fn near(latitude: Float, longitude: Float, metres: Float) -> String {
    let side = |degrees: f64, positive, negative| {
        format!("{}° {}", degrees.abs(), if degrees < 0.0 { negative } else { positive })
    };
    let place = format!("{}, {}", side(latitude.get(), "north", "south"), side(longitude.get(), "east", "west"));
    format!("within {} km of {place}", metres.get() / 1000.0)
}
