//! What would change, in people: a value that records what it was made from.
//!
//! In: the model, what is deployed (a state's snapshot), memberships and who can be reached. Out: [`Plan`]. Making a plan
//! changes nothing; a plan made twice from the same things is the same. Applying it is `apply`'s work, wording it
//! `report`'s.
//!
//! What always holds: the changes of a plan are in the order in which they are applied; every bitmap is over the numbers
//! of the state that the plan was made from, with `new_users` appended.

mod bitmap;
mod change;
mod checks;
mod comparison;
mod connections;
mod criterion;
mod fields;
pub mod file;
mod key;
mod made_from;
mod make;
mod moves;
mod parts;
mod people;
mod refusal;
mod reuse;
mod scope;
mod split;
mod standard;
mod steps;
mod why;

pub use crate::outputs::Reach;
pub use crate::state::Drift;
pub use change::{Action, Change, ConnectionAction, ConnectionChange, Counts, FieldChange, MadeFrom, People, Plan};
pub use checks::{Allowance, Check, CheckKind, Found, Verdict};
pub use fields::{differing, split_text};
pub use key::keys;
pub use made_from::{Difference, Part, outputs_fingerprint, stale};
pub use make::{Input, ReachOf, make};
pub use moves::continued;
pub use refusal::{Loss, Refusal, Refusals};
pub use reuse::{Evaluation, Holding, redefined, to_evaluate};
pub use scope::Selection;
pub use split::salt;
pub use steps::{Step, steps};
pub use why::{Cause, Moves, Sample, Why};
