//! The words about a split that came out unlike it was asked for.

use crate::report::number::number;
use crate::report::visible;
use crate::workbench::SplitWarning;

/// Above this nobody reads the number any more.
const RAREST: f64 = 1e9;

/// The warning in one line; without any people unless `counted`.
pub fn split_warning(warning: &SplitWarning, counted: bool) -> String {
    let joined = |each: &dyn Fn(&(_, u8, u64)) -> String| {
        let parts: Vec<String> = warning.variants.iter().map(|part| format!("{} {}", part.0, each(part))).collect();
        parts.join(" · ")
    };
    let asked = joined(&|(_, share, _)| format!("{share}%"));
    let name = format!("the split `{}` of `{}`", warning.split, warning.address);
    let what = if counted {
        let found = joined(&|(_, _, people)| number(*people));
        format!("{name} came out as {found} where {asked} was asked for (chance {})", chance(warning.chance))
    } else {
        format!("{name} came out far from {asked} (chance below 1 in 1,000)")
    };
    visible(&format!("warning: {what}: look at the salt before anything is sent")).into_owned()
}

/// `1 in 12,000`, to two digits.
fn chance(chance: f64) -> String {
    let one_in = 1.0 / chance;
    if one_in.is_nan() || one_in > RAREST {
        return format!("below 1 in {}", number(RAREST as u64));
    }
    let digit = 10f64.powf(one_in.log10().floor() - 1.0).max(1.0);
    format!("1 in {}", number(((one_in / digit).round() * digit) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_told_to_two_digits() {
        assert_eq!(chance(0.000_999), "1 in 1,000");
        assert_eq!(chance(1.0 / 12_345.0), "1 in 12,000");
        assert_eq!(chance(1e-12), "below 1 in 1,000,000,000");
        assert_eq!(chance(0.0), "below 1 in 1,000,000,000");
    }
}
