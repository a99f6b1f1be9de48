//! Audiences in plain English: every kind of criterion, every predicate, every count, in files that read as people write.

use std::path::Path;
use std::sync::Arc;

use aud::ir::Model;
use aud::report::describe::{describe, json, text};
use aud::system::OsSystem;
use aud::workbench::{Workbench, WorkbenchError};

/// The definitions of `tests/report/written`.
pub(super) fn written() -> Model {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/written");
    let workbench = Workbench::open(Arc::new(OsSystem), &folder).unwrap();
    workbench.model().unwrap_or_else(|error| match error {
        WorkbenchError::Invalid(checked) => {
            panic!(
                "{}",
                aud::report::diagnostic::human(&checked.diagnostics, &checked.sources, aud::report::Style::PLAIN)
            )
        }
        other => panic!("{other}"),
    })
}

#[test]
fn every_audience_in_words() {
    let model = written();
    let texts = model.audiences.values().map(|audience| text(&describe(audience, &model)));
    insta::assert_snapshot!(texts.collect::<Vec<_>>().join("\n---\n\n"));
}

#[test]
fn the_same_as_json() {
    let model = written();
    insta::assert_snapshot!(format!("{:#}", json(&describe(&model.audiences["lapsed_spenders"], &model))));
}

#[test]
fn what_time_keeps_for_ever_is_said_so() {
    let model = Model { event_retention: None, profile_retention: None, ..written() };
    insta::assert_snapshot!(text(&describe(&model.audiences["windows"], &model)));
}
