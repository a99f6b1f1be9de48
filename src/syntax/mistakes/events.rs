//! The wording of likely mistakes in criteria about events, in calculations and in tests.

use super::{parentheses, quote, shorten};
use crate::base::{Span, Spanned};
use crate::catalog::{Calculation, EventKind};
use crate::diagnostic::{Code, Diagnostic, Edit, Fix};
use crate::syntax::ast::Count;

/// A count where there is nothing to count.
pub(in crate::syntax) fn count_of_one(count: Spanned<Count>, of: &str, is: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(Code::MisplacedCount, format!("{of} has no count")).label(count.span, format!("{of} is {is}"));
    match count.value {
        Count::AtLeast(1) | Count::MoreThan(0) => diagnostic.fix(Fix::replace("remove the count", count.span, "")),
        _ => diagnostic.help("ask how often in a criterion of its own, joined with `and`"),
    }
}

pub(in crate::syntax) fn count_of_calculation(count: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedCount, "a calculation has no count")
        .label(count, "calculated over all events that fit")
        .help("`count of` calculates how many there are")
}

pub(in crate::syntax) fn count_for_test(count: Span, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::MisplacedCount, "the value of a calculation is tested as a number")
        .label(count, "says how often, not how much")
        .fix(Fix::replace(format!("write `{meant}`"), count, meant))
}

pub(in crate::syntax) fn count_in_test(count: Span, written: &str, times: Option<u64>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::CountSpelling, format!("`{written}` does not say how often it happens"))
        .label(count, "in a test something happens so many times");
    match times {
        Some(times) => {
            let meant = format!("{times} {}", if times == 1 { "time" } else { "times" });
            diagnostic.fix(Fix::replace(format!("write `{meant}`"), count, meant))
        }
        None => diagnostic.help("write a number, such as `3 times`"),
    }
}

/// `item` where no products are counted.
pub(in crate::syntax) fn item_of_one(what: Span, kind: EventKind, of: &str) -> Diagnostic {
    let word = kind.word();
    Diagnostic::new(Code::ItemWithoutProducts, format!("{of} counts no products"))
        .label(what, "`item` has no meaning here")
        .fix(Fix::replace(format!("write `{word}`"), what, word))
}

pub(in crate::syntax) fn early_within(early: Span, what: Span, written: &str, after: Span) -> Diagnostic {
    let edits = vec![
        Edit { span: Span { end: what.start, ..early }, text: String::new() },
        Edit { span: after, text: format!(" {written}") },
    ];
    Diagnostic::new(Code::PartsOutOfOrder, "`within` stands before the event")
        .label(what, "the event comes first")
        .help("the order is: what, `where`, `within`, time, `without`, `in`")
        .fix(Fix { title: "put the parts in order".to_owned(), edits })
}

pub(in crate::syntax) fn missing_word(place: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::MissingWord, format!("`{word}` is missing")).label(place, "before this").fix(Fix::replace(
        format!("add `{word}`"),
        place,
        format!("{word} "),
    ))
}

pub(in crate::syntax) fn superfluous(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::SuperfluousWord, format!("`{written}` says nothing here"))
        .label(span, "not needed here")
        .fix(Fix::replace(format!("remove `{written}`"), span, ""))
}

/// `sum("amount")`.
pub(in crate::syntax) fn called(group: Span, without_of: bool) -> Diagnostic {
    let first = Span { end: group.start + 1, ..group };
    let last = Span { start: group.end - 1, ..group };
    let of = if without_of { " of " } else { "" };
    let edits = vec![Edit { span: first, text: of.to_owned() }, Edit { span: last, text: String::new() }];
    Diagnostic::new(Code::OtherWord, "a calculation is written in words and without parentheses")
        .label(group, "written `of` and the attribute")
        .fix(Fix { title: "write it in words".to_owned(), edits })
}

/// `count(event "A")`.
pub(in crate::syntax) fn events_in_parentheses(group: Span, without_of: bool) -> Diagnostic {
    let first = Span { end: group.start + 1, ..group };
    let last = Span { start: group.end - 1, ..group };
    let of = if without_of { " of " } else { "" };
    let edits = vec![Edit { span: first, text: of.to_owned() }, Edit { span: last, text: String::new() }];
    Diagnostic::new(Code::OtherWord, "the events of a calculation stand without parentheses")
        .label(group, "written without")
        .fix(Fix { title: "remove the parentheses".to_owned(), edits })
}

