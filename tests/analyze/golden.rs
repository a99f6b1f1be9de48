//! What every row of sections 2, 3 and 4 of the language becomes: each file of `ir/` beside its model as JSON.

use std::collections::BTreeMap;

use super::{PROJECT, analysed, project};

#[test]
fn every_row_of_the_language_means_what_is_written_down() {
    let project = project(PROJECT);
    insta::glob!("ir/*.aud", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let analysis = analysed(&project, &project.declared, &[&text]);
        let found: Vec<_> = analysis.diagnostics.iter().map(|each| &each.message).collect();
        assert!(found.is_empty(), "{}: {found:?}", path.display());
        let model = analysis.model.unwrap();
        let criteria: BTreeMap<_, _> =
            model.audiences.iter().map(|(address, each)| (address, &each.criterion)).collect();
        let shown: Vec<String> = criteria
            .iter()
            .map(|(address, criterion)| {
                let text = model.audiences[*address].criterion_text();
                format!("{address}: {text}\n{}\n", serde_json::to_string_pretty(criterion).unwrap())
            })
            .collect();
        insta::with_settings!({ snapshot_path => "ir", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("expected", shown.join("\n"));
        });
    });
}
