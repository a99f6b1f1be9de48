//! Random files: valid ones with random layout and comments, and words in no order.

use proptest::prelude::*;
use proptest::sample::select;

type Tokens = Vec<String>;

fn words(text: &str) -> Tokens {
    text.split(' ').map(str::to_owned).collect()
}

fn concat(parts: Vec<Tokens>) -> Tokens {
    parts.concat()
}

fn some(word: &'static [&'static str]) -> impl Strategy<Value = Tokens> {
    select(word).prop_map(words)
}

fn name() -> impl Strategy<Value = Tokens> {
    some(&["a", "vip", "audience", "match", "and_", "x1", "where", "long_name_of_something"])
}

fn text() -> impl Strategy<Value = Tokens> {
    let texts = ["\"a\"", "\"\"", "\"é\\u0041#\"", "\"a\\\\*b\"", "\"{(\\\"\"", "\"quite_a_long_attribute_name\""];
    select(texts.to_vec()).prop_map(|text| vec![text.to_owned()])
}

fn number() -> impl Strategy<Value = Tokens> {
    some(&["0", "5", "-1.5", "+2e3", "1000000"])
}

fn count() -> impl Strategy<Value = Tokens> {
    some(&["1", "2", "30"])
}

fn list() -> impl Strategy<Value = Tokens> {
    prop::collection::vec(prop_oneof![text(), number()], 0..3).prop_map(|values| {
        let inside = values.join(&",".to_owned());
        concat(vec![words("["), inside, words("]")])
    })
}

fn moment() -> impl Strategy<Value = Tokens> {
    some(&["2018-09-09", "2024-02-29", "2018-09-09T13:00:00Z", "2018-09-09T13:00:00.5+02:00"])
}

fn time() -> impl Strategy<Value = Tokens> {
    let unit = || some(&["days", "day", "hours", "week", "seconds", "minutes"]);
    prop_oneof![
        (count(), unit()).prop_map(|(n, unit)| concat(vec![words("within last"), n, unit])),
        (count(), unit()).prop_map(|(n, unit)| concat(vec![words("more than"), n, unit, words("ago")])),
        (count(), count(), unit()).prop_map(|(a, b, unit)| concat(vec![
            words("between"),
            a,
            words("and"),
            b,
            unit,
            words("ago")
        ])),
        (some(&["before", "after", "on"]), moment()).prop_map(|(word, at)| concat(vec![word, at])),
        (moment(), moment()).prop_map(|(a, b)| concat(vec![words("between"), a, words("and"), b])),
    ]
}

fn plain_test() -> impl Strategy<Value = Tokens> {
    let on_text = &[
        "is",
        "is not",
        "contains",
        "does not contain",
        "starts with",
        "does not start with",
        "ends with",
        "does not end with",
        "matches",
        "does not match",
        "includes",
        "does not include",
        "partially matches",
        "does not partially match",
    ];
    prop_oneof![
        (some(on_text), text()).prop_map(|(operator, value)| concat(vec![operator, value])),
        (some(&["=", "!=", "<", "<=", ">", ">="]), number())
            .prop_map(|(operator, value)| concat(vec![operator, value])),
        (some(&["is in", "is not in"]), list()).prop_map(|(operator, values)| concat(vec![operator, values])),
        (number(), number()).prop_map(|(a, b)| concat(vec![words("between"), a, words("and"), b])),
        some(&["is true", "is false", "is empty", "is not empty", "exists", "does not exist"]),
    ]
}

fn test() -> impl Strategy<Value = Tokens> {
    prop_oneof![4 => plain_test(), 1 => time()]
}

fn scope() -> impl Strategy<Value = Tokens> {
    some(&["in shop", "in shop.web , ios", "in a"])
}

fn optional(part: impl Strategy<Value = Tokens>) -> impl Strategy<Value = Tokens> {
    prop::option::of(part).prop_map(Option::unwrap_or_default)
}

/// Entries joined by one joiner.
fn joined(entries: Vec<Tokens>, and: bool) -> Tokens {
    entries.join(&(if and { "and" } else { "or" }).to_owned())
}

