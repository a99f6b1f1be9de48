//! Results as text for people and as JSON.
//!
//! In: values of the layers below, and a [`Style`] that says how wide and whether in colour. Out: strings. Nothing here
//! prints, asks a terminal or reads a flag: that is the surfaces' work. What the user wrote is never passed on raw:
//! [`visible()`] takes the characters out that would move a cursor or turn the reading direction.

pub mod apply;
pub mod audience;
pub mod bench;
mod code;
pub mod data;
pub mod describe;
pub mod diagnostic;
pub mod estimate;
pub mod explain;
pub mod forget;
pub mod graph;
pub mod history;
pub mod import;
mod number;
pub mod plan;
pub mod schema;
pub mod state;
mod style;
mod table;
pub mod testing;

pub use crate::base::visible::visible;
pub(crate) use crate::base::visible::xml_character;
pub use code::code_page;
pub use number::number;
pub use style::Style;
