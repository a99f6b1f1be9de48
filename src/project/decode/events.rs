//! `event` of a source: how a row is an event of some kind and name, at some time, with or without a product.

use crate::base::suggest::nearest;
use crate::catalog::{CustomEventType, EventKey, EventKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::project::node::{Entry, Value};
use crate::project::{EventId, EventMapping, NameMapping, NamedColumn, TimeMapping};

use super::profiles::named_columns;
use super::reader::{Map, Reader, unknown_choice, words};
use super::sources::flat;
use super::{text_value, value};

const KEYS: [&str; 9] = ["kind", "name", "type", "time", "id", "group", "attributes", "action", "product"];
/// The attribute that says of an opt-out whether it is one (M26).
const IS_OPTED_OUT: &str = "is_opted_out";

/// The kinds that a row's event may have.
#[derive(Clone)]
enum Kinds {
    One(EventKind),
    When { column: String, matches: String, then: EventKind, otherwise: EventKind },
}

/// Reads `event`.
pub(super) fn event(reader: &mut Reader<'_>, entry: &Entry) -> Option<EventMapping> {
    let map = reader.map(&entry.value, entry.key_span, "`event`", &KEYS)?;
    let kinds = map.get("kind").map_or(Some(Kinds::One(EventKind::Custom)), |entry| kinds(reader, entry));
    // Which kind it is decides what else may stand here, so a wrong one ends the questions that depend on it.
    let name = kinds.as_ref().and_then(|kinds| name(reader, &map, kinds));
    let types = CustomEventType::ALL;
    let event_type =
        map.get("type").map(|entry| reader.choice(&entry.value, "`type`", "a type of custom event", types));
    let at = reader.need(&map, "time", "time: { column: timestamp }").and_then(|entry| time(reader, entry));
    let id = id(reader, &map);
    let mut columns = |key| map.get(key).map_or(Some(Vec::new()), |entry| named_columns(reader, entry, "attribute"));
    let (attributes, action, product) = (columns("attributes"), columns("action"), columns("product"));
    let fitting = kinds.as_ref().map(|kinds| check(reader, &map, kinds, attributes.as_deref()));
    (fitting == Some(true)).then_some(())?;
    Some(EventMapping {
        name: name?,
        event_type: event_type.unwrap_or(Some(CustomEventType::Other))?,
        time: at?,
        id: id?,
        attributes: attributes?,
        action: action?,
        product: product?,
    })
}

/// A kind, or `{ when: { COLUMN: { matches: … } }, then: …, else: … }`.
fn kinds(reader: &mut Reader<'_>, entry: &Entry) -> Option<Kinds> {
    if !matches!(entry.value.value, Value::Map(_)) {
        return kind(reader, entry).map(Kinds::One);
    }
    let map = reader.map(&entry.value, entry.key_span, "`kind`", &["when", "then", "else"])?;
    let when = reader.need(&map, "when", "when: { InvoiceNo: { matches: \"C*\" } }").and_then(|it| when(reader, it));
    let then = reader.need(&map, "then", "then: refund").and_then(|entry| unnamed_kind(reader, entry));
    let otherwise = reader.need(&map, "else", "else: purchase").and_then(|entry| unnamed_kind(reader, entry));
    let (column, matches) = when?;
    Some(Kinds::When { column, matches, then: then?, otherwise: otherwise? })
}

fn kind(reader: &mut Reader<'_>, entry: &Entry) -> Option<EventKind> {
    let text = reader.text(&entry.value, &format!("`{}`", entry.key))?;
    let found = EventKind::ALL.iter().find(|(word, _)| *word == text).map(|(_, kind)| *kind);
    if found.is_none() {
        let known = words(EventKind::ALL);
        let mut problem = unknown_choice(text, entry.value.span, "a kind of event", &known);
        // `Purchase`, `AddToCart` and `add to cart` are how others write it.
        let plain = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        let same: Vec<&str> = known.iter().copied().filter(|word| plain(word) == plain(text)).collect();
        if !same.is_empty() {
            problem = problem.did_you_mean(entry.value.span, &same, str::to_owned);
        } else if text == "custom" {
            problem = problem.did_you_mean(entry.value.span, &["event"], str::to_owned);
        }
        reader.report(problem);
    }
    found
}

/// One of two kinds by a test, neither of which has names.
fn unnamed_kind(reader: &mut Reader<'_>, entry: &Entry) -> Option<EventKind> {
    let kind = kind(reader, entry)?;
    if !kind.is_named() {
        return Some(kind);
    }
    let message = format!("events of kind `{}` have names, which a test of kinds cannot give", kind.word());
    reader.report(
        Diagnostic::new(Code::InvalidValue, message)
            .label(entry.value.span, "needs a name")
            .help("write one source for each kind, or test in `name`: `name: { when: …, then: …, else: … }`"),
    );
    None
}

fn name(reader: &mut Reader<'_>, map: &Map<'_>, kinds: &Kinds) -> Option<NameMapping> {
    let kind = match kinds.clone() {
        Kinds::One(kind) if kind.is_named() => kind,
        Kinds::One(kind) => return Some(NameMapping::Constant(EventKey::of(kind))),
        Kinds::When { column, matches, then, otherwise } => {
            let (then, otherwise) = (EventKey::of(then), EventKey::of(otherwise));
            return Some(NameMapping::When { column, matches, then, otherwise });
        }
    };
    let example = if kind == EventKind::Screen { "name: Home" } else { "name: Purchase" };
    reader.need(map, "name", example).and_then(|entry| event_name(reader, entry, kind))
}

/// Whether everything that stands there fits the kind.
fn check(reader: &mut Reader<'_>, map: &Map<'_>, kinds: &Kinds, attributes: Option<&[NamedColumn]>) -> bool {
    let all: &[EventKind] = match kinds {
        Kinds::One(kind) => &[*kind],
        Kinds::When { then, otherwise, .. } => &[*then, *otherwise],
    };
    let problems = [names(map, all), products(map, all), opt_out(map, all, attributes)].concat();
    let fine = problems.is_empty();
    problems.into_iter().for_each(|problem| reader.report(problem));
    fine
}

/// Names and types of events that have none.
fn names(map: &Map<'_>, all: &[EventKind]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let (Some(entry), Some(kind)) = (map.get("name"), all.iter().find(|kind| !kind.is_named())) {
        let message = format!("events of kind `{}` have no names", kind.word());
        let problem = Diagnostic::new(Code::NameOfUnnamedKind, message).label(entry.key_span, "names nothing");
        let problem = match map.entry("kind") {
            Some(kind) => problem.label(kind.key_span, "the kind"),
            None => problem,
        };
        found.push(problem.help("remove `name`"));
    }
    if let (Some(entry), Some(kind)) = (map.get("type"), all.iter().find(|kind| **kind != EventKind::Custom)) {
        let message = format!("events of kind `{}` have no custom type", kind.word());
        let problem = Diagnostic::new(Code::NameOfUnnamedKind, message).label(entry.key_span, "says nothing of them");
        found.push(problem.help("remove `type`: it tells custom events apart, those of kind `event`"));
    }
    found
}

