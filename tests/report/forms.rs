//! The forms of `aud plan`, asked for as a person asks for them.

use crate::picture::elements;
use crate::support::Sandbox;

const NOW: &str = "2026-03-01T12:00:00Z";

/// A shop with its example audiences applied, and one of them edited.
fn edited() -> Sandbox {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["demo", ".", "--users", "500", "--events", "3000", "--now", NOW]).fine();
    sandbox.edit("audiences/lifecycle.aud", "> 500", "> 100");
    sandbox
}

#[test]
fn each_form_is_asked_for_by_its_flag() {
    let sandbox = edited();
    let plan = |flags: &[&str]| sandbox.aud(&[&["plan", "--now", NOW], flags].concat());
    let markdown = plan(&["--markdown"]).fine().out;
    assert!(
        markdown.starts_with("<!-- aud-plan -->\n### Plan: ") && markdown.contains("`lapsed_spenders`"),
        "{markdown}"
    );
    assert!(plan(&["--markdown", "--max-bytes", "2048"]).fine().out.len() <= 2048);
    let page = plan(&["--html"]).fine().out;
    assert!(elements(&page).contains(&"svg".to_owned()) && page.contains("lapsed_spenders"));
    let steps = plan(&["--explain"]).fine().out;
    assert!(steps.contains("1  lock") && steps.contains("commit") && steps.contains("unlock"), "{steps}");
    let json = plan(&["--explain", "--json"]).fine().json();
    assert_eq!(json["steps"][0]["step"], "lock");
    assert!(plan(&["--json"]).fine().json().get("steps").is_none());
    for wrong in
        [&["--markdown", "--html"][..], &["--explain", "--html"], &["--max-bytes", "9000"], &["--html", "--json"]]
    {
        let _ = plan(wrong).code(1);
    }
    let _ = plan(&["--markdown", "--max-bytes", "100"]).code(1);
    let _ = plan(&["--suppress-below", "2"]).code(1);
}

#[test]
fn small_counts_are_in_no_form() {
    let sandbox = edited();
    let plan =
        |flags: &[&str]| sandbox.aud(&[&["plan", "--now", NOW, "--suppress-below", "400"], flags].concat()).fine();
    let exact = sandbox.aud(&["plan", "--now", NOW, "--json"]).fine().json();
    let adds = &exact["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["address"] == "lapsed_spenders")
        .unwrap()["people"];
    let adds = adds["adds"].as_u64().unwrap();
    assert!((1..400).contains(&adds), "{adds}");
    for form in [&["-v"][..], &["--markdown"], &["--html"], &["--explain"], &["--json"]] {
        let text = plan(form).out;
        assert!(!text.contains(&format!("+{adds} ")) && !text.contains(&format!("+{adds}\n")), "{form:?}: {text}");
        assert!(text.contains("<400") || text.contains("&lt;400"), "{form:?}: {text}");
    }
}

#[test]
fn examples_name_nobody_unless_asked_to() {
    let sandbox = edited();
    let text = sandbox.aud(&["plan", "--now", NOW, "--sample", "3"]).fine().out;
    let examples: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("+ user ")).collect();
    assert!(!examples.is_empty() && examples.len() <= 3 && examples.iter().all(|line| line.contains('…')), "{text}");
    let named = sandbox.aud(&["plan", "--now", NOW, "--sample", "3", "--show-mpids"]).fine().out;
    assert!(named.lines().any(|line| line.trim_start().starts_with("+ user ") && !line.contains('…')), "{named}");
}
