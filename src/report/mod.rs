//! Results as text for people and as JSON.

mod style;
mod visible;

pub use style::Style;
pub use visible::visible;