/// Actions and products of events that have none, and groups of nothing.
fn products(map: &Map<'_>, all: &[EventKind]) -> Vec<Diagnostic> {
    if let Some(kind) = all.iter().find(|kind| !kind.is_commerce()) {
        let message = format!("events of kind `{}` have no products and no action", kind.word());
        let there = ["action", "product", "group"].into_iter().filter_map(|key| map.get(key));
        let problem = |entry: &Entry| {
            let problem = Diagnostic::new(Code::ProductOutsideCommerce, message.clone());
            problem
                .label(entry.key_span, "for commerce events")
                .help("write `kind: purchase`, or another commerce kind; columns of other events go under `attributes`")
        };
        return there.map(problem).collect();
    }
    let (Some(group), None) = (map.get("group"), map.get("product")) else { return Vec::new() };
    let message = "`group` makes rows one event, and they bring no products";
    let problem = Diagnostic::new(Code::GroupWithoutProduct, message)
        .label(group.key_span, "each row would be lost but the first")
        .help("write `product: { id: StockCode, price: UnitPrice }`, or `id` where a row is an event");
    vec![problem]
}

/// Opt-outs that do not say whether they are.
fn opt_out(map: &Map<'_>, all: &[EventKind], attributes: Option<&[NamedColumn]>) -> Vec<Diagnostic> {
    let names: Vec<&str> = attributes.into_iter().flatten().map(|each| each.name.as_str()).collect();
    let answers = attributes.is_none() || names.contains(&IS_OPTED_OUT);
    let (true, false, Some(kind)) = (all.contains(&EventKind::OptOut), answers, map.entry("kind")) else {
        return Vec::new();
    };
    let near = nearest(IS_OPTED_OUT, names).first().map(|near| format!(", not `{near}`")).unwrap_or_default();
    let message = format!("an opt-out says `{IS_OPTED_OUT}`{near}");
    let problem = Diagnostic::new(Code::OptOutWithoutAnswer, message)
        .label(kind.value.span, "no column says whether the user is out")
        .help(format!("write `attributes: {{ {IS_OPTED_OUT}: COLUMN }}`; the column says `true` or `false`"));
    vec![problem]
}

