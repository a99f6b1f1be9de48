//! What a test expects of memberships.

use super::Reading;
use crate::analyze::rules::{connections, reference};
use crate::base::{Address, Name, Origin, Span, Spanned};
use crate::diagnostic::{Code, Diagnostic};
use crate::ir::{Expectation, Then, VariantName};
use crate::syntax::ast::scenario::Expect;

impl Reading<'_, '_> {
    /// An expectation; `None` where something of it is wrong.
    pub(super) fn expectation(&mut self, expect: &Expect, span: Span) -> Option<Expectation> {
        let origin = Origin::from(span);
        match expect {
            Expect::Member { user, negated, audience, variant } => {
                let user = self.user(user);
                let (audience, variant) = self.part(audience, variant.as_ref())?;
                Some(Expectation::Member { user: user?, inside: !negated, audience, variant, origin })
            }
            Expect::Members { audience, variant, users } => {
                let numbers: Vec<Option<usize>> = users.iter().map(|user| self.user(user)).collect();
                self.named_once(users);
                let (audience, variant) = self.part(audience, variant.as_ref())?;
                let users = numbers.into_iter().collect::<Option<_>>()?;
                Some(Expectation::Members { audience, variant, users, origin })
            }
        }
    }

    fn named_once(&mut self, users: &[Spanned<Name>]) {
        for (at, user) in users.iter().enumerate() {
            let before = users.get(..at).unwrap_or_default();
            if let Some(first) = before.iter().find(|first| first.value == user.value) {
                self.found.push(
                    Diagnostic::new(Code::DuplicateTestUser, format!("`{}` is listed twice", user.value))
                        .label(user.span, "again here")
                        .label(first.span, "first here")
                        .help("keep one of them: a member is in once"),
                );
            }
        }
    }

    /// An audience with members, or a variant of it.
    fn part(&mut self, address: &Spanned<Name>, variant: Option<&Spanned<Name>>) -> Option<(Address, VariantName)> {
        let declared = reference::audience(self.world, address, &mut self.found)?;
        let lowered =
            self.audiences.iter().find(|each| each.declared.owns_address && *each.address() == address.value)?;
        if lowered.is_draft() {
            let mut wrong = Diagnostic::new(
                Code::DraftExpected,
                format!("audience `{}` is a draft, so that nothing can be expected of it", address.value),
            )
            .label(address.span, "has no members");
            if let Some(status) = lowered.fields.status {
                wrong = wrong.label(status.span, "a draft since here");
            }
            self.found.push(wrong.help("activate it to test it"));
        }
        let advice = "leave the variant out to ask for the whole audience";
        let part = connections::variant(variant, declared, lowered.fields.split, advice, &mut self.found)?;
        Some((address.value.clone(), part))
    }

    /// Nothing is expected to be so and not so at one instant.
    pub(super) fn contradictions(&mut self, step: &Then) {
        for (at, one) in step.expectations.iter().enumerate() {
            let before = step.expectations.get(..at).unwrap_or_default();
            let Some(first) = before.iter().find(|first| excludes(one, first)) else { continue };
            let (Origin(Some(again)), Origin(Some(first))) = (origin(one), origin(first)) else { continue };
            self.found.push(
                Diagnostic::new(Code::ExpectationsContradict, "these expectations exclude each other")
                    .label(again, "cannot hold")
                    .label(first, "together with this one")
                    .help("expect them in different steps: `at +1 day { … }`"),
            );
        }
    }
}

fn origin(expectation: &Expectation) -> Origin {
    match expectation {
        Expectation::Member { origin, .. } | Expectation::Members { origin, .. } => *origin,
    }
}

fn excludes(one: &Expectation, other: &Expectation) -> bool {
    use Expectation as E;
    match (one, other) {
        (
            E::Member { user, inside, audience, variant, .. },
            E::Member { user: u, inside: i, audience: a, variant: v, .. },
        ) => (user, audience, variant) == (u, a, v) && inside != i,
        (E::Member { user, inside, audience, variant, .. }, E::Members { audience: a, variant: v, users, .. })
        | (E::Members { audience: a, variant: v, users, .. }, E::Member { user, inside, audience, variant, .. }) => {
            (audience, variant) == (a, v) && users.contains(user) != *inside
        }
        (E::Members { audience, variant, users, .. }, E::Members { audience: a, variant: v, users: u, .. }) => {
            (audience, variant) == (a, v) && (users.len() != u.len() || !users.iter().all(|each| u.contains(each)))
        }
    }
}
