//! Printing writes what parsing reads, for any criterion.

use aud::diagnostic::Code;
use aud::ir::normalise;
use proptest::prelude::*;

use super::arbitrary::criterion;
use super::{PROJECT, analysed, audience, project};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn normalising_twice_changes_nothing(criterion in criterion()) {
        let once = normalise(criterion);
        prop_assert_eq!(normalise(once.clone()), once);
    }

    #[test]
    fn what_is_printed_is_read_back(criterion in criterion()) {
        let criterion = normalise(criterion);
        let mut printed = audience("match { everyone }");
        printed.criterion = criterion.clone().into();
        let text = format!(
            "version 1\naudience a {{ workspaces shop, travel match {{ {} }} }}\naudience b {{ workspace shop match {{ everyone }} }}\n",
            printed.criterion_text(),
        );
        let project = project(PROJECT);
        let analysis = analysed(&project, &project.declared, &[&text]);
        let contradictory = analysis.diagnostics.iter().any(|each| each.code == Code::NeverHolds);
        match analysis.model {
            Some(model) => prop_assert_eq!(&*model.audiences["a"].criterion, &criterion, "{}", text),
            None => prop_assert!(contradictory, "{}\n{:#?}", text, analysis.diagnostics),
        }
    }
}
