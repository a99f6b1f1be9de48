//! Tests in the language (section 7): runs them, and says what they have shown of the definitions.
//!
//! In: a model, a project, the [`Scenario`]s of its files. Out: a [`Report`]: for each test, in the order of the files, what
//! was expected and not found, with the explanation of each membership that is wrong; and, where asked for, the
//! [`Coverage`] of every criterion.
//!
//! What happens: `world` makes a store of the users of a test as of a step; the evaluator that plans are made with is asked
//! over it; `verdict` compares. `coverage` asks about single criteria as well. Tests run side by side; nothing in a report
//! but the durations depends on that.

mod answers;
mod coverage;
mod part;
mod select;
mod shape;
mod verdict;
mod world;

use rayon::prelude::*;

use crate::base::{Address, Name, Origin, Timestamp};
use crate::explain::Explanation;
use crate::ir::{Model, Scenario, VariantName};
use crate::project::Project;

pub use coverage::{Coverage, Covered, CoveredAudience};
pub use part::Placed;
pub use select::Selection;

/// What to run.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// All definitions.
    pub model: &'a Model,
    /// The project: its workspaces and inputs.
    pub project: &'a Project,
    /// The tests.
    pub scenarios: &'a [&'a Scenario],
    /// Whether to find out what the tests show of each criterion.
    pub coverage: bool,
    /// Milliseconds on any clock, for durations.
    pub clock: &'a (dyn Fn() -> i64 + Sync),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Each test, in the order given.
    pub tests: Vec<Tested>,
    /// What the tests have shown of each criterion, where that was asked for.
    pub coverage: Option<Coverage>,
}

/// What came of one test.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Its title.
    pub title: String,
    /// Where it was written.
    pub origin: Origin,
    /// How many expectations it has.
    pub expectations: usize,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Those that were not met, in the order written.
    pub failures: Vec<Failure>,
}

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Where it was written.
    pub origin: Origin,
    /// The instant that it speaks of.
    pub now: Timestamp,
    /// The audience.
    pub audience: Address,
    /// The part of it.
    pub variant: VariantName,
    /// Where all members were to be named: those who are in, in the order of the test.
    pub found: Option<Vec<Name>>,
    /// Everybody who is in and was not to be, or the other way round, in the order of the test.
    pub wrong: Vec<Wrong>,
}

/// A membership that is not as expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    /// The user.
    pub user: Name,
    /// Whether the user is in.
    pub inside: bool,
    /// Where the split puts the user, where it was asked about and the user is in the audience.
    pub placed: Option<Placed>,
    /// Why the user is in the audience, or is not.
    pub explanation: Option<Explanation>,
}

impl Tested {
    /// Whether every expectation was met.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl Report {
    /// How many tests passed.
    pub fn passed(&self) -> usize {
        self.tests.iter().filter(|test| test.passed()).count()
    }

    /// How many did not.
    pub fn failed(&self) -> usize {
        self.tests.len() - self.passed()
    }
}

/// Runs the tests on the rayon pool that it is called in.
pub fn run(run: &Run<'_>) -> Report {
    let shapes = run.coverage.then(|| coverage::Shapes::new(run.model, run.scenarios));
    let one = |scenario: &&Scenario| {
        let started = (run.clock)();
        let (failures, shown) = verdict::of(run, scenario, shapes.as_ref());
        let tested = Tested {
            title: scenario.title.clone(),
            origin: scenario.origin,
            expectations: scenario.steps.iter().map(|step| step.expectations.len()).sum(),
            duration_ms: u64::try_from((run.clock)().saturating_sub(started)).unwrap_or(0),
            failures,
        };
        (tested, shown)
    };
    let (tests, shown): (Vec<Tested>, Vec<_>) = run.scenarios.par_iter().map(one).unzip();
    Report { tests, coverage: shapes.map(|shapes| shapes.coverage(shown.into_iter().flatten())) }
}
