//! Many audiences: a plan with nothing to do evaluates none of them, and an edit those that it reaches.
//!
//! `benches/plan.rs` takes the time that 10,000 take; here they are counted, in a hundred files of ten.

use std::fmt::Write;

use crate::scenarios::imported;
use crate::support::Sandbox;

const FILES: usize = 100;
const NOW: &str = "2026-03-01T12:00:00Z";

/// Ten audiences. The last one nests the first one of the file before.
fn definitions(file: usize, edited: bool) -> String {
    let mut text = "version 1\n".to_owned();
    for at in 0..10 {
        let spend = file + at * 30 + usize::from(edited && at == 0);
        let nested = if at == 9 && file > 0 { format!(" exclude audience a{}_0", file - 1) } else { String::new() };
        writeln!(text, "audience a{file}_{at} {{ match {{ user \"spend\" > {spend}{nested} }} }}").unwrap();
    }
    text
}

fn plan(sandbox: &Sandbox, now: &str) -> serde_json::Value {
    sandbox.aud(&["plan", "--json", "--now", now]).fine().json()
}

fn counted(plan: &serde_json::Value) -> (u64, u64, usize) {
    let evaluation = |key: &str| plan["evaluation"][key].as_u64().unwrap();
    (evaluation("evaluated"), evaluation("reused"), plan["changes"].as_array().unwrap().len())
}

#[test]
fn only_what_an_edit_reaches_is_evaluated() {
    let sandbox = imported();
    let file = |file: usize| format!("audiences/f{file:03}.aud");
    for each in 0..FILES {
        sandbox.write(&file(each), &definitions(each, false));
    }
    assert_eq!(counted(&plan(&sandbox, NOW)), (1000, 0, 1000));
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();
    assert_eq!(counted(&plan(&sandbox, NOW)), (0, 1000, 0), "nothing to do");
    assert_eq!(counted(&plan(&sandbox, "2026-03-01T13:00:00Z")), (0, 1000, 0), "an hour that nobody leaves in");

    // One line: the audience itself and the one that nests it.
    sandbox.write(&file(50), &definitions(50, true));
    let edited = plan(&sandbox, NOW);
    assert_eq!(counted(&edited).0, 2, "{}", edited["evaluation"]);
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();
    assert_eq!(counted(&plan(&sandbox, NOW)), (0, 1000, 0));

    // A name is no question to the data.
    sandbox.write(&file(50), &definitions(50, true).replace("audience a50_3 {", "audience a50_3 \"Another name\" {"));
    let named = plan(&sandbox, NOW);
    assert_eq!(counted(&named), (0, 1000, 1));
}
