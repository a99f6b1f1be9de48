//! A plan as JSON, for other programs. `docs/plan.md` describes it, and `docs/schema/plan-1.json` is its schema.

use serde_json::{Value, json as object};

use super::view::{PlanView, VERSION};
use super::words;
use crate::ir::VariantName;
use crate::plan::Refusals;

/// A plan as a JSON document. It holds numbers of people, never who they are.
pub fn json(view: &PlanView) -> Value {
    // Maps with keys of text and numbers without a fraction: this cannot fail.
    serde_json::to_value(view).unwrap_or_default()
}

/// The JSON Schema (2020-12) of [`json`], with a line feed at the end.
pub fn json_schema() -> String {
    let schema = schemars::generate::SchemaSettings::draft2020_12().for_serialize().into_generator();
    serde_json::to_string_pretty(&schema.into_root_schema_for::<PlanView>()).unwrap_or_default() + "\n"
}

/// The reasons why there is no plan, as a JSON document.
pub fn refusals_json(refusals: &Refusals) -> Value {
    refusals_json_below(refusals, None)
}

/// The same with counts from 1 up to a bound, exclusive, suppressed.
pub fn refusals_json_below(refusals: &Refusals, suppress_below: Option<u64>) -> Value {
    let message = |refusal| words::refusal(refusal, suppress_below);
    let each = refusals.iter().map(|refusal| object!({ "message": message(refusal), "help": refusal.help() }));
    object!({ "version": VERSION, "refusals": each.collect::<Vec<_>>() })
}

/// `null` for the whole audience.
pub(in crate::report) fn variant(variant: &VariantName) -> Value {
    super::make::variant(variant).into()
}
