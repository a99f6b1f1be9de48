//! "Did you mean": the known names nearest to a misspelt one.

/// Bytes beyond which a name is no slip of a known one; distances take quadratic time.
const LONGEST: usize = 256;

/// The known names nearest to `typed`, best first, at most three. Empty where nothing is near enough to be helpful.
///
/// ```
/// let known = ["lapsed_spenders", "vip"];
/// assert_eq!(aud::base::suggest::nearest("lapsed_spender", known), vec!["lapsed_spenders"]);
/// assert!(aud::base::suggest::nearest("zebra", known).is_empty());
/// ```
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if typed.len() > LONGEST {
        return Vec::new();
    }
    let folded = typed.to_lowercase();
    let mut scored: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|name| *name != typed && name.len() <= LONGEST)
        .filter_map(|name| {
            let distance = strsim::damerau_levenshtein(&folded, &name.to_lowercase());
            (distance <= tolerance(&folded, name)).then_some((distance, name))
        })
        .collect();
    scored.sort();
    scored.dedup();
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// The single nearest known name.
pub fn best<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest(typed, known).into_iter().next()
}

/// The single nearest known name as the end of a message; nothing where none is near.
///
/// ```
/// assert_eq!(aud::base::suggest::hint("refnud", ["Refund"]), "; did you mean `Refund`?");
/// assert_eq!(aud::base::suggest::hint("x", ["yy"]), "");
/// ```
pub fn hint<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    best(typed, known).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// How many edits still look like a slip: one in short names, a third of the length in long ones.
fn tolerance(typed: &str, name: &str) -> usize {
    (typed.chars().count().max(name.chars().count()) / 3).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_first_and_never_itself() {
        let known = ["Purchase", "purchase", "Purchases", "Refund"];
        assert_eq!(nearest("Purchase", known), vec!["purchase", "Purchases"]);
        assert_eq!(best("refnud", known), Some("Refund"));
        assert_eq!(best("x", ["yy"]), None);
    }
}
