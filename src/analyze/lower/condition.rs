//! `where`: conditions over the attributes of one event.

use super::Lowering;
use super::predicate::Subject;
use crate::analyze::rules::{constant, letter_case, never_seen};
use crate::analyze::typing::Known;
use crate::base::{Name, Span, Spanned};
use crate::catalog::EventKey;
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::ir::Condition;
use crate::syntax::ast::{self, Joiner, Test};

/// Attributes that every event has, whatever the source sends.
const BUILT_IN: [&str; 2] = ["app_version", "build"];

impl Lowering<'_, '_> {
    /// The filter of an event. `known` says whether the event's name can be relied on.
    pub(super) fn filter(
        &mut self,
        event: &EventKey,
        known: bool,
        filter: &Spanned<ast::Condition>,
    ) -> Option<Condition> {
        match &filter.value {
            ast::Condition::Group(group) => self.conditions(event, known, group),
            ast::Condition::Not(inner) => self.filter(event, known, inner).map(|inner| Condition::Not(Box::new(inner))),
            ast::Condition::Attribute { qualifier, attribute, test } => {
                let qualified = qualifier.as_ref().is_some_and(|qualifier| self.qualified(qualifier, attribute.span));
                let condition = self.attribute(event, known, attribute, test)?;
                (!qualified).then_some(condition)
            }
        }
    }

    fn conditions(&mut self, event: &EventKey, known: bool, group: &ast::ConditionGroup) -> Option<Condition> {
        let terms: Vec<_> = group.terms.iter().map(|term| self.filter(event, known, term)).collect();
        let terms: Vec<_> = terms.into_iter().collect::<Option<_>>()?;
        let all = group.joiner != Some(Joiner::Or);
        let places: Vec<(Span, &Condition)> = group.terms.iter().map(|term| term.span).zip(&terms).collect();
        constant::conditions(&places, all, self.found);
        match <[_; 1]>::try_from(terms) {
            Ok([one]) => Some(one),
            Err(several) if several.is_empty() => None,
            Err(several) if all => Some(Condition::All(several)),
            Err(several) => Some(Condition::Any(several)),
        }
    }

    fn attribute(
        &mut self,
        event: &EventKey,
        known: bool,
        attribute: &Spanned<String>,
        test: &Spanned<Test>,
    ) -> Option<Condition> {
        let catalog = self.world.catalog();
        let attributes = catalog.events.get(event).map(|known| &known.attributes);
        let built_in = BUILT_IN.contains(&attribute.value.as_str());
        let mut value_type: Option<Known<'_>> = None;
        let mut fine = true;
        if known {
            fine = built_in
                || attributes.is_none_or(|all| letter_case::event_attribute(event, all, attribute, self.found));
        }
        if known && fine {
            value_type = self.world.types.event(catalog, event, &attribute.value);
            if let Some(attributes) = attributes.filter(|_| !built_in) {
                never_seen::event_attribute(catalog, event, attributes, attribute, self.found);
            }
        }
        let subject = Subject::Event { attribute };
        let (predicate, negated) = self.predicate(&subject, value_type, test)?;
        let positive = Condition::Attribute { part: None, attribute: attribute.value.clone(), predicate };
        fine.then(|| if negated { Condition::Not(Box::new(positive)) } else { positive })
    }

    /// Products and actions belong to commerce events. Says so; `true` where it did.
    fn qualified(&mut self, qualifier: &Spanned<Name>, attribute: Span) -> bool {
        let word = &qualifier.value;
        let gap = Span { end: attribute.start, ..qualifier.span };
        self.found.push(
            Diagnostic::new(Code::QualifierWithoutMeaning, format!("an `event` has no {word} to ask"))
                .label(qualifier.span, "only commerce events have one")
                .fix(Fix::replace("ask the event's own attribute", gap, "")),
        );
        true
    }
}