fn id(reader: &mut Reader<'_>, map: &Map<'_>) -> Option<EventId> {
    if let (Some(id), Some(group)) = (map.get("id"), map.get("group")) {
        reader.report(
            Diagnostic::new(Code::ConflictingKeys, "`event` has both `id` and `group`")
                .label(group.key_span, "rows with one value are one event")
                .label(id.key_span, "of rows with one value the first counts")
                .help("keep `group` where a row is a product, `id` where it is an event"),
        );
        return None;
    }
    let column = |reader: &mut Reader<'_>, key: &str| {
        flat(map.get(key).map(|entry| reader.text(&entry.value, &format!("`{key}`")).map(str::to_owned)))
    };
    let (id, group) = (column(reader, "id")?, column(reader, "group")?);
    Some(id.map(EventId::Column).or(group.map(EventId::Group)).unwrap_or(EventId::None))
}

/// A constant, `{ column: … }`, or `{ when: { COLUMN: { matches: … } }, then: …, else: … }`.
fn event_name(reader: &mut Reader<'_>, entry: &Entry, kind: EventKind) -> Option<NameMapping> {
    let key = |name: &str| EventKey { kind, name: name.into() };
    if !matches!(entry.value.value, Value::Map(_)) {
        let text = reader.text(&entry.value, "`name`")?;
        return Some(NameMapping::Constant(key(text)));
    }
    let map = reader.map(&entry.value, entry.key_span, "`name`", &["column", "when", "then", "else"])?;
    if let Some(column) = map.entry("column") {
        if let Some(when) = map.entry("when") {
            reader.report(
                Diagnostic::new(Code::ConflictingKeys, "`name` has both `column` and `when`")
                    .label(when.key_span, "one of two names, by a test")
                    .label(column.key_span, "the name that a column says")
                    .help("keep one of them"),
            );
        }
        return Some(NameMapping::Column(kind, reader.text(&column.value, "`column`")?.to_owned()));
    }
    let when = reader.need(&map, "when", "when: { InvoiceNo: { matches: \"C*\" } }").and_then(|it| when(reader, it));
    let then = reader.need(&map, "then", "then: Refund").and_then(|entry| reader.text(&entry.value, "`then`"));
    let otherwise = reader.need(&map, "else", "else: Purchase").and_then(|entry| reader.text(&entry.value, "`else`"));
    let (column, matches) = when?;
    Some(NameMapping::When { column, matches, then: key(then?), otherwise: key(otherwise?) })
}

/// The column that is tested and the wildcard that it must match.
fn when(reader: &mut Reader<'_>, entry: &Entry) -> Option<(String, String)> {
    let map = reader.any_map(&entry.value, entry.key_span, "`when`")?;
    let [test] = map.entries else {
        let (place, label) = match map.entries.get(1) {
            Some(second) => (second.key_span, "a second one"),
            None => (entry.key_span, "names no column"),
        };
        reader.report(
            Diagnostic::new(Code::InvalidValue, "`when` tests one column")
                .label(place, label)
                .help("write, for example, `when: { InvoiceNo: { matches: \"C*\" } }`"),
        );
        return None;
    };
    let what = format!("the test of column `{}`", test.key);
    let inner = reader.map(&test.value, test.key_span, what, &["matches"])?;
    let matches = reader.need(&inner, "matches", "matches: \"C*\"")?;
    Some((test.key.clone(), reader.text(&matches.value, "`matches`")?.to_owned()))
}

/// A column, or `{ column: …, format: …, zone: … }`.
pub(super) fn time(reader: &mut Reader<'_>, entry: &Entry) -> Option<TimeMapping> {
    let what = format!("`{}`", entry.key);
    let utc = value::offset("UTC").ok()?;
    if !matches!(entry.value.value, Value::Map(_)) {
        let column = reader.text(&entry.value, &what)?.to_owned();
        return Some(TimeMapping { column, format: None, offset: utc });
    }
    let map = reader.map(&entry.value, entry.key_span, what, &["column", "format", "zone"])?;
    let column = reader.need(&map, "column", "column: timestamp");
    let column = column.and_then(|entry| reader.text(&entry.value, "`column`"));
    let format = map
        .get("format")
        .map(|entry| text_value(reader, &entry.value, "`format`", value::time_format).map(str::to_owned));
    let offset = map.get("zone").map(|entry| text_value(reader, &entry.value, "`zone`", value::offset));
    Some(TimeMapping { column: column?.to_owned(), format: flat(format)?, offset: offset.unwrap_or(Some(utc))? })
}
