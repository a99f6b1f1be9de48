//! Tests to documents.

use super::criteria::{event_type_words, inputs, literal, literals, what_words};
use super::document::{Brackets, Doc, Entry, GroupDoc, push};
use crate::base::{Name, Span, Spanned};
use crate::syntax::ast::scenario::{Entry as TestEntry, Expect, Fact, Happening, Pair, StepEntry, Time, Value, When};
use crate::syntax::mistakes::quote;

/// The entries of a test, a user or a step: a line each, or a block.
pub(super) enum Node {
    /// One line.
    Line(Entry),
    /// A block of lines.
    Block {
        /// What stands before its brace.
        header: String,
        /// Its lines.
        entries: Vec<Entry>,
        /// The whole block.
        span: Span,
    },
}

/// The lines and blocks of a test.
pub(super) fn nodes(entries: &[Spanned<TestEntry>]) -> Vec<Node> {
    entries.iter().map(node).collect()
}

fn node(entry: &Spanned<TestEntry>) -> Node {
    let span = entry.span;
    match &entry.value {
        TestEntry::Now(now) => Node::Line(line(format!("now {}", now.value), span)),
        TestEntry::Expect(expect) => Node::Line(line(expect_words(expect), span)),
        TestEntry::User(user) => {
            let from = user.from.as_ref().map_or(String::new(), |from| format!(" from {}", from.value));
            let header = format!("user {}{from}", user.name.value);
            let entries = user.facts.iter().map(|each| Entry { word: "", pieces: fact(each), span: each.span });
            Node::Block { header, entries: entries.collect(), span }
        }
        TestEntry::At(at) => {
            let when = match &at.when.value {
                When::Instant(moment) => moment.to_string(),
                When::Later(quantity) => format!("+{quantity}"),
            };
            Node::Block { header: format!("at {when}"), entries: at.entries.iter().map(step_entry).collect(), span }
        }
    }
}

fn line(text: String, span: Span) -> Entry {
    Entry { word: "", pieces: vec![Doc::Text(text)], span }
}

fn step_entry(entry: &Spanned<StepEntry>) -> Entry {
    match &entry.value {
        StepEntry::Expect(expect) => line(expect_words(expect), entry.span),
        StepEntry::Fact { user, fact: happened } => {
            let verb = if matches!(happened.value, Fact::Event(_)) { "does" } else { "has" };
            let mut pieces = Vec::new();
            push(&mut pieces, &format!("{} {verb} ", user.value));
            add_fact(&mut pieces, happened);
            Entry { word: "", pieces, span: entry.span }
        }
    }
}

fn fact(fact: &Spanned<Fact>) -> Vec<Doc> {
    let mut pieces = Vec::new();
    add_fact(&mut pieces, fact);
    pieces
}

fn add_fact(pieces: &mut Vec<Doc>, fact: &Spanned<Fact>) {
    let words = match &fact.value {
        Fact::Mpid(mpid) => format!("mpid {}", mpid.value),
        Fact::FirstSeen(time) => format!("first seen {}", time_words(time)),
        Fact::Identity(kind, text) => format!("identity {} {}", kind.value, quote(text)),
        Fact::Attribute(name, value) => format!("attribute {} {}", quote(name), value_words(value)),
        Fact::NoAttribute(name) => format!("no attribute {}", quote(name)),
        Fact::Calculated(name, value) => format!("calculated {} {}", quote(name), value_words(value)),
        Fact::Consent(law, purpose, granted) => {
            let state = if granted.value { "granted" } else { "rejected" };
            format!("consent {} {} {state}", law.value, quote(purpose))
        }
        Fact::Device(field, text) => format!("device {} {}", field.value, quote(text)),
        Fact::Location { point, fields, at } => {
            let point = point.as_ref().map(|(north, east)| format!("{}, {}", north.text, east.text));
            return add_location(pieces, point, fields, at.as_ref());
        }
        Fact::Attribution(edge, known) => {
            push(pieces, &format!("attribution {}", edge.value));
            if !known.is_empty() {
                push(pieces, " ");
                add_pairs(pieces, known);
            }
            return;
        }
        Fact::Event(happening) => return add_happening(pieces, happening),
    };
    push(pieces, &words);
}

