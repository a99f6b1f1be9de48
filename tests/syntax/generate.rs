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

fn filter() -> impl Strategy<Value = Tokens> {
    conditions().prop_map(|conditions| concat(vec![words("where"), conditions]))
}

fn often() -> impl Strategy<Value = Tokens> {
    prop_oneof![
        (some(&["at least", "at most", "more than", "fewer than", "exactly"]), count())
            .prop_map(|(word, n)| concat(vec![word, n, words("times")])),
        some(&["never", "between 2 and 3 times", "exactly 1 time", "exactly 0 times"]),
    ]
}

fn unnamed() -> impl Strategy<Value = Tokens> {
    some(&["purchase", "add_to_cart", "checkout", "checkout_option", "session", "crash", "install", "upgrade"])
}

/// What an event is, without `item`.
fn what() -> impl Strategy<Value = Tokens> {
    let kind = some(&["type navigation", "type other", "type location"]);
    prop_oneof![
        3 => (some(&["event", "screen"]), text(), optional(kind)).prop_map(|(word, name, kind)| concat(vec![word, name, kind])),
        2 => unnamed(),
    ]
}

/// What an event is, also where products are counted.
fn countable() -> impl Strategy<Value = Tokens> {
    prop_oneof![4 => what(), 1 => some(&["item purchase", "item add_to_cart", "item view_detail"])]
}

fn event() -> impl Strategy<Value = Tokens> {
    (countable(), optional(filter()), optional(often()), optional(time()), optional(scope()))
        .prop_map(|(what, filter, count, time, scope)| concat(vec![what, filter, count, time, scope]))
}

fn quantity() -> impl Strategy<Value = Tokens> {
    (count(), some(&["days", "day", "hours", "week"])).prop_map(|(n, unit)| concat(vec![n, unit]))
}

fn sequence() -> impl Strategy<Value = Tokens> {
    let within = quantity().prop_map(|quantity| concat(vec![words("within"), quantity]));
    let without = (what(), optional(filter())).prop_map(|(what, filter)| concat(vec![words("without"), what, filter]));
    let step = (what(), optional(filter()), optional(within), optional(time()), prop::collection::vec(without, 0..3))
        .prop_map(|(what, filter, within, time, without)| {
            concat(vec![words("then"), what, filter, within, time, concat(without)])
        });
    (what(), optional(filter()), optional(time()), prop::collection::vec(step, 1..4), optional(scope()))
        .prop_map(|(what, filter, time, steps, scope)| concat(vec![what, filter, time, concat(steps), scope]))
}

fn calculation() -> impl Strategy<Value = Tokens> {
    let of = some(&["", "product", "action"]).prop_map(|of| of.into_iter().filter(|word| !word.is_empty()).collect());
    let of: BoxedStrategy<Tokens> = of.boxed();
    let over = (
        some(&[
            "sum of",
            "average of",
            "minimum of",
            "maximum of",
            "unique count of",
            "unique list of",
            "most frequent",
            "first",
            "latest",
        ]),
        of,
        text(),
    )
        .prop_map(|(how, of, name)| concat(vec![how, of, name, words("over")]));
    let head = prop_oneof![3 => over, 1 => some(&["count of", "first time of", "latest time of"])];
    let filter = conditions().prop_map(|conditions| concat(vec![words("where"), grouped(conditions)]));
    (head, countable(), optional(filter), optional(time()))
        .prop_map(|(head, what, filter, time)| concat(vec![head, what, filter, time]))
}

