//! M15, what tests in the language cannot say: the names of variants downstream, and what is refused of a running test.

use aud::ir::VariantName;

use super::Rule;

/// Outputs know a variant as `[External Name] - [Variant Name]`, and the whole audience by its external name.
#[test]
fn variants_have_names_downstream() {
    let model = Rule::of("m15").model;
    let halves = &model.audiences["halves"];
    let names: Vec<String> =
        halves.split.iter().flat_map(|split| split.names()).map(|name| halves.downstream_name(&name)).collect();
    assert_eq!(names, ["halves - Push message", "halves - Email", "halves - Control"]);
    assert_eq!(halves.downstream_name(&VariantName::Whole), "halves");
}
