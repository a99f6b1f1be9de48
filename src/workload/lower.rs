//! From the trees of a workload to the audience model.
//!
//! In: the document of `audiences.json`. Out: a model of active real-time audiences in one workspace with one input, without
//! any retention. The workload's meaning differs from the language's in two ways, which are translated here: times are whole
//! milliseconds, so that a window open at its newer end is one that ends a millisecond earlier; and a null is a missing key.
//!
//! What is assumed of the data, and holds of every workload: nothing in it lies after `now`, and no two texts of a column
//! differ in letter case only (M1).

mod event;
mod profile;

use std::collections::{BTreeMap, BTreeSet};

use super::error::Wrong;
use super::json::Place;
use crate::base::time::DAY_MS;
use crate::base::{Address, Duration, InputName, Name, Origin, WorkspaceName};
use crate::ir::{Access, Audience, Criterion, Float, Kind, Model, Status, normalise};

/// What a document comes to.
pub(super) struct Lowered {
    pub(super) model: Model,
    pub(super) numbers: Vec<(u64, Address)>,
    pub(super) now_ms: i64,
}

/// The only input of a workload.
pub(super) fn input() -> InputName {
    let name = |text: &str| Name::new(text).unwrap_or_else(|_| unreachable!("{text} is a name"));
    InputName { workspace: name("workload"), input: name("rows") }
}

/// The model of a document.
pub(super) fn lower(document: &Place<'_>) -> Result<Lowered, Wrong> {
    let now_ms = document.field("now_ms")?.signed()?;
    let mut lowering = Lowering {
        workspaces: [input().workspace].into(),
        inputs: [input()].into(),
        known: BTreeMap::new(),
        audiences: BTreeMap::new(),
    };
    let mut numbers = Vec::new();
    for place in document.field("audiences")?.items()? {
        numbers.push(lowering.audience(&place)?);
    }
    let model = Model {
        project: "workload".to_owned(),
        audiences: lowering.audiences,
        moves: Vec::new(),
        guards: Vec::new(),
        assertions: Vec::new(),
        event_retention: None,
        profile_retention: None,
    };
    Ok(Lowered { model, numbers, now_ms })
}

struct Lowering {
    workspaces: BTreeSet<WorkspaceName>,
    inputs: BTreeSet<InputName>,
    /// The audiences so far, by number: an audience nests only earlier ones, so that there are no cycles.
    known: BTreeMap<u64, Address>,
    audiences: BTreeMap<Address, Audience>,
}

impl Lowering {
    fn audience(&mut self, place: &Place<'_>) -> Result<(u64, Address), Wrong> {
        let id = place.field("id")?;
        let number = id.whole()?;
        let name = place.optional("name")?.map_or(Ok(None), |name| name.text().map(Some))?;
        let address = Name::new(&format!("audience_{number:04}")).map_err(|error| id.wrong(error.to_string()))?;
        let criterion = normalise(self.criterion(&place.field("tree")?)?).into();
        if self.known.insert(number, address.clone()).is_some() {
            return Err(id.wrong(format!("another audience has the number {number}")));
        }
        let name = name.map_or_else(|| address.to_string(), str::to_owned);
        let audience = Audience {
            address: address.clone(),
            external_name: name.clone(),
            name,
            doc: None,
            workspaces: self.workspaces.clone(),
            inputs: self.inputs.clone(),
            tags: BTreeSet::new(),
            status: Status::Active,
            access: Access::Usable,
            protect: false,
            criterion,
            standard: None,
            split: None,
            connections: Vec::new(),
            origin: Origin::default(),
        };
        self.audiences.insert(address.clone(), audience);
        Ok((number, address))
    }

    fn criterion(&self, place: &Place<'_>) -> Result<Criterion, Wrong> {
        let op = place.field("op")?;
        match op.text()? {
            "and" => Ok(Criterion::new(Kind::All(self.children(place)?))),
            "or" => Ok(Criterion::new(Kind::Any(self.children(place)?))),
            "exclude" => {
                let base = self.criterion(&place.field("base")?)?;
                let minus = self.criterion(&place.field("minus")?)?;
                Ok(Criterion::new(Kind::All(vec![base, not(minus)])))
            }
            "audience" => {
                let id = place.field("id")?;
                let address = self.known.get(&id.whole()?).cloned();
                let address = address.ok_or_else(|| id.wrong("no audience before this one has that number"))?;
                Ok(Criterion::new(Kind::Member(address)))
            }
            "attr" => self.attribute(place),
            "event_count" => self.event_count(place),
            "event_sum" => self.event_sum(place),
            "last_event_older_than" => self.last_event_older_than(place),
            other => Err(op.wrong(format!("`{other}` is no operator"))),
        }
    }

    fn children(&self, place: &Place<'_>) -> Result<Vec<Criterion>, Wrong> {
        let children = place.field("children")?;
        let items = children.items()?;
        if items.is_empty() {
            return Err(children.wrong("expected at least one"));
        }
        items.iter().map(|child| self.criterion(child)).collect()
    }
}

fn not(criterion: Criterion) -> Criterion {
    Criterion::new(Kind::Not(Box::new(criterion)))
}

/// A number of days as a length of time.
fn days(place: &Place<'_>) -> Result<Duration, Wrong> {
    let days = i64::try_from(place.whole()?).ok().and_then(|days| days.checked_mul(DAY_MS));
    days.map(Duration).ok_or_else(|| place.wrong("so many days are beyond all time"))
}

fn number(place: &Place<'_>) -> Result<Float, Wrong> {
    Float::new(place.number()?).ok_or_else(|| place.wrong("expected a finite number"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(tree: serde_json::Value) -> String {
        let document = json!({ "now_ms": 0, "audiences": [{ "id": 0, "name": "a", "tree": tree }] });
        let wrong = lower(&Place::root(&document)).map(|_| ()).unwrap_err();
        format!("{}: {}", wrong.path, wrong.what)
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        assert_eq!(
            wrong(json!({ "op": "and", "children": [{ "op": "xor" }] })),
            "audiences[0].tree.children[0].op: `xor` is no operator"
        );
        assert_eq!(
            wrong(json!({ "op": "audience", "id": 7 })),
            "audiences[0].tree.id: no audience before this one has that number"
        );
        assert_eq!(
            wrong(json!({ "op": "attr", "attr": "age", "cmp": "between", "value": [1] })),
            "audiences[0].tree.value: expected an array of two"
        );
        assert_eq!(
            wrong(json!({ "op": "event_count", "event": "tap", "filters": [], "cmp": "eq", "value": 2 })),
            "audiences[0].tree.value: `eq` compares with 0 only"
        );
        assert_eq!(
            wrong(
                json!({ "op": "last_event_older_than", "event": "tap", "filters": [{ "field": "amount", "cmp": "lt", "value": 1 }], "days": 3 })
            ),
            "audiences[0].tree.filters[0].cmp: `lt` is no comparison of a filter"
        );
        assert_eq!(
            wrong(json!({ "op": "exclude", "base": { "op": "and", "children": [] } })),
            "audiences[0].tree.base.children: expected at least one"
        );
    }

    #[test]
    fn numbers_are_unique() {
        let leaf = json!({ "op": "attr", "attr": "os", "cmp": "eq", "value": "iOS" });
        let document = json!({ "now_ms": 0, "audiences": [{ "id": 3, "tree": leaf }, { "id": 3, "tree": leaf }] });
        let wrong = lower(&Place::root(&document)).map(|_| ()).unwrap_err();
        assert_eq!(wrong.path, "audiences[1].id");
    }
}
