//! Plans, for people and for other programs.
//!
//! In: a [`Plan`](crate::plan::Plan) or its [`Refusals`](crate::plan::Refusals). Out: a [`PlanView`], which holds all that may be told, and from it text, JSON, Markdown
//! and HTML; `docs/plan.md` describes them. Users are only ever counted: no form holds an MPID or an identity, unless samples with them were asked for.

mod broken;
mod explain;
mod figure;
mod html;
mod json;
mod line;
mod make;
mod markdown;
mod order;
mod step;
mod suppress;
mod text;
mod uneven;
mod view;
mod words;

pub use broken::broken;
pub use explain::explain;
pub use figure::Figure;
pub use html::html;
pub(super) use json::variant;
pub use json::{json, json_schema, refusals_json, refusals_json_below};
pub use make::{Show, view};
pub use markdown::{COMMENT_LIMIT, LEAST_COMMENT, markdown};
pub use text::{refusals, refusals_below, text, text_of};
pub use uneven::split_warning;
pub use view::*;
pub use words::after_deletion;