fn grouped(inside: Tokens) -> Tokens {
    concat(vec![words("("), inside, words(")")])
}

fn conditions() -> impl Strategy<Value = Tokens> {
    let condition = (some(&["", "product", "action"]), text(), test()).prop_map(|(of, name, test)| {
        concat(vec![of.into_iter().filter(|word| !word.is_empty()).collect(), name, test])
    });
    let group = condition.prop_recursive(3, 8, 3, |inner| {
        (prop::collection::vec(inner, 1..4), any::<bool>(), any::<bool>()).prop_map(|(entries, and, not)| {
            let group = grouped(joined(entries, and));
            if not { concat(vec![words("not"), group]) } else { group }
        })
    });
    let bare = (text(), plain_test()).prop_map(|(name, test)| concat(vec![name, test]));
    prop_oneof![group.prop_map(grouped), bare]
}

fn event() -> impl Strategy<Value = Tokens> {
    let filter = conditions().prop_map(|conditions| concat(vec![words("where"), conditions]));
    let often = prop_oneof![
        (some(&["at least", "at most", "more than", "fewer than", "exactly"]), count())
            .prop_map(|(word, n)| concat(vec![word, n, words("times")])),
        some(&["never", "between 2 and 3 times", "exactly 1 time"]),
    ];
    let kind = some(&["type navigation", "type other"]);
    (text(), optional(kind), optional(filter), optional(often), optional(time()), optional(scope())).prop_map(
        |(name, kind, filter, count, time, scope)| concat(vec![words("event"), name, kind, filter, count, time, scope]),
    )
}

fn criterion() -> BoxedStrategy<Tokens> {
    let leaf = prop_oneof![
        Just(words("everyone")),
        (some(&["audience", "criterion"]), name()).prop_map(|(kind, name)| concat(vec![kind, name])),
        (some(&["user", "user list"]), text(), test(), optional(scope()))
            .prop_map(|(kind, name, test, scope)| concat(vec![kind, name, test, scope])),
        (some(&["first seen", "last seen"]), time(), optional(scope()))
            .prop_map(|(kind, time, scope)| concat(vec![kind, time, scope])),
        (name(), plain_test(), optional(scope())).prop_map(|(name, test, scope)| concat(vec![
            words("identity"),
            name,
            test,
            scope
        ])),
        event(),
    ];
    let prefixed = |inner: BoxedStrategy<Tokens>| {
        (some(&["", "not", "not not", "x:", "not and:"]), inner)
            .prop_map(|(prefix, of)| concat(vec![prefix.into_iter().filter(|word| !word.is_empty()).collect(), of]))
            .boxed()
    };
    let nested = leaf.boxed().prop_recursive(4, 24, 4, move |inner| body(prefixed(inner)).prop_map(grouped));
    prefixed(nested.boxed())
}

fn body(term: BoxedStrategy<Tokens>) -> BoxedStrategy<Tokens> {
    let excludes = prop::collection::vec(term.clone(), 0..3);
    (prop::collection::vec(term, 0..4), excludes, any::<bool>())
        .prop_map(|(mut terms, excludes, and)| {
            if terms.is_empty() && excludes.is_empty() {
                terms.push(words("everyone"));
            }
            let excludes = excludes.into_iter().flat_map(|term| concat(vec![words("exclude"), term]));
            joined(terms, and).into_iter().chain(excludes).collect::<Tokens>()
        })
        .boxed()
}

fn braced(word: Tokens, inside: Vec<Tokens>) -> Tokens {
    concat(vec![word, words("{"), concat(inside), words("}")])
}

