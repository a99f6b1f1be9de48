//! Sizes before anything is deployed: from everybody where that is quick, else from a sample, with how far it can be off.
//!
//! In: a [`Model`](crate::ir::Model), a [`Store`](crate::store::Store), a [`Now`](crate::base::Now), questions. Out: a [`Size`] for each. What always
//! holds: a size that was sampled never stands without its interval; the same questions about the same data have the same answers; a draft is estimated as
//! if it were active.
//!
//! `trial` asks any number of questions at once, of those that `frame` chooses; `bounds` says what the hits mean; everything else is
//! questions: `parts` (each criterion, the waterfall), `overlap`, `reach`, `sweep`, `history` (backtest and forecast), `balance`.

mod balance;
mod bounds;
mod cost;
mod dial;
mod frame;
mod history;
mod obstacle;
mod overlap;
mod parts;
mod place;
mod reach;
mod sweep;
mod trial;

pub use balance::{Balance, Spread, Value, balance, sample_ratio};
pub use bounds::{FEWEST_HITS, Size};
pub use cost::Cost;
pub use dial::{DialKind, Setting};
pub use frame::{Effort, Frame};
pub use history::{Day, History, history};
pub use obstacle::Obstacle;
pub use overlap::{Overlap, overlaps};
pub use parts::{AudienceEstimate, Detail, Estimates, Part, Step, estimate};
pub use place::Joint;
pub use reach::{Reach, reach};
pub use sweep::{Sweep, SweepError, SweepRequest, sweep};
pub use trial::{Answers, Basis, Question, Trial};
