//! Criteria about the other fields of a profile: consent, devices, locations, attributions.

use super::condition::About;
use super::event::all_or_nothing;
use super::predicate::Subject;
use super::{Lowering, at, signed};
use crate::analyze::rules::{near, profile};
use crate::analyze::typing::Known;
use crate::base::{Name, Span, Spanned};
use crate::catalog::{InstallEdge, ProfileField, ValueType};
use crate::ir::{self, Kind, Predicate};
use crate::syntax::ast::{self, ConsentState, InputRef, Test};

impl Lowering<'_, '_> {
    pub(super) fn consent(
        &mut self,
        regulation: &Spanned<Name>,
        purpose: &Spanned<String>,
        state: ConsentState,
        scope: &[Spanned<InputRef>],
        span: Span,
    ) -> Option<ir::Criterion> {
        let workspaces = self.workspaces(scope);
        let regulation = profile::regulation(regulation, self.found)?;
        profile::purpose(self.world.catalog(), regulation, purpose, self.found).then_some(())?;
        let (predicate, negated) = match state {
            ConsentState::Granted => (Predicate::Boolean(true), false),
            ConsentState::Rejected => (Predicate::Boolean(false), false),
            ConsentState::NotPresent => (Predicate::Exists, true),
        };
        let field = ProfileField::Consent(regulation, purpose.value.clone());
        Some(signed(Kind::Profile { field, predicate, workspaces: workspaces? }, negated, span))
    }

    pub(super) fn device(
        &mut self,
        name: &Spanned<Name>,
        test: &Spanned<Test>,
        scope: &[Spanned<InputRef>],
        span: Span,
    ) -> Option<ir::Criterion> {
        let field = profile::device(name, self.found).map(ProfileField::Device);
        self.text_field(field, name, "what is known of a device are texts", test, scope, span)
    }

    pub(super) fn location(
        &mut self,
        name: &Spanned<Name>,
        test: &Spanned<Test>,
        scope: &[Spanned<InputRef>],
        span: Span,
    ) -> Option<ir::Criterion> {
        let field = profile::location(name, self.found).map(ProfileField::Location);
        self.text_field(field, name, "what is known of a location are texts", test, scope, span)
    }

    fn text_field(
        &mut self,
        field: Option<ProfileField>,
        name: &Spanned<Name>,
        why: &'static str,
        test: &Spanned<Test>,
        scope: &[Spanned<InputRef>],
        span: Span,
    ) -> Option<ir::Criterion> {
        let workspaces = self.workspaces(scope);
        let known = Some(Known::Fixed(ValueType::String, why));
        let (predicate, negated) = self.predicate(&Subject::Field { name: name.as_str() }, known, test)?;
        Some(signed(Kind::Profile { field: field?, predicate, workspaces: workspaces? }, negated, span))
    }

    pub(super) fn near(
        &mut self,
        distance: &Spanned<ast::Distance>,
        place: &Spanned<ast::Place>,
        scope: &[Spanned<InputRef>],
        span: Span,
    ) -> Option<ir::Criterion> {
        let workspaces = self.workspaces(scope);
        let metres = near::metres(distance, self.found);
        let point = near::point(place, self.found);
        let (latitude, longitude) = point?;
        Some(at(Kind::Near { latitude, longitude, metres: metres?, workspaces: workspaces? }, span))
    }

    pub(super) fn attribution(
        &mut self,
        edge: InstallEdge,
        filter: Option<&Spanned<ast::Condition>>,
        scope: &[Spanned<InputRef>],
        span: Span,
    ) -> Option<ir::Criterion> {
        let workspaces = self.workspaces(scope);
        let filter = filter.map(|filter| self.filter(About::Attribution, filter));
        let filter = all_or_nothing(filter)?;
        Some(at(Kind::Attribution { edge, filter, workspaces: workspaces? }, span))
    }
}
