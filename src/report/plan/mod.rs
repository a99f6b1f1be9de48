//! Plans, for people and as JSON.
//!
//! In: a [`Plan`](crate::plan::Plan) or its [`Refusals`](crate::plan::Refusals). Out: text or a JSON document; `docs/plan.md` describes both. Users
//! are only ever counted: neither form holds an MPID or an identity.

mod broken;
mod json;
mod line;
mod text;

pub use broken::broken;
pub(super) use json::variant;
pub use json::{VERSION, json, refusals_json};
pub use text::{refusals, text};
