//! The rules of the grammar in the words of the language.
//!
//! In: rules that were tried. Out: what to call them, and which words a misspelt one may have been.

use super::grammar::Rule;

/// The expected things as people read them, at most a handful, and the words behind a kind of thing.
pub(super) fn listed(rules: &[Rule]) -> (String, Option<String>) {
    const MOST: usize = 6;
    let (mut things, mut words): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut kinds: Vec<(&'static KindOfWord, Option<&'static str>)> = Vec::new();
    for rule in rules {
        match meaning(*rule) {
            Meaning::Hidden => {}
            Meaning::Thing(thing) => things.push(thing.to_owned()),
            Meaning::Kind(kind) => add_kind(&mut kinds, kind, None),
            Meaning::Word(word) => match KINDS.iter().find(|kind| kind.words.contains(&word)) {
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
                help = Some(format!("{} {}", kind.introduction, enumerate(kind.words, "and")));
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
    words: &'static [&'static str],
}

/// The words that criteria start with.
pub(super) const CRITERION: &[&str] =
    &["everyone", "user", "event", "audience", "criterion", "identity", "first", "last", "not"];

const ITEM: KindOfWord = KindOfWord {
    name: "an item",
    introduction: "items start with",
    words: &["version", "defaults", "audience", "criterion", "calculated", "moved", "bulk", "guard", "assert", "test"],
};
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
const FIELD: KindOfWord = KindOfWord { name: "a field of an audience", introduction: "the fields are", words: FIELDS };
const CRITERIA: KindOfWord = KindOfWord { name: "a criterion", introduction: "criteria start with", words: CRITERION };
const OPERATOR: KindOfWord = KindOfWord {
    name: "an operator",
    introduction: "operators are `=`, `!=`, `<`, `<=`, `>`, `>=`,",
    words: &["is", "contains", "starts", "ends", "matches", "includes", "partially", "does", "exists"],
};
const COUNT: KindOfWord =
    KindOfWord { name: "a count", introduction: "counts start with", words: &["at", "fewer", "exactly", "never"] };
const TIME: KindOfWord = KindOfWord {
    name: "a time",
    introduction: "times start with",
    words: &["within", "between", "more", "before", "after", "on"],
};
const UNIT: KindOfWord = KindOfWord {
    name: "a unit of time",
    introduction: "units are",
    words: &["seconds", "minutes", "hours", "days", "weeks"],
};

/// A kind that a word belongs to is the first one that lists it.
static KINDS: [KindOfWord; 7] = [ITEM, FIELD, CRITERIA, OPERATOR, COUNT, TIME, UNIT];

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
    let [_, _, criteria, operator, count, time, unit] = &KINDS;
    if let Some((_, word)) = WORDS.iter().find(|(each, _)| *each == rule) {
        return Meaning::Word(word);
    }
    match rule {
        Rule::name | Rule::input | Rule::input_list | Rule::label => Meaning::Thing("a name"),
        Rule::string | Rule::text_list => Meaning::Thing("a text in quotes"),
        Rule::number | Rule::quantity => Meaning::Thing("a number"),
        Rule::date => Meaning::Thing("a date such as `2018-09-09`"),
        Rule::open => Meaning::Thing("`{`"),
        Rule::close => Meaning::Thing("`}`"),
        Rule::open_paren => Meaning::Thing("`(`"),
        Rule::close_paren => Meaning::Thing("`)`"),
        Rule::open_bracket | Rule::literal_list => Meaning::Thing("`[`"),
        Rule::close_bracket => Meaning::Thing("`]`"),
        Rule::comma => Meaning::Thing("`,`"),
        Rule::percent => Meaning::Thing("`%`"),
        Rule::condition | Rule::condition_term | Rule::condition_body | Rule::conditions => {
            Meaning::Thing("a condition such as `\"price\" > 20`")
        }
        Rule::qualifier => Meaning::Hidden,
        Rule::body | Rule::term | Rule::seen | Rule::exclusion => Meaning::Kind(criteria),
        Rule::exists | Rule::boolean | Rule::comparison | Rule::equals | Rule::unequal | Rule::less | Rule::greater => {
            Meaning::Kind(operator)
        }
        Rule::is | Rule::is_not | Rule::at_most_symbol | Rule::at_least_symbol => Meaning::Kind(operator),
        Rule::unit => Meaning::Kind(unit),
        Rule::at_least | Rule::between_times => Meaning::Kind(count),
        Rule::within_last => Meaning::Kind(time),
        Rule::workspaces => Meaning::Word("workspaces"),
        Rule::version | Rule::audience | Rule::defaults => Meaning::Thing("an item"),
        _ => Meaning::Hidden,
    }
}

/// The words that a misspelt word may have been.
pub(super) fn candidates(rules: &[Rule]) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Vec::new();
    for rule in rules {
        match (rule, meaning(*rule)) {
            (Rule::seen, _) => words.extend(["first", "last"]),
            (Rule::exists, _) => words.extend(["exists", "does"]),
            (Rule::workspaces, _) => words.extend(["workspace", "workspaces"]),
            (Rule::version, _) => words.extend(ITEM.words),
            (_, Meaning::Word(word)) => words.push(word),
            (_, Meaning::Kind(kind)) => words.extend(kind.words),
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
    kw_times "times", kw_within "within", kw_ago "ago", kw_before "before", kw_after "after", kw_on "on",
}

/// Whether a word is one of the language's.
pub(super) fn is_keyword(word: &str) -> bool {
    WORDS.iter().any(|(_, each)| *each == word)
}
