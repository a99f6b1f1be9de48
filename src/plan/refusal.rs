//! Why a plan is refused.
//!
//! In: what the checks found. Out: typed refusals, all of them at once, each with its own advice.

use std::fmt;

use crate::base::{Address, Name, OutputName, Timestamp};

/// A reason not to make a plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refusal {
    /// It is protected as deployed, and would be deleted.
    #[error("`{0}` is protected and would be deleted")]
    Protected(Address),
    /// An audience that stays nests it and would lose it.
    #[error("`{address}` would {loss} while {} it", nests(.by))]
    Nested {
        /// The audience that is lost.
        address: Address,
        /// How.
        loss: Loss,
        /// Who nests it.
        by: Vec<Address>,
    },
    /// A test that runs would put people in other variants (M15).
    #[error("the split `{split}` of `{address}` runs as {deployed} and cannot become {written}")]
    SplitChanged {
        /// The audience.
        address: Address,
        /// The split.
        split: Name,
        /// Its variants, and its salt where that differs, as deployed.
        deployed: String,
        /// The same as written.
        written: String,
    },
    /// No audience, written or deployed, has this address.
    #[error("no audience `{target}` is written or deployed")]
    UnknownTarget {
        /// What was asked for.
        target: Address,
        /// The nearest addresses.
        nearest: Vec<Address>,
    },
    /// `moved` leads to an address that another deployed audience has.
    #[error("`{from}` cannot become `{to}`, which is deployed already")]
    MoveTaken {
        /// The address it has.
        from: Address,
        /// The address it would get.
        to: Address,
    },
    /// `moved` leads from several deployed audiences to one address.
    #[error("`{to}` cannot be both `{first}` and `{second}`")]
    MovedTogether {
        /// One of them.
        first: Address,
        /// The other.
        second: Address,
        /// The address that both would get.
        to: Address,
    },
    /// People would have to be removed from an output that the project file no longer has.
    #[error("`{address}` has {people} people in `{output}`, which aud.yaml no longer has")]
    OutputMissing {
        /// The audience.
        address: Address,
        /// The output.
        output: OutputName,
        /// How many people would be sent.
        people: u64,
    },
    /// An audience that was evaluated once would be another one (M23).
    #[error("`{address}` was evaluated once, and its {} cannot change", quoted(.fields))]
    StandardChanged {
        /// The audience.
        address: Address,
        /// What differs.
        fields: Vec<&'static str>,
    },
    /// A standard audience would be connected anew, more than 30 days after it was evaluated (M23).
    #[error("`{address}` expired on {since} and cannot be connected to {} any more", quoted(.outputs))]
    StandardExpired {
        /// The audience.
        address: Address,
        /// The new connections.
        outputs: Vec<OutputName>,
        /// Since when.
        since: Timestamp,
    },
    /// A deployed real-time audience would become standard.
    #[error("`{0}` is deployed as a real-time audience and cannot become standard")]
    BecomesStandard(Address),
    /// A test that was to be replaced stays what it is.
    #[error("the test of `{0}` does not change, so that there is nothing to replace")]
    NothingReplaced(Address),
    /// Something was allowed that nobody wrote.
    #[error("nothing that is written is called `{name}`, so that it cannot be allowed")]
    UnknownAllowance {
        /// What was to be allowed.
        name: String,
        /// The nearest names.
        nearest: Vec<String>,
    },
    /// A new or renamed audience was left out, and one that is planned nests it.
    #[error("`{address}` is left out, and {} it", nests(.by))]
    ExcludedNested {
        /// What was left out.
        address: Address,
        /// Who nests it.
        by: Vec<Address>,
    },
    /// The memberships that the plan is made from leave out an active audience.
    #[error("`{0}` is active and was not evaluated")]
    NotEvaluated(Address),
}

/// How a nested audience would be lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// It is deleted.
    Deleted,
    /// It gets another address.
    Renamed(Address),
    /// It becomes a draft, which has no members.
    Draft,
}

