//! Criteria about what is known of a user: attributes, first and last seen, identities.

use super::{Lowering, at, signed};
use crate::analyze::rules::{letter_case, never_seen, retention, time_bounds};
use crate::analyze::typing::{Known, Owner};
use crate::base::{Name, Span, Spanned, suggest};
use crate::catalog::{IdentityType, ValueType};
use crate::diagnostic::{Code, Diagnostic};
use crate::ir::{self, Kind, Predicate, SeenEdge};
use crate::syntax::ast::{InputRef, Test, TimeFilter};

use super::predicate::Subject;

impl Lowering<'_, '_> {
    pub(super) fn user_attribute(
        &mut self,
        list: bool,
        attribute: &Spanned<String>,
        test: &Spanned<Test>,
        scope: &[Spanned<InputRef>],
        span: Span,
    ) -> Option<ir::Criterion> {
        let catalog = self.world.catalog();
        let workspaces = self.workspaces(scope);
        let fine = letter_case::user_attribute(catalog, attribute, self.found);
        if fine {
            never_seen::user_attribute(self.world, attribute, self.found);
        }
        let known = self.world.types.of(catalog, &Owner::User, attribute).filter(|_| fine);
        let subject = Subject::User { attribute, list, span };
        let (predicate, negated) = self.predicate(&subject, known, test).filter(|_| fine)?;
        let list = matches!(predicate, Predicate::Includes(_) | Predicate::PartiallyMatches(_));
        let kind = Kind::UserAttribute { attribute: attribute.value.clone(), list, predicate, workspaces: workspaces? };
        Some(signed(kind, negated, span))
    }

    pub(super) fn seen(
        &mut self,
        first: bool,
        time: &Spanned<TimeFilter>,
        scope: &[Spanned<InputRef>],
        span: Span,
    ) -> Option<ir::Criterion> {
        let workspaces = self.workspaces(scope);
        let filter = time_bounds::check(time, self.found)?;
        if !first {
            retention::last_seen(self.world.project(), Spanned::new(filter, time.span), self.found);
        }
        let edge = if first { SeenEdge::First } else { SeenEdge::Last };
        Some(at(Kind::Seen { edge, time: filter, workspaces: workspaces? }, span))
    }

    pub(super) fn identity(
        &mut self,
        name: &Spanned<Name>,
        test: &Spanned<Test>,
        scope: &[Spanned<InputRef>],
        span: Span,
    ) -> Option<ir::Criterion> {
        let workspaces = self.workspaces(scope);
        let identity = name.as_str().parse::<IdentityType>().ok();
        if identity.is_none() {
            self.found.push(unknown_identity(name));
        }
        let known = Some(Known::Fixed(ValueType::String, "identities are texts"));
        let (predicate, negated) = self.predicate(&Subject::Field { name: name.as_str() }, known, test)?;
        let kind = Kind::Identity { identity: identity?, predicate, workspaces: workspaces? };
        Some(signed(kind, negated, span))
    }
}

/// What is said of a type of identity that the platform does not have.
pub(in crate::analyze) fn unknown_identity(name: &Spanned<Name>) -> Diagnostic {
    let known = IdentityType::ALL.iter().map(|(known, _)| *known);
    Diagnostic::new(Code::UnknownIdentityType, format!("there is no identity type `{}`", name.value))
        .label(name.span, "no identity type")
        .help("common ones are `customer_id`, `email`, `mobile_number`, `other`")
        .did_you_mean(name.span, &suggest::nearest(name.as_str(), known), str::to_owned)
}
