//! `type` stands where it means something: only custom events have types.

use super::qualifier::article;
use crate::base::Span;
use crate::catalog::EventKind;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Says that events of a kind have no type.
pub(in crate::analyze) fn type_without_meaning(kind: EventKind, name: Span, found: &mut Diagnostics) {
    let word = kind.word();
    found.push(
        Diagnostic::new(Code::TypeWithoutMeaning, format!("{} {word} has no type", article(word)))
            .label(name, "only an `event` has one")
            .help(format!("leave it out: `{word}` says it all")),
    );
}
