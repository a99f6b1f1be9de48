//! Only events of the tier `personalize` can be criteria.

use crate::base::Spanned;
use crate::catalog::{Catalog, EventKey, Tier};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Checks the tier of an event.
pub(in crate::analyze) fn check(
    catalog: &Catalog,
    key: &EventKey,
    name: &Spanned<String>,
    found: &mut Diagnostics,
) -> bool {
    let tier = match catalog.events.get(key).and_then(|event| event.tier) {
        Some(Tier::Preserve) => "preserve",
        Some(Tier::Connect) => "connect",
        Some(Tier::Personalize) | None => return true,
    };
    found.push(
        Diagnostic::new(Code::TierKeepsOut, format!("event `{}` cannot be a criterion", name.value))
            .label(name.span, format!("has tier `{tier}`"))
            .help("only events of tier `personalize` can be; its tier stands under `schema.events` in aud.yaml"),
    );
    false
}