/// Criteria of the kinds that are about events in another way than to count them, and about what is known of users.
fn other_kinds() -> BoxedStrategy<Tokens> {
    let picked = (some(&["first", "latest"]), what(), optional(filter()), optional(time()), optional(scope()))
        .prop_map(|(which, what, filter, time, scope)| concat(vec![which, what, filter, time, scope]));
    let abandoned =
        (some(&["cart abandoned for", "item abandoned for"]), quantity(), optional(filter()), optional(scope()))
            .prop_map(|(what, wait, filter, scope)| concat(vec![what, wait, filter, scope]));
    let aggregate =
        (calculation(), test(), optional(scope())).prop_map(|(value, test, scope)| concat(vec![value, test, scope]));
    let consent = (text(), some(&["is granted", "is rejected", "is not present"]), optional(scope()))
        .prop_map(|(purpose, state, scope)| concat(vec![words("consent gdpr"), purpose, state, scope]));
    let field =
        (some(&["device os", "device type", "location city", "location within_"]), plain_test(), optional(scope()))
            .prop_map(|(field, test, scope)| concat(vec![field, test, scope]));
    let place = prop_oneof![text(), (number(), number()).prop_map(|(a, b)| concat(vec![a, words(","), b]))];
    let near =
        (number(), some(&["km of", "mi of"]), place, optional(scope())).prop_map(|(distance, unit, place, scope)| {
            concat(vec![words("location within"), distance, unit, place, scope])
        });
    let attribution = (some(&["attribution install", "attribution uninstall"]), optional(filter()), optional(scope()))
        .prop_map(|(edge, filter, scope)| concat(vec![edge, filter, scope]));
    let calculated = (text(), test(), optional(scope()))
        .prop_map(|(name, test, scope)| concat(vec![words("calculated"), name, test, scope]));
    prop_oneof![
        picked.boxed(),
        abandoned.boxed(),
        aggregate.boxed(),
        consent.boxed(),
        field.boxed(),
        near.boxed(),
        attribution.boxed(),
        calculated.boxed(),
        sequence().boxed(),
    ]
    .boxed()
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
        other_kinds(),
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
            "standard all", "standard between 2025-06-01 and 2025-08-31", "external_name \"e\"", "status draft", "access view_only", "protect true", "connect warehouse",
        ]),
        1 => split,
        1 => connect,
    ]
}

fn value() -> impl Strategy<Value = Tokens> {
    prop_oneof![text(), number(), list(), some(&["true", "false", "null"])]
}

fn pairs() -> impl Strategy<Value = Tokens> {
    let pair = (text(), value()).prop_map(|(name, value)| concat(vec![name, value]));
    prop::collection::vec(pair, 0..4)
        .prop_map(|pairs| concat(vec![words("{"), pairs.join(&",".to_owned()), words("}")]))
}

fn at() -> impl Strategy<Value = Tokens> {
    let when = prop_oneof![moment(), quantity().prop_map(|quantity| concat(vec![quantity, words("ago")]))];
    when.prop_map(|when| concat(vec![words("at"), when]))
}

fn happening() -> impl Strategy<Value = Tokens> {
    let product = pairs().prop_map(|pairs| concat(vec![words("product"), pairs]));
    let parts = (
        optional(some(&["3 times", "1 time"])),
        optional(some(&["in web", "in shop.ios"])),
        optional(text().prop_map(|id| concat(vec![words("id"), id]))),
        optional(at()),
    );
    (what(), optional(pairs()), prop::collection::vec(product, 0..3), parts).prop_map(
        |(what, pairs, products, (times, input, id, at))| {
            concat(vec![what, pairs, concat(products), at, times, input, id])
        },
    )
}

fn known() -> impl Strategy<Value = Tokens> {
    let point = (number(), number()).prop_map(|(a, b)| concat(vec![a, words(","), b])).boxed();
    let field = text().prop_map(|text| concat(vec![words("city"), text])).boxed();
    let block = (optional(point.clone()), field.clone(), field.clone()).prop_map(|(point, a, b)| {
        let point = if point.is_empty() { point } else { concat(vec![words("point"), point]) };
        concat(vec![words("{"), point, a, b, words("}")])
    });
    let place = prop_oneof![point, field, block.boxed()];
    prop_oneof![
        text().prop_map(|text| concat(vec![words("identity email"), text])),
        (text(), value()).prop_map(|(name, value)| concat(vec![words("attribute"), name, value])),
        text().prop_map(|name| concat(vec![words("no attribute"), name])),
        (text(), value()).prop_map(|(name, value)| concat(vec![words("calculated"), name, value])),
        text().prop_map(|purpose| concat(vec![words("consent gdpr"), purpose, words("granted")])),
        text().prop_map(|text| concat(vec![words("device os"), text])),
        (place, optional(at())).prop_map(|(place, at)| concat(vec![words("location"), place, at])),
        optional(pairs()).prop_map(|pairs| concat(vec![words("attribution install"), pairs])),
    ]
}