fn add_location(
    pieces: &mut Vec<Doc>,
    point: Option<String>,
    fields: &[(Spanned<Name>, Spanned<String>)],
    at: Option<&Spanned<Time>>,
) {
    push(pieces, "location ");
    match (point, fields) {
        (Some(point), []) => push(pieces, &point),
        (None, [(name, text)]) => push(pieces, &format!("{} {}", name.value, quote(text))),
        (point, fields) => {
            let point = point.map(|point| format!("point {point}"));
            let fields = fields.iter().map(|(name, text)| format!("{} {}", name.value, quote(text)));
            let all: Vec<String> = point.into_iter().chain(fields).collect();
            push(pieces, &format!("{{ {} }}", all.join(" ")));
        }
    }
    add_at(pieces, at);
}

fn add_at(pieces: &mut Vec<Doc>, at: Option<&Spanned<Time>>) {
    if let Some(at) = at {
        push(pieces, &format!(" at {}", time_words(at)));
    }
}

fn add_happening(pieces: &mut Vec<Doc>, happening: &Happening) {
    push(pieces, &what_words(&happening.what));
    push(pieces, &event_type_words(happening.event_type.as_ref()));
    if !happening.attributes.is_empty() {
        push(pieces, " ");
        add_pairs(pieces, &happening.attributes);
    }
    for product in &happening.products {
        pieces.push(Doc::Break);
        push(pieces, "product ");
        add_pairs(pieces, product);
    }
    add_circumstances(pieces, happening);
}

/// How often, where and when.
fn add_circumstances(pieces: &mut Vec<Doc>, happening: &Happening) {
    let mut words: Vec<String> = Vec::new();
    if let Some(times) = &happening.times {
        words.push(format!("{} {}", times.value, if times.value == 1 { "time" } else { "times" }));
    }
    if let Some(input) = &happening.input {
        words.push(format!("in {}", inputs(std::slice::from_ref(input))));
    }
    if let Some(id) = &happening.id {
        words.push(format!("id {}", quote(id)));
    }
    if let Some(at) = &happening.at {
        words.push(format!("at {}", time_words(at)));
    }
    if words.is_empty() {
        return;
    }
    if happening.products.is_empty() {
        push(pieces, " ");
    } else {
        pieces.push(Doc::Break);
    }
    push(pieces, &words.join(" "));
}

/// `{ "price" 60, "gift" true }`.
fn add_pairs(pieces: &mut Vec<Doc>, pairs: &[Pair]) {
    let place = |pair: &Pair| pair.name.span.to(pair.value.span);
    let Some(span) = pairs.iter().map(place).reduce(Span::to) else { return push(pieces, "{ }") };
    let last = pairs.len() - 1;
    let entries = pairs.iter().enumerate().map(|(index, pair)| {
        let comma = if index == last { "" } else { "," };
        line(format!("{} {}{comma}", quote(&pair.name), value_words(&pair.value)), place(pair))
    });
    pieces.push(Doc::Group(GroupDoc { span, brackets: Brackets::Braces, entries: entries.collect() }));
}

fn value_words(value: &Value) -> String {
    match value {
        Value::Literal(value) => literal(value),
        Value::Boolean(value) => value.to_string(),
        Value::Null => "null".to_owned(),
        Value::List(values) => literals(values),
    }
}

fn time_words(time: &Time) -> String {
    match time {
        Time::Moment(moment) => moment.to_string(),
        Time::Ago(quantity) => format!("{quantity} ago"),
    }
}

fn expect_words(expect: &Expect) -> String {
    let members = |audience: &Spanned<Name>, variant: &Option<Spanned<Name>>| match variant {
        Some(variant) => format!("{} / {}", audience.value, variant.value),
        None => audience.value.to_string(),
    };
    match expect {
        Expect::Member { user, negated, audience, variant } => {
            let not = if *negated { "not " } else { "" };
            format!("expect {} {not}in {}", user.value, members(audience, variant))
        }
        Expect::Members { audience, variant, users } => {
            let users: Vec<&str> = users.iter().map(|user| user.as_str()).collect();
            format!("expect members of {} are [{}]", members(audience, variant), users.join(", "))
        }
    }
}
