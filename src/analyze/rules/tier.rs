//! Only events of the tier `personalize` can be criteria.

use super::letter_case::called;
use crate::analyze::typing::Owner;
use crate::base::Span;
use crate::catalog::{Catalog, EventKey, Tier};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Checks the tier of an event.
pub(in crate::analyze) fn check(catalog: &Catalog, key: &EventKey, span: Span, found: &mut Diagnostics) -> bool {
    let tier = match catalog.events.get(key).and_then(|event| event.tier) {
        Some(Tier::Preserve) => "preserve",
        Some(Tier::Connect) => "connect",
        Some(Tier::Personalize) | None => return true,
    };
    found.push(
        Diagnostic::new(Code::TierKeepsOut, format!("{} cannot be a criterion", called(key)))
            .label(span, format!("has tier `{tier}`"))
            .help(format!(
                "only events of tier `personalize` can be; its tier stands under `{}` in aud.yaml",
                Owner::Event(key.clone(), None).schema()
            )),
    );
    false
}