pub(in crate::syntax) fn other_unit(span: Span, written: &str, meant: &str, space: &str) -> Diagnostic {
    Diagnostic::new(Code::OtherWord, format!("`{written}` is written `{meant}`"))
        .label(span, "distances are in `km` or `mi`")
        .fix(Fix::replace(format!("write `{meant}`"), span, format!("{space}{meant}")))
}

pub(in crate::syntax) fn unclear_consent(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::OtherWord, format!("`{}` is not part of the language", shorten(written)))
        .label(span, "`is granted`, `is rejected` or `is not present` stands here")
        .help("who was never asked has neither granted nor rejected; with `not` before the criterion they count too")
}

pub(in crate::syntax) fn unclear_given(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::OtherWord, format!("`{}` is not part of the language", shorten(written)))
        .label(span, "`granted` or `rejected` stands here")
        .help("leave the fact out for a user who was never asked")
}

pub(in crate::syntax) fn unquoted_date(span: Span, written: &str) -> Diagnostic {
    let meant = quote(written);
    Diagnostic::new(Code::UnquotedName, format!("`{written}` lacks its quotes"))
        .label(span, "a value that is a date is sent as a text")
        .fix(Fix::replace(format!("write `{meant}`"), span, meant))
}

pub(in crate::syntax) fn filter_in_test(filter: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedPart, "a test says what happened, and `where` asks")
        .label(filter, "the attributes of an event that happens stand in braces")
        .help("write `event \"Purchase\" { \"price\" 60 }`")
}

pub(in crate::syntax) fn scope_inside_sequence(scope: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedPart, "`in` stands at the end of a sequence")
        .label(scope, "the steps of a sequence read the same inputs")
        .help("name the inputs once, behind the last step")
}

pub(in crate::syntax) fn part_without_place(place: Span, part: &str, of: &str) -> Diagnostic {
    let part = part.trim_start_matches("the ");
    let diagnostic = Diagnostic::new(Code::MisplacedPart, format!("{of} has no {part}"))
        .label(place, "only `where` and `in` can follow");
    match of {
        "`attribution`" => diagnostic.help("take it out, or ask the event: `event \"attribution\" type attribution`"),
        _ => diagnostic.help("take it out: a cart is abandoned or not, and `for` says how long"),
    }
}

pub(in crate::syntax) fn item_without_products(item: Span, kind: Spanned<EventKind>) -> Diagnostic {
    let word = kind.value.word();
    Diagnostic::new(Code::ItemWithoutProducts, format!("`item` counts products, and `{word}` has none"))
        .label(item, "only commerce events have products")
        .fix(Fix::replace(format!("write `{word}`"), item.to(kind.span), word))
}

pub(in crate::syntax) fn missing_test(span: Span, calculation: Calculation) -> Diagnostic {
    Diagnostic::new(Code::MissingTest, format!("this `{}` is not compared with anything", calculation.words()))
        .label(span.after(), "what must it be?")
        .help("a test follows it, such as `> 100`, `is \"shoes\"` or `exists`")
}

pub(in crate::syntax) fn test_of_item(test: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedPart, "a calculated attribute has no test of its own")
        .label(test, "values are tested where they are used")
        .help("write `calculated \"name\"` with this test in a `match`")
}

pub(in crate::syntax) fn scope_of_item(scope: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedPart, "a calculated attribute has no `in` of its own")
        .label(scope, "inputs are named where it is used")
        .help("write `in` behind the test of `calculated \"name\"`")
}

pub(in crate::syntax) fn bare_filter(filter: Span) -> Diagnostic {
    Diagnostic::new(Code::BareConditions, "the `where` of a calculation stands in parentheses")
        .label(filter, "without parentheses its end could be read as the test of the calculation")
        .fix(Fix { title: "put the condition into parentheses".to_owned(), edits: parentheses(filter).into() })
}

pub(in crate::syntax) fn repeated_fact(again: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::RepeatedPart, format!("{what} is written twice")).label(again, "once more here")
}

pub(in crate::syntax) fn item_in_test(what: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedPart, "a test says what happened, and `item` asks")
        .label(what, "an event stands here without `item`")
        .help("the products of an event follow it: `purchase product { \"id\" \"1\" }`")
}

pub(in crate::syntax) fn second_input(input: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedPart, "an event comes through one input")
        .label(input, "one too many")
        .help("keep one of them")
}

pub(in crate::syntax) fn not_an_mpid(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidNumber, format!("`{}` is no MPID", shorten(written)))
        .label(span, "a whole number of 64 bits stands here, such as `-7`")
}
