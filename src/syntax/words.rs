//! The rules of the grammar in the words of the language.
//!
//! In: rules that were tried. Out: what to call them, and which words a misspelt one may have been.

use super::grammar::Rule;

/// The expected things as people read them, at most a handful, and the words behind a kind of thing.
pub(super) fn listed(rules: &[Rule]) -> (String, Option<String>) {
    const MOST: usize = 6;
    let (mut things, mut words): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut kinds: Vec<(&'static KindOfWord, Option<&'static str>)> = Vec::new();
    let place = place(rules);
    if let Some(kind) = place {
        kinds.push((kind, None));
    }
    for rule in rules {
        match meaning(*rule) {
            Meaning::Hidden => {}
            Meaning::Thing(thing) => things.push(thing.to_owned()),
            Meaning::Kind(kind) => add_kind(&mut kinds, kind, None),
            Meaning::Word(word) if place.is_some_and(|place| place.has(word)) => {}
            Meaning::Word(word) => match KINDS.iter().find(|kind| kind.has(word)) {
                Some(kind) => add_kind(&mut kinds, kind, Some(word)),
                None => words.push(format!("`{word}`")),
            },
        }
    }
    let mut help = None;
    for (kind, only) in &kinds {
        match only {
            Some(word) => words.push(format!("`{word}`")),
            None => {
                things.push(kind.name.to_owned());
                help = Some(kind.help());
            }
        }
    }
    things.append(&mut words);
    let mut seen = Vec::new();
    things.retain(|thing| {
        !seen.contains(thing) && {
            seen.push(thing.clone());
            true
        }
    });
    if things.len() > MOST {
        things.truncate(MOST - 1);
        things.push("something else".to_owned());
        help = None;
    }
    (join(&things, "or"), help.filter(|_| kinds.len() == 1))
}

/// Notes a kind: by its single word, or by its name where several of its words are expected.
fn add_kind(
    kinds: &mut Vec<(&'static KindOfWord, Option<&'static str>)>,
    kind: &'static KindOfWord,
    word: Option<&'static str>,
) {
    match kinds.iter_mut().find(|(other, _)| other.name == kind.name) {
        Some((_, only)) => *only = only.filter(|only| Some(*only) == word),
        None => kinds.push((kind, word)),
    }
}

fn enumerate(words: &[&str], last: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    join(&words, last)
}

fn join(things: &[String], last: &str) -> String {
    match things {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

/// Words of one kind, which a message names together.
struct KindOfWord {
    name: &'static str,
    introduction: &'static str,
    /// The words that a message lists.
    words: &'static [&'static str],
    /// Further words, which it sums up.
    more: &'static [&'static str],
    /// How it sums them up.
    ending: &'static str,
}

impl KindOfWord {
    const fn new(name: &'static str, introduction: &'static str, words: &'static [&'static str]) -> Self {
        Self { name, introduction, words, more: &[], ending: "" }
    }

    const fn and_more(self, more: &'static [&'static str], ending: &'static str) -> Self {
        Self { more, ending, ..self }
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(&word) || self.more.contains(&word)
    }

    fn all(&self) -> impl Iterator<Item = &'static str> {
        self.words.iter().chain(self.more).copied()
    }

    fn help(&self) -> String {
        match self.ending {
            "" => format!("{} {}", self.introduction, enumerate(self.words, "and")),
            ending => format!("{} {}, {ending}", self.introduction, enumerate(self.words, ",").replace(" , ", ", ")),
        }
    }
}

/// The words that begin a field of an audience.
pub(super) const FIELDS: &[&str] = &[
    "workspace",
    "workspaces",
    "inputs",
    "tags",
    "external_name",
    "status",
    "access",
    "protect",
    "standard",
    "match",
    "split",
    "connect",
];
/// The words of events that have no names.
const UNNAMED: &[&str] = &[
    "refund",
    "add_to_cart",
    "remove_from_cart",
    "checkout",
    "checkout_option",
    "click",
    "view_detail",
    "add_to_wishlist",
    "remove_from_wishlist",
    "promotion_view",
    "promotion_click",
    "impression",
    "crash",
    "install",
    "uninstall",
    "upgrade",
];
const ITEM: KindOfWord = KindOfWord::new(
    "an item",
    "items start with",
    &["version", "defaults", "audience", "criterion", "calculated", "moved", "bulk", "guard", "assert", "test"],
);
const FIELD: KindOfWord = KindOfWord::new("a field of an audience", "the fields are", FIELDS);
const CRITERION: KindOfWord = KindOfWord::new(
    "a criterion",
    "criteria start with",
    &[
        "everyone",
        "user",
        "event",
        "audience",
        "criterion",
        "calculated",
        "identity",
        "consent",
        "device",
        "location",
        "attribution",
        "first",
        "last",
        "latest",
        "screen",
        "session",
        "purchase",
        "cart",
        "item",
        "not",
    ],
)
.and_more(
    &[
        "refund",
        "add_to_cart",
        "remove_from_cart",
        "checkout",
        "checkout_option",
        "click",
        "view_detail",
        "add_to_wishlist",
        "remove_from_wishlist",
        "promotion_view",
        "promotion_click",
        "impression",
        "crash",
        "install",
        "uninstall",
        "upgrade",
        "count",
        "sum",
        "average",
        "minimum",
        "maximum",
        "unique",
        "most",
    ],
    "with other events such as `add_to_cart`, and with calculations such as `sum of`",
);
const EVENT: KindOfWord =
    KindOfWord::new("an event", "events are", &["event", "screen", "purchase", "session", "item"])
        .and_more(UNNAMED, "and other kinds such as `add_to_cart` and `install`");
