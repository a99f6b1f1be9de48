//! M10, what depends on the project file: retentions of another length, and none.

use super::Rule;

/// Ten days of events, and profiles that never die.
const TEN_DAYS: &str = "
version: 1
project: shop
workspaces: { shop: { inputs: { web: { kind: platform } } } }
retention: { events: 10d, profiles: unlimited }
";

/// Everything there ever was.
const UNLIMITED: &str = "
version: 1
project: shop
workspaces: { shop: { inputs: { web: { kind: platform } } } }
retention: { events: unlimited, profiles: unlimited }
";

const DEFINITIONS: &str = r#"
version 1
audience everybody { match { everyone } }
audience visited { match { event "Visit" } }
audience silent { match { event "Visit" never } }
audience early { match { event "Visit" more than 300 days ago } }
"#;

fn passes(yaml: &str, test: &str) {
    let report = Rule::read(yaml, &format!("{DEFINITIONS}{test}")).run();
    assert_eq!((report.passed(), report.failed()), (1, 0), "{:#?}", report.tests);
}

#[test]
fn events_and_profiles_have_retentions_of_their_own() {
    passes(
        TEN_DAYS,
        r#"test "ten days of events" {
          now 2026-03-11T12:00:00Z
          user edge { event "Visit" at 2026-03-01T12:00:00Z }
          user too_old { event "Visit" at 2026-03-01T11:59:59.999Z }
          expect members of visited are [edge]
          expect members of silent are [too_old]
          # Nobody ever leaves.
          at 2036-03-11T12:00:00Z {
            expect members of everybody are [edge, too_old]
            expect members of silent are [edge, too_old]
          }
        }"#,
    );
}

#[test]
fn unlimited_forgets_nothing() {
    passes(
        UNLIMITED,
        r#"test "years later" {
          now 2026-03-01T12:00:00Z
          user ann { event "Visit" at 1999-12-31T23:59:59.999Z }
          user bob { }
          expect members of visited are [ann]
          expect members of early are [ann]
          at 2036-03-11T12:00:00Z {
            expect members of everybody are [ann, bob]
            expect members of visited are [ann]
            expect members of silent are [bob]
          }
        }"#,
    );
}