fn field() -> impl Strategy<Value = Tokens> {
    let variant = (name(), optional(text()), some(&["10%", "2.5%"]))
        .prop_map(|(name, title, share)| concat(vec![words("variant"), name, title, share]));
    let split = (
        name(),
        optional(text().prop_map(|salt| concat(vec![words("salt"), salt]))),
        prop::collection::vec(variant, 0..3),
    )
        .prop_map(|(name, salt, variants)| braced(concat(vec![words("split"), name]), vec![salt, concat(variants)]));
    let setting = (name(), prop_oneof![text(), number(), list(), some(&["true", "false"])])
        .prop_map(|(key, value)| concat(vec![key, value]));
    let with = prop::collection::vec(setting, 0..4).prop_map(|settings| braced(words("with"), settings));
    let connect = (
        name(),
        optional(some(&["variant v"])),
        optional(some(&["status sending", "status inactive"])),
        optional(with),
    )
        .prop_map(|(name, variant, status, with)| {
            braced(
                concat(vec![words("connect"), name]),
                vec![with, status, variant, words("share"), words("\"a\" , \"b\"")],
            )
        });
    prop_oneof![
        3 => body(criterion()).prop_map(|body| braced(words("match"), vec![body])),
        2 => some(&[
            "workspace shop", "workspaces shop , travel", "inputs ios , shop.web", "tags \"a\" , \"b\"",
            "external_name \"e\"", "status draft", "access view_only", "protect true", "connect warehouse",
        ]),
        1 => split,
        1 => connect,
    ]
}

fn item() -> impl Strategy<Value = Tokens> {
    let fields = || prop::collection::vec(field(), 0..4);
    prop_oneof![
        4 => (name(), optional(text()), fields())
            .prop_map(|(name, title, fields)| braced(concat(vec![words("audience"), name, title]), fields)),
        1 => fields().prop_map(|fields| braced(words("defaults"), fields)),
        2 => (name(), body(criterion()))
            .prop_map(|(name, body)| concat(vec![words("criterion"), name, words("="), body])),
        1 => (name(), name()).prop_map(|(a, b)| concat(vec![words("moved"), a, words("to"), b])),
    ]
}

/// A valid file in a random layout, with comments anywhere.
pub(super) fn file() -> impl Strategy<Value = String> {
    let tokens = prop::collection::vec(item(), 0..4).prop_map(|items| concat(vec![words("version 1"), concat(items)]));
    let gaps = [
        " ",
        " ",
        " ",
        " ",
        "\n",
        "\n",
        "\n\n",
        "  \t",
        " # c\n",
        "\n# own\n",
        "\n\n# one\n# two\n",
        " ## d\n",
        "\r\n",
    ];
    let docs = ["\n## doc\n", "\n## doc\n\n# and\n## more\n"];
    let gaps: Vec<&str> = gaps.into_iter().chain(docs).collect();
    (tokens, prop::collection::vec(select(gaps), 1..60)).prop_map(|(tokens, gaps)| {
        let mut text = String::new();
        for (token, gap) in tokens.iter().zip(gaps.iter().cycle()) {
            text += token;
            text += gap;
        }
        text
    })
}

/// Words and signs of the language in no order.
pub(super) fn word_salad() -> impl Strategy<Value = String> {
    let words = [
        "audience",
        "criterion",
        "match",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "and",
        "or",
        "not",
        "exclude",
        "user",
        "event",
        "\"a\"",
        "\"",
        "'a'",
        "5",
        "-1",
        "2018-09-09",
        "is",
        "=",
        "contains",
        "in",
        "where",
        "within last",
        "7 days",
        "at least",
        "times",
        "between",
        "more than",
        "ago",
        "never",
        "x",
        "x:",
        "\n",
        "#",
        "##",
        ",",
        ".",
        "%",
        "version 1",
        "tags",
        "status",
        "split",
        "connect",
        "with",
        "variant",
        "everyone",
        "first",
        "seen",
        "\\",
        "\u{0}",
        "é",
        "“a”",
        "&&",
        "!",
        "==",
        "7d",
        "a-b",
        "product",
        "in last",
        "once",
        "screen",
        "then",
    ];
    prop::collection::vec((select(words.to_vec()), select(vec![" ", " ", "", "\n"])), 0..30)
        .prop_map(|words| words.into_iter().map(|(word, gap)| format!("{word}{gap}")).collect())
}
