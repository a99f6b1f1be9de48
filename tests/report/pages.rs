//! Plans as comments and as pages: nothing that a user wrote does anything in them, they keep to their size, and they can be looked at.
//!
//! `AUD_PAGES=DIR` writes the pages of generated plans into a folder; `.ci/pages` makes pictures of them.

use aud::base::SourceMap;
use aud::ir::{Audience, Connection, Status, VariantName};
use aud::plan::{Allowance, Moves, Plan, Why};
use aud::report::plan as report;
use proptest::prelude::*;

use crate::picture::{HOSTILE, elements, is_clean};
use crate::plan::world::*;

/// Texts that would be Markdown, HTML, a mention, a link or the end of what they stand in.
const MARKED: [&str; 10] = [
    "a | b || \\| c \\\\| d",
    "`code` ``more`` ``` \n```\n</details>",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "@everyone and @org/team, see #12 and GH-7",
    "![picture](https://example.com/x.png) [link](javascript:alert(1))",
    "https://example.com www.example.com mail@example.com",
    "\n\n# Heading\n- list\n\n| a | b |\n|---|---|\n",
    "\u{202e}turned\u{2066} <!-- comment --> --> &lt;b&gt;",
    "*bold* _more_ ~~gone~~ $math$ :smile: \\",
    "| `",
];

/// So many audiences, of every kind of change in turn.
fn world(count: usize, title: impl Fn(usize) -> String) -> World {
    let mut world = World::new();
    world.rows = (1000..6000).collect();
    world.snapshot.mpids = world.rows.iter().copied().map(aud::base::Mpid).collect();
    for at in 0..count {
        let words = ["lapsed_spenders", "vip", "newsletter", "cart_left", "first_order", "app_users", "birthday"];
        let address = format!("{}_{at}", words[at % words.len()]);
        let start = (at * 37 % 2000) as u32;
        let size = [12, 480, 1700, 96, 2600, 733][at % 6] as u32;
        let plain = Audience {
            name: title(at),
            connections: vec![connect(VariantName::Whole, "warehouse")],
            tags: [title(at + 1)].into(),
            ..audience(&address, more_than("lifetime_value", 500.0))
        };
        let edited =
            Audience { criterion: more_than("lifetime_value", 400.0).into(), doc: Some(title(at)), ..plain.clone() };
        let tested = |shares: &[(&str, u8)]| Audience {
            split: Some(split("winback", shares)),
            connections: ["push", "email"].map(|part| connect(variant(part), "warehouse")).into(),
            ..plain.clone()
        };
        let draft = Audience { status: Status::Draft, ..plain.clone() };
        let (before, after) = (start..start + size, start + size / 9..start + size + size / 5);
        world = match at % 8 {
            1 => world.write(plain, after),
            2 => world.deploy(plain, before),
            3 => world.deploy(plain.clone(), before).write(plain, after),
            4 => {
                world.replace.push(name(&address));
                let new = tested(&[("push", 30), ("email", 30)]);
                world.deploy(tested(&[("push", 40), ("email", 40)]), before).write(new, after)
            }
            5 => world.deploy(draft, []).write(plain, after),
            6 => world.deploy(plain, before).write(draft, []),
            7 => {
                let archive = Connection { output: name("archive"), ..plain.connections[0].clone() };
                let elsewhere = Audience { connections: vec![archive], ..plain.clone() };
                world.deploy(plain, before.clone()).write(elsewhere, before)
            }
            _ => world.deploy(plain, before).write(edited, after),
        };
    }
    world
}

fn generated(count: usize, title: impl Fn(usize) -> String) -> Plan {
    use aud::plan::{Check, CheckKind, Found, Verdict};
    let mut plan = world(count, &title).plan();
    for (at, change) in plan.changes.iter_mut().enumerate() {
        let (adds, drops) = (change.people.adds.len(), change.people.drops.len());
        if at % 2 == 0 && adds + drops > 0 && change.before.is_some() && change.after.is_some() {
            let edit = Moves { adds, drops: drops / 2 };
            change.why = Some(Why { edit, time: Moves { adds: 0, drops: drops - drops / 2 }, ..Why::default() });
        }
        change.drift.members = at % 40 == 9;
        if at % 5 == 0 {
            let broken = at % 35 == 0;
            let allowed = Allowance { name: String::new(), reason: title(at) };
            plan.checks.push(Check {
                name: format!("{}.drops", change.address),
                limit: "drops <= 5%".to_owned(),
                kind: CheckKind::Guard,
                found: Found { people: drops, percent: Some(if broken { 11.25 } else { 3.2 }) },
                verdict: match at % 25 {
                    _ if broken => Verdict::Broken,
                    10 => Verdict::Allowed { reason: allowed.reason },
                    _ => Verdict::Holds,
                },
                origin: aud::base::Origin::default(),
            });
        }
    }
    plan
}

fn titles(at: usize) -> String {
    let words = ["Lapsed spenders", "VIP", "Newsletter readers", "Left a full cart", "First order", "Has the app"];
    format!("{} {}", words[at % words.len()], at / words.len() + 1)
}

fn shown(plan: &Plan, suppress_below: Option<u64>) -> report::PlanView {
    report::view(plan, &SourceMap::default(), report::Show { suppress_below, ..report::Show::default() })
}

/// A line without its code spans, as CommonMark reads them.
fn without_code(line: &str) -> String {
    let (mut rest, mut left) = (line, String::new());
    while let Some(start) = rest.find('`') {
        left.push_str(&rest[..start]);
        let fence = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let inside = &rest[start + fence..];
        let mut end = None;
        let mut at = 0;
        while let Some(next) = inside[at..].find('`') {
            let run = inside[at + next..].len() - inside[at + next..].trim_start_matches('`').len();
            if run == fence {
                end = Some(at + next);
                break;
            }
            at += next + run;
        }
        match end {
            Some(end) => rest = &inside[end + fence..],
            None => panic!("a code span without an end: {line}"),
        }
    }
    left + rest
}