/// Every reason not to make a plan; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusals(Vec<Refusal>);

impl Refusal {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Protected(address) => {
                format!("keep `{address}`, or first apply it with `protect false` and delete it then")
            }
            Self::Nested { by, loss: Loss::Deleted | Loss::Draft, .. } => {
                format!("change {} as well, or plan without --target", list(by))
            }
            Self::Nested { by, loss: Loss::Renamed(_), .. } => {
                format!("plan {} together with it, or without --target", list(by))
            }
            Self::SplitChanged { address, .. } => format!(
                "a test that runs is fixed: give the split a new name to start a new test, or end this one and start it anew with \
                 --replace {address}"
            ),
            Self::NothingReplaced(_) => "plan without --replace".to_owned(),
            Self::UnknownAllowance { nearest, .. } => match nearest.as_slice() {
                [] => "name a guard as `audience.drops`, an assertion as `disjoint(one,two)` or `one.inside.two`"
                    .to_owned(),
                several => format!("did you mean {}?", quoted_or(several)),
            },
            Self::ExcludedNested { address, by } => {
                format!("plan without --exclude {address}, or leave out {} as well", list(by))
            }
            Self::UnknownTarget { nearest, .. } => match nearest.as_slice() {
                [] => "`aud list` shows what is deployed".to_owned(),
                several => format!("did you mean {}?", quoted_or(several)),
            },
            Self::MoveTaken { from, to } => {
                format!("remove `moved {from} to {to}`: then `{from}` is deleted and `{to}` stays what it is")
            }
            Self::MovedTogether { second, .. } => format!("remove the `moved` line of one of them, such as `{second}`"),
            Self::OutputMissing { output, .. } => {
                format!("put `{output}` back into aud.yaml until an apply has removed them")
            }
            Self::StandardChanged { address, fields } if *fields == ["status"] => {
                format!("a draft has no members: keep `{address}` active, or take its definition out to delete it")
            }
            Self::StandardChanged { address, .. } => {
                format!("put `{address}` back as it is deployed, and define what is new under a new address")
            }
            Self::StandardExpired { .. } => {
                "define it again under a new address, which is evaluated anew; what is connected already stays"
                    .to_owned()
            }
            Self::BecomesStandard(_) => "define the standard audience under a new address".to_owned(),
            Self::NotEvaluated(_) => "this is a fault of the program; please report it".to_owned(),
        }
    }
}

impl Refusals {
    /// The refusals in a fixed order; `None` where there are none.
    pub fn from_found(mut found: Vec<Refusal>) -> Option<Self> {
        found.sort();
        found.dedup();
        (!found.is_empty()).then_some(Self(found))
    }

    /// The refusals, in a fixed order.
    pub fn iter(&self) -> std::slice::Iter<'_, Refusal> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Refusals {
    type Item = &'a Refusal;
    type IntoIter = std::slice::Iter<'a, Refusal>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::error::Error for Refusals {}

impl fmt::Display for Refusals {
    /// A first line, then each refusal with its advice.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the plan is refused")?;
        self.iter().try_for_each(|refusal| write!(f, "\n  {refusal}\n    help: {}", refusal.help()))
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deleted => f.write_str("be deleted"),
            Self::Renamed(to) => write!(f, "become `{to}`"),
            Self::Draft => f.write_str("become a draft"),
        }
    }
}

/// `a`, `b` and `c`.
fn list(addresses: &[Address]) -> String {
    quoted(addresses)
}

/// Names in backticks, the last one after `and`.
fn quoted<T: fmt::Display>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [several @ .., last] => format!("{} and {last}", several.join(", ")),
    }
}

/// Names in backticks, of which one is meant.
fn quoted_or<T: fmt::Display>(names: &[T]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

fn nests(by: &[Address]) -> String {
    format!("{} {}", list(by), if by.len() == 1 { "nests" } else { "nest" })
}