const CALCULATION: KindOfWord = KindOfWord::new(
    "a calculation",
    "calculations start with",
    &["count", "sum", "average", "minimum", "maximum", "unique", "most", "first", "latest"],
);
const FACT: KindOfWord = KindOfWord::new(
    "a fact",
    "facts start with",
    &[
        "mpid",
        "first",
        "identity",
        "attribute",
        "no",
        "calculated",
        "consent",
        "device",
        "location",
        "attribution",
        "event",
        "screen",
        "purchase",
        "session",
    ],
)
.and_more(UNNAMED, "and with other events such as `add_to_cart`");
const KNOWN: KindOfWord = KindOfWord::new(
    "a fact",
    "facts behind `has` start with",
    &["identity", "attribute", "no", "calculated", "consent", "device", "location", "attribution"],
);
const LIMIT: KindOfWord = KindOfWord::new("a limit", "limits start with", &["drops", "adds", "size"]);
const OPERATOR: KindOfWord = KindOfWord::new(
    "an operator",
    "operators are `=`, `!=`, `<`, `<=`, `>`, `>=`,",
    &["is", "contains", "starts", "ends", "matches", "includes", "partially", "does", "exists"],
);
const COUNT: KindOfWord = KindOfWord::new("a count", "counts start with", &["at", "fewer", "exactly", "never"]);
const TIME: KindOfWord =
    KindOfWord::new("a time", "times start with", &["within", "between", "more", "before", "after", "on"]);
const UNIT: KindOfWord =
    KindOfWord::new("a unit of time", "units are", &["seconds", "minutes", "hours", "days", "weeks"]);

/// The kinds that a word is taken for wherever it is expected: the first one that lists it.
static KINDS: [KindOfWord; 4] = [OPERATOR, COUNT, TIME, UNIT];
/// The kinds that are expected as a whole, where the rule is; their words mean other things elsewhere.
static PLACES: [(&[Rule], KindOfWord); 8] = [
    (&[Rule::kw_version], ITEM),
    (&[Rule::workspaces], FIELD),
    (&[Rule::body, Rule::term, Rule::exclusion], CRITERION),
    (&[Rule::kw_mpid], FACT),
    (&[Rule::kw_no], KNOWN),
    (&[Rule::limit], LIMIT),
    (&[Rule::what], EVENT),
    (&[Rule::calculation], CALCULATION),
];

/// The kind that is expected as a whole, if one is.
fn place(rules: &[Rule]) -> Option<&'static KindOfWord> {
    PLACES.iter().find(|(anchors, _)| anchors.iter().any(|anchor| rules.contains(anchor))).map(|(_, kind)| kind)
}

/// Whether a criterion starts with a word.
pub(super) fn starts_criterion(word: &str) -> bool {
    CRITERION.has(word)
}

