//! An analysis that remembers an earlier one finds what one from nothing finds.

use std::collections::BTreeSet;
use std::path::Path;

use aud::analyze::{Analysis, Input, Memory, Versions, analyze, analyze_again};
use aud::base::{Fingerprint, SourceMap};
use aud::syntax::{self, Parsed};

use super::project;
use crate::support::detected_catalog;

const PROJECT: &str = "version: 1\nproject: shop\nworkspaces: { shop: { inputs: { web: { kind: platform } } } }\n";

const FIRST: &str = r#"version 1
criterion engaged = event "Purchase" at least 3 times within last 7 days
calculated spend = sum of "price" over event "Purchase" within last 30 days
moved old to vip
audience vip "VIP" { tags "A" match { user "lifetime_value" > 500 and criterion engaged } }
audience rest { match { everyone exclude audience vip } }
"#;

const SECOND: &str = r#"version 1
defaults { tags "A" }
audience shoppers { match { event "Purchase" where "category" is "shoe" or user "brand_new" > 5 } }
audience wrong { match { user "lifetime_value" = 5 or user "brand_new" = 7 } }
audience spenders { match { calculated "spend" > 10 and audience shoppers } }
"#;

/// Each step replaces a text in one of the files; what follows from it may stand in the other one.
const EDITS: &[(usize, &str, &str)] = &[
    (1, "\"shoe\"", "\"hat\""),
    (0, "> 500", "> 400"),
    (0, "at least 3 times", "at least 2 times"),
    (1, "= 7", "is \"x\""),
    (1, "= 5", "contains \"5\""),
    (1, "contains \"5\"", "= 6"),
    (1, "or user \"brand_new\" is \"x\"", ""),
    (0, "criterion engaged =", "criterion keen ="),
    (0, "and criterion engaged", "and criterion keen"),
    (0, "over event \"Purchase\"", "over event \"Refund\""),
    (0, "audience rest", "audience shoppers"),
    (0, "audience shoppers", "audience rest"),
    (1, "> 5 }", "is \"text\" }"),
    (0, "calculated spend", "calculated spent"),
    (1, "audience spenders", "## Who spends.\naudience spenders"),
    (0, "moved old to vip", "moved older to vip"),
    (1, "audience shoppers }", "audience vip }"),
    (1, "defaults { tags \"A\" }", "defaults { tags \"B\" }"),
    (0, "version 1", "version 1\n# shifted"),
    (1, "shoppers { match", "shoppers { status draft match"),
];

fn parse(texts: &[String]) -> (Vec<Parsed>, Vec<Fingerprint>) {
    let mut sources = SourceMap::default();
    let ids: Vec<_> = texts.iter().map(|text| sources.add("a.aud", text.as_str())).collect();
    let parsed = ids.iter().map(|id| syntax::parse(sources.get(*id).unwrap(), *id)).collect();
    let versions = texts.iter().zip(ids).map(|(text, id)| Fingerprint::of(format!("{text}{}", id.0))).collect();
    (parsed, versions)
}

fn said(analysis: &Analysis) -> String {
    format!("{:#?}\n{:#?}\n{:#?}", analysis.model, analysis.scenarios, analysis.diagnostics)
}

#[test]
fn remembering_changes_nothing() {
    let (project, catalog) =
        (project(PROJECT), detected_catalog(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/catalog.json")));
    let deployed = BTreeSet::new();
    let mut memory = Memory::default();
    let mut texts = [FIRST, SECOND].map(str::to_owned);
    let (mut last, mut shown) = (String::new(), 0);
    let edits = std::iter::once(&(0, "", "")).chain(EDITS);
    for (at, (file, from, to)) in edits.enumerate() {
        assert!(texts[*file].contains(from), "edit {at}: no {from:?}");
        texts[*file] = texts[*file].replacen(from, to, 1);
        let (parsed, files) = parse(&texts);
        let trees: Vec<_> = parsed.iter().map(|parsed| &parsed.file).collect();
        let input = Input { project: &project, catalog: &catalog, files: &trees, deployed: &deployed };
        let setting = Fingerprint::of("the same");
        let again = said(&analyze_again(input, Versions { setting, files: &files }, &mut memory));
        assert_eq!(again, said(&analyze(input)), "edit {at}: {from:?} to {to:?}");
        shown += usize::from(again != last);
        last = again;
    }
    assert!(shown > EDITS.len() / 2, "{shown} of {} edits show", EDITS.len());
}
