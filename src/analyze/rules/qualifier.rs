//! `product` and `action` are parts of commerce events; nothing else has parts.

use crate::base::{Name, Span, Spanned, suggest};
use crate::catalog::{EventKind, Part};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};

/// Checks a qualifier of an attribute of events of a kind; of what is no event without one.
pub(in crate::analyze) fn check(
    kind: Option<EventKind>,
    written: &Spanned<Name>,
    attribute: Span,
    found: &mut Diagnostics,
) -> Option<Part> {
    let part = [Part::Action, Part::Product].into_iter().find(|part| part.word() == written.as_str());
    let word = &written.value;
    let gap = Span { end: attribute.start, ..written.span };
    if kind.is_some_and(EventKind::is_commerce) {
        if part.is_none() {
            let known = [Part::Action.word(), Part::Product.word()];
            found.push(
                Diagnostic::new(Code::QualifierWithoutMeaning, format!("an event has no {word} to ask"))
                    .label(written.span, "no part of an event")
                    .help("the parts are `product` and `action`; a bare name asks the event, then its action, then its product")
                    .did_you_mean(written.span, &suggest::nearest(word.as_str(), known), str::to_owned),
            );
        }
        return part;
    }
    let (what, title) = match kind {
        Some(kind) => (format!("{} `{}`", article(kind.word()), kind.word()), "ask the event's own attribute"),
        None => ("an attribution".to_owned(), "ask the attribution's own attribute"),
    };
    found.push(
        Diagnostic::new(Code::QualifierWithoutMeaning, format!("{what} has no {word} to ask"))
            .label(written.span, "only commerce events have one")
            .fix(Fix::replace(title, gap, "")),
    );
    None
}

/// The article of a word of the language.
pub(super) fn article(word: &str) -> &'static str {
    match word.starts_with(['a', 'e', 'i', 'o']) || word.starts_with("un") || word.starts_with("up") {
        true => "an",
        false => "a",
    }
}
