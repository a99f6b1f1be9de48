//! `type` and `item` stand where they mean something: custom events have types, commerce events have products to count.

use super::qualifier::article;
use crate::base::{Span, Spanned};
use crate::catalog::EventKind;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Checks `item` before a kind of event.
pub(in crate::analyze) fn item(kind: Spanned<EventKind>, counted: bool, found: &mut Diagnostics) -> bool {
    let word = kind.word();
    let wrong = match (kind.is_commerce(), counted) {
        (true, true) => return true,
        (true, false) => {
            Diagnostic::new(Code::ItemWithoutMeaning, "`item` counts products, and nothing is counted here")
                .label(kind.span, "asked as an event")
                .help(format!("write `{word}`: an attribute of a product is asked with `product` before its name"))
        }
        (false, _) => Diagnostic::new(Code::ItemWithoutMeaning, format!("{} {word} has no products", article(word)))
            .label(kind.span, "no commerce event")
            .help(format!("write `{word}`: it is counted as an event")),
    };
    found.push(wrong);
    false
}

/// Says that events of a kind have no type.
pub(in crate::analyze) fn type_without_meaning(kind: EventKind, name: Span, found: &mut Diagnostics) {
    let word = kind.word();
    found.push(
        Diagnostic::new(Code::TypeWithoutMeaning, format!("{} {word} has no type", article(word)))
            .label(name, "only an `event` has one")
            .help(format!("leave it out: `{word}` says it all")),
    );
}
