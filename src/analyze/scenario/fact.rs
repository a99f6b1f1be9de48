//! What a test says of a user.

use std::collections::BTreeMap;

use super::Reading;
use crate::analyze::lower::unknown_identity;
use crate::analyze::rules::{near, profile};
use crate::base::{Name, Spanned, Timestamp};
use crate::catalog::{IdentityType, LocationField, Regulation};
use crate::diagnostic::{Code, Diagnostic};
use crate::ir::Fact;
use crate::syntax::ast::Number;
use crate::syntax::ast::scenario as written;

impl Reading<'_, '_> {
    /// Something that becomes so in a step.
    pub(super) fn later_fact(&mut self, fact: &Spanned<written::Fact>, now: Timestamp) -> Option<Fact> {
        if let written::Fact::Mpid(_) | written::Fact::FirstSeen(_) = &fact.value {
            self.found.push(
                Diagnostic::new(Code::ImpossibleFact, "this never changes, so it cannot happen in a step")
                    .label(fact.span, "fixed from the start")
                    .help("say it where the user is defined: `user ann { mpid 1 first seen 2025-01-01 }`"),
            );
            return None;
        }
        self.fact(fact, now)
    }

    /// Something that is so, or that happens; `None` where it is wrong, or is no fact of its own.
    pub(super) fn fact(&mut self, fact: &Spanned<written::Fact>, now: Timestamp) -> Option<Fact> {
        use written::Fact as F;
        let catalog = self.world.catalog();
        match &fact.value {
            F::Mpid(_) | F::FirstSeen(_) => None,
            F::Identity(identity, value) => self.identity(identity, value),
            F::Attribute(name, value) => {
                let value = self.value(&name.value, value, catalog.user_attributes.get(&name.value));
                Some(Fact::Attribute(name.value.clone(), value))
            }
            F::NoAttribute(name) => Some(Fact::NoAttribute(name.value.clone())),
            F::Calculated(name, value) => {
                let value = self.value(&name.value, value, catalog.calculated.get(&name.value));
                Some(Fact::Calculated(name.value.clone(), value))
            }
            F::Consent(regulation, purpose, granted) => {
                let regulation = profile::regulation(regulation, &mut self.found)?;
                if regulation == Regulation::Ccpa {
                    profile::purpose(catalog, regulation, purpose, &mut self.found);
                }
                Some(Fact::Consent(regulation, purpose.value.clone(), granted.value))
            }
            F::Device(field, value) => {
                let field = profile::device(field, &mut self.found)?;
                Some(Fact::Device(field, value.value.clone()))
            }
            F::Location { point, fields, at } => {
                let at = at.as_ref().map_or(Some(now), |at| self.instant(at, now));
                let known = self.location(point.as_ref(), fields);
                Some(Fact::Location(at?, known))
            }
            F::Attribution(edge, pairs) => Some(Fact::Attribution(edge.value, self.pairs(pairs, None))),
            F::Event(event) => self.event(event, now).map(|event| Fact::Event(Box::new(event))),
        }
    }

    fn identity(&mut self, name: &Spanned<Name>, value: &Spanned<String>) -> Option<Fact> {
        if value.value.trim().is_empty() {
            self.found.push(
                Diagnostic::new(Code::ImpossibleFact, format!("the identity `{}` is empty", name.value))
                    .label(value.span, "nothing in it")
                    .help("sources drop empty identities; leave it out"),
            );
        }
        let Ok(identity) = name.as_str().parse::<IdentityType>() else {
            self.found.push(unknown_identity(name));
            return None;
        };
        Some(Fact::Identity(identity, value.value.clone()))
    }

    fn location(
        &mut self,
        point: Option<&(Spanned<Number>, Spanned<Number>)>,
        fields: &[(Spanned<Name>, Spanned<String>)],
    ) -> BTreeMap<LocationField, String> {
        let mut known = BTreeMap::new();
        if let Some((latitude, longitude)) = point {
            near::degrees(latitude, 90.0, "north", &mut self.found);
            near::degrees(longitude, 180.0, "east", &mut self.found);
            known.insert(LocationField::Point, format!("{},{}", latitude.value.text, longitude.value.text));
        }
        for (at, (name, value)) in fields.iter().enumerate() {
            let before = fields.get(..at).unwrap_or_default();
            if let Some((first, _)) = before.iter().find(|(first, _)| first.value == name.value) {
                self.found.push(
                    Diagnostic::new(Code::DuplicateField, format!("a location has one {}", name.value))
                        .label(name.span, "again here")
                        .label(first.span, "first here")
                        .help("keep one of them"),
                );
            } else if let Some(field) = profile::location(name, &mut self.found) {
                known.insert(field, value.value.clone());
            }
        }
        known
    }
}
