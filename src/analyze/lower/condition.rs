//! `where`: conditions over the attributes of one event, or of one attribution.

use super::Lowering;
use super::predicate::Subject;
use crate::analyze::rules::{constant, letter_case, never_seen, qualifier};
use crate::analyze::typing::{Known, Owner};
use crate::base::{Name, Span, Spanned};
use crate::catalog::{EventKey, Part, ValueType, platform_attribute};
use crate::ir::Condition;
use crate::syntax::ast::{self, Joiner, Test};

/// Attributes that every event has, whatever the source sends.
const BUILT_IN: [&str; 2] = ["app_version", "build"];

/// What a condition is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum About<'e> {
    /// An event.
    Event {
        /// Which.
        key: &'e EventKey,
        /// Whether its name can be relied on.
        known: bool,
    },
    /// The attribution of an install or uninstall.
    Attribution,
}

impl Lowering<'_, '_> {
    /// The filter of an event or attribution.
    pub(super) fn filter(&mut self, about: About<'_>, filter: &Spanned<ast::Condition>) -> Option<Condition> {
        match &filter.value {
            ast::Condition::Group(group) => self.conditions(about, group),
            ast::Condition::Not(inner) => self.filter(about, inner).map(|inner| Condition::Not(Box::new(inner))),
            ast::Condition::Attribute { qualifier, attribute, test } => {
                let part = self.part(about, qualifier.as_ref(), attribute.span);
                let condition = self.attribute(about, part.unwrap_or_default(), attribute, test)?;
                part.map(|_| condition)
            }
        }
    }

    fn conditions(&mut self, about: About<'_>, group: &ast::ConditionGroup) -> Option<Condition> {
        let terms: Vec<_> = group.terms.iter().map(|term| self.filter(about, term)).collect();
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

    /// The part that a qualifier asks, if there is a qualifier; `None` where it has no meaning here.
    pub(super) fn part(
        &mut self,
        about: About<'_>,
        qualifier: Option<&Spanned<Name>>,
        attribute: Span,
    ) -> Option<Option<Part>> {
        let Some(written) = qualifier else { return Some(None) };
        let kind = match about {
            About::Event { key, .. } => Some(key.kind),
            About::Attribution => None,
        };
        qualifier::check(kind, written, attribute, self.found).map(Some)
    }

    /// Checks the name of an attribute of an event; `false` for a wrong one.
    pub(super) fn event_attribute(&mut self, key: &EventKey, part: Option<Part>, attribute: &Spanned<String>) -> bool {
        let catalog = self.world.catalog();
        let parts = part.map_or(vec![Part::Action, Part::Product], |part| vec![part]);
        let given = BUILT_IN.contains(&attribute.as_str())
            || parts.iter().any(|part| platform_attribute(key.kind, *part, attribute).is_some());
        let Some(event) = catalog.events.get(key).filter(|_| !given) else { return true };
        let fine = letter_case::event_attribute(key, event, &parts, attribute, self.found);
        if fine {
            never_seen::event_attribute(catalog, key, event, &parts, attribute, self.found);
        }
        fine
    }

    fn attribute(
        &mut self,
        about: About<'_>,
        part: Option<Part>,
        attribute: &Spanned<String>,
        test: &Spanned<Test>,
    ) -> Option<Condition> {
        let owner = match about {
            About::Event { key, .. } => Owner::Event(key.clone(), part),
            About::Attribution => Owner::User,
        };
        let (subject, known, fine) = match about {
            About::Attribution => {
                let known = Known::Fixed(ValueType::String, "what an attribution says are texts");
                (Subject::Field { name: attribute }, Some(known), true)
            }
            About::Event { key, known: true } => {
                let world = self.world;
                let fine = self.event_attribute(key, part, attribute);
                let known = world.types.of(world.catalog(), &owner, attribute).filter(|_| fine);
                (Subject::Event { attribute, owner: &owner }, known, fine)
            }
            About::Event { known: false, .. } => (Subject::Event { attribute, owner: &owner }, None, true),
        };
        let (predicate, negated) = self.predicate(&subject, known, test)?;
        let positive = Condition::Attribute { part, attribute: attribute.value.clone(), predicate };
        fine.then(|| if negated { Condition::Not(Box::new(positive)) } else { positive })
    }
}