/// What a rule means to the author.
enum Meaning {
    /// A spelling that is read but not offered.
    Hidden,
    /// A word of the language.
    Word(&'static str),
    /// Something else.
    Thing(&'static str),
    /// One of several words.
    Kind(&'static KindOfWord),
}

fn meaning(rule: Rule) -> Meaning {
    let [operator, count, time, unit] = &KINDS;
    if let Some((_, word)) = WORDS.iter().find(|(each, _)| *each == rule) {
        return Meaning::Word(word);
    }
    match rule {
        Rule::name | Rule::input | Rule::input_list | Rule::label | Rule::audience_ref => Meaning::Thing("a name"),
        Rule::string | Rule::text_list => Meaning::Thing("a text in quotes"),
        Rule::number | Rule::quantity | Rule::point => Meaning::Thing("a number"),
        Rule::date => Meaning::Thing("a date such as `2018-09-09`"),
        Rule::step_when => Meaning::Thing("an instant, or a time such as `+7 days`"),
        Rule::place => Meaning::Thing("a city such as `\"Paris, FR\"`, or degrees such as `48.85, 2.35`"),
        Rule::open | Rule::pairs => Meaning::Thing("`{`"),
        Rule::close => Meaning::Thing("`}`"),
        Rule::open_paren => Meaning::Thing("`(`"),
        Rule::close_paren => Meaning::Thing("`)`"),
        Rule::open_bracket | Rule::literal_list | Rule::name_list => Meaning::Thing("`[`"),
        Rule::close_bracket => Meaning::Thing("`]`"),
        Rule::comma => Meaning::Thing("`,`"),
        Rule::percent => Meaning::Thing("`%`"),
        Rule::condition | Rule::condition_term | Rule::condition_body | Rule::conditions => {
            Meaning::Thing("a condition such as `\"price\" > 20`")
        }
        Rule::exists | Rule::boolean | Rule::comparison | Rule::equals | Rule::unequal | Rule::less | Rule::greater => {
            Meaning::Kind(operator)
        }
        Rule::is | Rule::is_not | Rule::at_most_symbol | Rule::at_least_symbol => Meaning::Kind(operator),
        Rule::unit => Meaning::Kind(unit),
        Rule::at_least | Rule::between_times => Meaning::Kind(count),
        Rule::within_last => Meaning::Kind(time),
        Rule::workspaces => Meaning::Word("workspaces"),
        Rule::seen => Meaning::Word("first"),
        Rule::step => Meaning::Word("then"),
        _ => Meaning::Hidden,
    }
}

/// The words that a misspelt word may have been.
pub(super) fn candidates(rules: &[Rule]) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Vec::new();
    for (_, kind) in PLACES.iter().filter(|(anchors, _)| anchors.iter().any(|anchor| rules.contains(anchor))) {
        words.extend(kind.all());
    }
    for rule in rules {
        match (rule, meaning(*rule)) {
            (Rule::seen, _) => words.extend(["first", "last"]),
            (Rule::exists, _) => words.extend(["exists", "does"]),
            (Rule::workspaces, _) => words.extend(["workspace", "workspaces"]),
            (_, Meaning::Word(word)) => words.push(word),
            (_, Meaning::Kind(kind)) => words.extend(kind.all()),
            _ => {}
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}

macro_rules! words {
    ($($rule:ident $word:literal,)*) => {
        /// The rules of single words.
        const WORDS: &[(Rule, &str)] = &[$((Rule::$rule, $word),)*];
    };
}

words! {
    kw_version "version", kw_defaults "defaults", kw_audience "audience", kw_criterion "criterion", kw_moved "moved",
    kw_to "to", kw_workspace "workspace", kw_workspaces "workspaces", kw_inputs "inputs", kw_tags "tags",
    kw_external_name "external_name", kw_status "status", kw_draft "draft", kw_active "active", kw_access "access",
    kw_private "private", kw_view_only "view_only", kw_usable "usable", kw_protect "protect", kw_true "true",
    kw_false "false", kw_match "match", kw_split "split", kw_salt "salt", kw_variant "variant", kw_connect "connect",
    kw_sending "sending", kw_inactive "inactive", kw_share "share", kw_with "with", kw_and "and", kw_or "or",
    kw_exclude "exclude", kw_not "not", kw_everyone "everyone", kw_user "user", kw_list "list", kw_first "first",
    kw_last "last", kw_seen "seen", kw_identity "identity", kw_event "event", kw_type "type", kw_where "where",
    kw_in "in", kw_product "product", kw_action "action", kw_is "is", kw_empty "empty", kw_exists "exists",
    kw_does "does", kw_exist "exist", kw_between "between", kw_contains "contains", kw_contain "contain",
    kw_starts "starts", kw_start "start", kw_ends "ends", kw_end "end", kw_matches "matches", kw_match_op "match",
    kw_includes "includes", kw_include "include", kw_partially "partially", kw_at "at", kw_least "least",
    kw_most "most", kw_more "more", kw_fewer "fewer", kw_than "than", kw_exactly "exactly", kw_never "never",
    kw_calculated "calculated", kw_consent "consent", kw_granted "granted", kw_rejected "rejected",
    kw_present "present", kw_device "device", kw_location "location", kw_of "of", kw_km "km", kw_mi "mi",
    kw_attribution "attribution", kw_install "install", kw_uninstall "uninstall", kw_screen "screen", kw_item "item",
    kw_then "then", kw_without "without", kw_latest "latest", kw_cart "cart", kw_abandoned "abandoned", kw_for "for",
    kw_count "count", kw_sum "sum", kw_average "average", kw_minimum "minimum", kw_maximum "maximum",
    kw_unique "unique", kw_frequent "frequent", kw_time "time", kw_over "over", kw_bulk "bulk", kw_guard "guard",
    kw_assert "assert", kw_drops "drops", kw_adds "adds", kw_size "size", kw_disjoint "disjoint", kw_inside "inside",
    kw_standard "standard", kw_all "all", kw_test "test", kw_now "now", kw_from "from", kw_expect "expect",
    kw_members "members", kw_are "are", kw_has "has", kw_mpid "mpid", kw_no "no", kw_attribute "attribute",
    kw_null "null", kw_id "id", kw_point "point",
    kw_times "times", kw_within "within", kw_ago "ago", kw_before "before", kw_after "after", kw_on "on",
}

/// Whether a word is one of the language's.
pub(super) fn is_keyword(word: &str) -> bool {
    WORDS.iter().any(|(_, each)| *each == word)
}
