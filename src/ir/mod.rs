//! The audience model: the waist of the house. Left of it is text, right of it are engines.
//!
//! Values of these types are valid by construction: `analyze` makes them only of definitions without errors, and state and
//! saved plans read them back from JSON that an earlier run wrote. Names are resolved, defaults applied, types decided,
//! equivalent spellings normalised; nothing of the text remains but an [`Origin`](crate::base::Origin) for showing, which never takes part in
//! equality, hashing, fingerprints or JSON. One meaning (rules M1 to M26) is shared by every engine that reads it.

mod audience;
mod criterion;
mod document;
mod events;
mod guard;
mod json;
mod normal;
mod predicate;
mod print;
mod scenario;

pub use audience::{
    Access, Audience, Connection, ConnectionStatus, Model, Move, Split, Standard, Status, VERSION, Variant, VariantName,
};
pub use criterion::{Count, Criterion, Kind, SeenEdge};
pub use document::{DocumentError, document, json_schema, read_document};
pub use events::{
    AbandonedTest, AggregateTest, AttributeRef, EventTest, Events, Pick, PickedTest, Sequence, Step, Unit,
};
pub use guard::{Assertion, Bound, Guard, Limit, Measure};
pub use json::from_json;
pub use normal::{normal_condition, normal_predicate, normalise};
pub use predicate::{Condition, Float, Predicate};
pub use print::quoted;
pub use scenario::{Deed, Expectation, Fact, Happening, Scenario, Sent, TestUser, Then};