/// How many cells a row of a table has, as GitHub splits it: before code spans are seen.
fn cells(line: &str) -> usize {
    let (mut bars, mut chars) = (0, line.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => _ = chars.next(),
            '|' => bars += 1,
            _ => {}
        }
    }
    bars - 1
}

/// Nothing in it does anything but what a plan does.
fn is_safe(markdown: &str) {
    assert!(markdown.starts_with("<!-- aud-plan -->\n"), "{markdown}");
    assert!(is_clean(markdown), "{markdown}");
    let (mut open, mut wide) = (0_i32, 0);
    for line in markdown.lines().skip(1) {
        let mut left = without_code(line);
        for known in ["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"] {
            left = left.replace(known, "");
        }
        open += line.matches("<details>").count() as i32 - without_code(line).matches("</details>").count() as i32;
        assert!((0..=1).contains(&open), "{line}");
        assert!(!left.contains(['<', '@', '#']) || left.starts_with("### Plan"), "{line}");
        assert!(!left.contains("](") && !left.contains("://") && !left.contains("www."), "{line}");
        if let Some(row) = line.strip_prefix('|') {
            let count = cells(&format!("|{row}"));
            assert!(wide == 0 || wide == count, "{line}");
            wide = count;
        } else {
            wide = 0;
        }
    }
    assert_eq!(open, 0, "what opens is closed");
}

#[test]
fn a_comment() {
    let view = shown(&generated(9, titles), None);
    insta::assert_snapshot!(report::markdown(&view, report::COMMENT_LIMIT));
    let nothing = shown(&World::new().plan(), None);
    insta::assert_snapshot!("a_comment_about_nothing", report::markdown(&nothing, report::COMMENT_LIMIT));
}

#[test]
fn a_comment_of_a_large_plan_keeps_to_its_size() {
    let view = shown(&generated(1000, titles), None);
    for most in [report::LEAST_COMMENT, 4_096, report::COMMENT_LIMIT, 10_000_000] {
        let text = report::markdown(&view, most);
        assert!(text.len() <= most, "{} of {most}", text.len());
        assert_eq!(text.contains("more audiences; `aud plan` shows all of them."), most < 100_000, "{most}");
        is_safe(&text);
    }
    let least = report::markdown(&view, report::LEAST_COMMENT);
    insta::assert_snapshot!("a_comment_as_short_as_can_be", least);
}

#[test]
fn names_are_shown_and_do_nothing() {
    let names: Vec<&str> = MARKED.into_iter().chain(HOSTILE).collect();
    for (at, hostile) in names.iter().enumerate() {
        let plan = generated(8, |_| (*hostile).to_owned());
        for suppress_below in [None, Some(50)] {
            let view = shown(&plan, suppress_below);
            is_safe(&report::markdown(&view, report::COMMENT_LIMIT));
            let page = report::html(&view).unwrap();
            assert!(is_clean(&page), "{at}");
            let names = elements(&page);
            assert_eq!(names.iter().filter(|name| *name == "script").count(), 1, "{at}");
            assert!(!names.iter().any(|name| ["img", "link", "iframe", "a", "h3"].contains(&name.as_str())), "{at}");
        }
    }
}

#[test]
fn a_page_needs_nothing_else_and_runs_only_its_own_script() {
    let page = report::html(&shown(&generated(9, titles), None)).unwrap();
    elements(&page);
    let script = page.split_once("<script>").unwrap().1.split_once("</script>").unwrap().0;
    use base64::Engine as _;
    use sha2::Digest as _;
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(script.as_bytes()));
    assert!(page.contains(&format!("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'")));
    assert!(!page.contains("url(") && !page.contains("@import") && !page.contains("href") && !page.contains("onclick"));
    insta::assert_snapshot!("a_page", page);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_safe_and_any_size_is_kept(
        texts in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(MARKED.to_vec()).prop_map(str::to_owned),
                proptest::collection::vec(
                    prop_oneof![any::<char>(), proptest::sample::select("|\\`<>@#![]()*_~&\n\r -".chars().collect::<Vec<_>>())],
                    0..60,
                ).prop_map(String::from_iter),
                "[|`\\\\]{0,30}",
            ],
            1..6,
        ),
        count in 0..24_usize,
        most in report::LEAST_COMMENT..24_000,
    ) {
        let plan = generated(count, |at| texts[at % texts.len()].clone());
        let view = shown(&plan, None);
        let text = report::markdown(&view, most);
        prop_assert!(text.len() <= most, "{} of {most}", text.len());
        is_safe(&text);
        let page = report::html(&view).unwrap();
        elements(&page);
    }
}

/// Writes pages to look at where they are asked for.
#[test]
fn pages_to_look_at() {
    let Some(folder) = std::env::var_os("AUD_PAGES").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: String, text: String| std::fs::write(folder.join(name), text).unwrap();
    for count in [1, 50, 5000] {
        let view = shown(&generated(count, titles), None);
        write(format!("plan-{count}.html"), report::html(&view).unwrap());
        write(format!("plan-{count}.md"), report::markdown(&view, report::COMMENT_LIMIT));
    }
    let hostile: Vec<&str> = MARKED.into_iter().chain(HOSTILE).collect();
    let view = shown(&generated(24, |at| hostile[at % hostile.len()].to_owned()), Some(100));
    write("plan-hostile.html".to_owned(), report::html(&view).unwrap());
    write("plan-hostile.md".to_owned(), report::markdown(&view, report::COMMENT_LIMIT));
}
