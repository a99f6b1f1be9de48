//! A plan as JSON, for other programs. The schema is described in `docs/plan.md`.

use serde_json::{Value, json as object};

use crate::ir::VariantName;
use crate::plan::{Change, ConnectionChange, FieldChange, People, Plan, Refusals};

/// The version of the schema. Fields are added without a new version, never removed or given another meaning.
pub const VERSION: u32 = 1;

/// A plan as a JSON document. It holds numbers of people, never who they are.
pub fn json(plan: &Plan) -> Value {
    let made = &plan.made_from;
    object!({
        "version": VERSION,
        "made_from": {
            "tool": made.tool,
            "now": made.now.to_string(),
            "definitions": made.definitions,
            "outputs": made.outputs,
            "state": { "lineage": made.lineage, "serial": made.serial },
            "data": { "store": made.store, "version": made.data_version },
        },
        "empty": plan.is_empty(),
        "targets": plan.targets,
        "came_along": plan.came_along().collect::<Vec<_>>(),
        "counts": plan.counts(),
        "new_users": plan.new_users.len(),
        "changes": plan.changes.iter().map(change).collect::<Vec<_>>(),
    })
}

/// The reasons why there is no plan, as a JSON document.
pub fn refusals_json(refusals: &Refusals) -> Value {
    let each = refusals.iter().map(|refusal| object!({ "message": refusal.to_string(), "help": refusal.help() }));
    object!({ "version": VERSION, "refusals": each.collect::<Vec<_>>() })
}

fn change(change: &Change) -> Value {
    let definition = change.definition();
    object!({
        "action": change.action,
        "address": change.address,
        "renamed_from": change.renamed_from,
        "name": definition.map(|audience| &audience.name),
        "external_name": definition.map(|audience| &audience.external_name),
        "fields": change.fields.iter().map(field).collect::<Vec<_>>(),
        "people": people(&change.people),
        "variants": change.variants.iter().map(|(name, each)| {
            object!({ "variant": variant(name), "people": people(each) })
        }).collect::<Vec<_>>(),
        "connections": change.connections.iter().map(connection).collect::<Vec<_>>(),
    })
}

fn field(field: &FieldChange) -> Value {
    object!({ "field": field.field, "old": field.old, "new": field.new })
}

fn people(people: &People) -> Value {
    object!({
        "before": people.before,
        "after": people.size_after(),
        "adds": people.adds.len(),
        "drops": people.drops.len(),
    })
}

fn connection(connection: &ConnectionChange) -> Value {
    object!({
        "output": connection.output,
        "kind": connection.kind,
        "variant": variant(&connection.variant),
        "downstream_name": connection.downstream_name,
        "adds": connection.adds.len(),
        "drops": connection.drops.len(),
        "identities": connection.identities,
        "unreachable": connection.unreachable,
    })
}

/// `null` for the whole audience.
pub(in crate::report) fn variant(variant: &VariantName) -> Value {
    match variant {
        VariantName::Whole => Value::Null,
        other => other.to_string().into(),
    }
}