fn expect() -> impl Strategy<Value = Tokens> {
    let members = || (name(), optional(some(&["/ push"]))).prop_map(|(name, variant)| concat(vec![name, variant]));
    prop_oneof![
        (name(), some(&["in", "not in"]), members()).prop_map(|(user, is, of)| concat(vec![
            words("expect"),
            user,
            is,
            of
        ])),
        (members(), prop::collection::vec(name(), 0..3)).prop_map(|(of, users)| concat(vec![
            words("expect members of"),
            of,
            words("are ["),
            users.join(&",".to_owned()),
            words("]")
        ])),
    ]
}

fn scenario() -> impl Strategy<Value = Tokens> {
    let fact = prop_oneof![some(&["mpid -7", "first seen 2025-01-01", "first seen 3 days ago"]), known(), happening(),];
    let user = (name(), optional(some(&["from bob"])), prop::collection::vec(fact, 0..5))
        .prop_map(|(name, from, facts)| braced(concat(vec![words("user"), name, from]), facts));
    let happens = prop_oneof![
        (name(), known()).prop_map(|(user, fact)| concat(vec![user, words("has"), fact])),
        (name(), happening()).prop_map(|(user, fact)| concat(vec![user, words("does"), fact])),
        expect(),
    ];
    let when = prop_oneof![moment(), quantity().prop_map(|quantity| concat(vec![words("+"), quantity]))];
    let step = (when, prop::collection::vec(happens, 0..4))
        .prop_map(|(when, entries)| braced(concat(vec![words("at"), when]), entries));
    let now = moment().prop_map(|now| concat(vec![words("now"), now]));
    let entry = prop_oneof![1 => now, 3 => user, 2 => step, 2 => expect()];
    (text(), prop::collection::vec(entry, 0..5))
        .prop_map(|(title, entries)| braced(concat(vec![words("test"), title]), entries))
}

fn promise() -> impl Strategy<Value = Tokens> {
    let limit =
        some(&["drops <= 5%", "size between 1000 and 5e4", "adds < 100", "size > 1", "drops between 0% and 5%"]);
    let part = some(&["status inactive", "share \"a\"", "with { folder \"x\" }"]);
    prop_oneof![
        (name(), calculation()).prop_map(|(name, value)| concat(vec![words("calculated"), name, words("="), value])),
        (name(), prop::collection::vec(limit, 0..3))
            .prop_map(|(name, limits)| braced(concat(vec![words("guard"), name]), limits)),
        (name(), optional(part)).prop_map(|(name, part)| {
            braced(concat(vec![words("bulk connect"), name]), vec![words("tags \"a\" , \"b\""), part])
        }),
        (name(), name()).prop_map(|(a, b)| concat(vec![words("assert"), a, words("inside"), b])),
        prop::collection::vec(name(), 2..4)
            .prop_map(|names| { concat(vec![words("assert disjoint ("), names.join(&",".to_owned()), words(")")]) }),
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
        2 => promise(),
        2 => scenario(),
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
        "item",
        "purchase",
        "latest",
        "sum of",
        "over",
        "count of",
        "without",
        "abandoned for",
        "cart",
        "location",
        "within 5 km of",
        "consent gdpr",
        "is granted",
        "test",
        "now",
        "ann",
        "does",
        "has",
        "attribute",
        "expect",
        "members of",
        "at",
        "+7 days",
        "guard",
        "assert",
        "inside",
        "bulk",
        "calculated",
        "/",
    ];
    prop::collection::vec((select(words.to_vec()), select(vec![" ", " ", "", "\n"])), 0..30)
        .prop_map(|words| words.into_iter().map(|(word, gap)| format!("{word}{gap}")).collect())
}
