//! A criterion that can never hold, or always holds, is not what anybody means.

use crate::base::Span;
use crate::diagnostic::Diagnostics;
use crate::ir::{Condition, Criterion};

/// Checks a criterion in normal form.
pub(in crate::analyze) fn check(_criterion: &Criterion, _found: &mut Diagnostics) {}

/// Checks the terms of one group of a `where`, each with its place.
pub(in crate::analyze) fn conditions(_terms: &[(Span, &Condition)], _all: bool, _found: &mut Diagnostics) {}
