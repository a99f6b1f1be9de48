//! The ground everything stands on: names, ids, positions in text, time arithmetic, folded text, fingerprints, suggestions,
//! text made safe to show.
//!
//! In: plain values. Out: plain values. Nothing in here knows what an audience is, reads a file or asks a clock; every
//! function is pure, so every later layer may use it and none of its results can differ between machines.

pub mod digest;
pub mod geo;
pub mod mpid;
pub mod name;
pub mod number;
pub mod source;
pub mod span;
pub mod suggest;
pub mod text;
pub mod time;
pub mod value;
pub mod visible;

pub use digest::Fingerprint;
pub use mpid::Mpid;
pub use name::{Address, InputName, Name, OutputName, WorkspaceName};
pub use source::{Source, SourceId, SourceMap};
pub use span::{Origin, Span, Spanned};
pub use time::{Day, Duration, Moment, Now, TimeFilter, Timestamp, Window};
