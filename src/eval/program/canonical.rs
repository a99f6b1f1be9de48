//! Predicates and conditions in the form in which equal meanings are equal values.
//!
//! In: what the model says. Out: the same with every text that is compared ignoring case folded (M1), and in normal form.
//! The readers of columns rely on the folding.

use crate::base::text::fold;
use crate::ir::{Condition, Predicate, normal_condition, normal_predicate};

/// The canonical form of a predicate.
pub(super) fn predicate(predicate: &Predicate) -> Predicate {
    normal_predicate(folded(predicate))
}

/// The canonical form of a condition.
pub(super) fn condition(condition: &Condition) -> Condition {
    normal_condition(folded_condition(condition))
}

fn folded_condition(condition: &Condition) -> Condition {
    match condition {
        Condition::All(inner) => Condition::All(inner.iter().map(folded_condition).collect()),
        Condition::Any(inner) => Condition::Any(inner.iter().map(folded_condition).collect()),
        Condition::Not(inner) => Condition::Not(Box::new(folded_condition(inner))),
        Condition::Attribute { part, attribute, predicate } => {
            Condition::Attribute { part: *part, attribute: attribute.clone(), predicate: folded(predicate) }
        }
    }
}

/// Folding a pattern leaves its wildcards and backslashes alone: no other character folds to one of them.
fn folded(predicate: &Predicate) -> Predicate {
    let text = |text: &String| fold(text).into_owned();
    match predicate {
        Predicate::Is(is) => Predicate::Is(text(is)),
        Predicate::IsIn(texts) => Predicate::IsIn(texts.iter().map(text).collect()),
        Predicate::Contains(part) => Predicate::Contains(text(part)),
        Predicate::StartsWith(part) => Predicate::StartsWith(text(part)),
        Predicate::EndsWith(part) => Predicate::EndsWith(text(part)),
        Predicate::Matches(pattern) => Predicate::Matches(text(pattern)),
        Predicate::Includes(entry) => Predicate::Includes(text(entry)),
        Predicate::PartiallyMatches(part) => Predicate::PartiallyMatches(text(part)),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_order_of_texts_do_not_matter() {
        let texts = |list: &[&str]| predicate(&Predicate::IsIn(list.iter().map(|&text| text.to_owned()).collect()));
        assert_eq!(texts(&["Pro", "ÉLITE"]), texts(&["élite", "pro", "PRO"]));
        assert_eq!(predicate(&Predicate::Matches("A\\*?Z*".into())), Predicate::Matches("a\\*?z*".into()));
    }
}
