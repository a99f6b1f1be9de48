//! How far a sample can be off.
//!
//! In: how many of how many asked users hit, and how many users there are. Out: the size that this suggests, with an interval. What always
//! holds: the interval contains the size, and every size in it is one that the hits leave possible.

/// The normal quantile of a 95 % interval with two sides.
const Z: f64 = 1.959_963_984_540_054;
/// What an upper bound alone may be exceeded by: one in twenty.
const MISSED: f64 = 0.05;
/// Fewer hits than this say only how large something is at most (the page's `~`).
pub const FEWEST_HITS: u64 = 10;

/// How many users, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Everybody was asked.
    Exact {
        /// How many.
        size: u64,
    },
    /// A sample was asked: in 95 of 100 samples the true size lies from `low` to `high`, both inside.
    About {
        /// The size that the sample suggests.
        size: u64,
        /// The least that it is.
        low: u64,
        /// The most that it is.
        high: u64,
    },
    /// A sample was asked and too few of it hit (`~`): in 95 of 100 samples the true size is at most `high`.
    TooFew {
        /// Those who hit.
        low: u64,
        /// The most that it is.
        high: u64,
    },
}

impl Size {
    /// The size that `hits` among `asked` users suggest, where there are `users`.
    pub fn of(hits: u64, asked: u64, users: u64) -> Self {
        if asked >= users {
            return Self::Exact { size: hits };
        }
        let hits = hits.min(asked);
        if hits < FEWEST_HITS {
            let share = highest_share(hits, asked);
            let high = (share * users as f64).ceil() as u64;
            return Self::TooFew { low: hits, high: high.clamp(hits, users - (asked - hits)) };
        }
        let (low, high) = wilson(hits, asked, users);
        let size = (hits as f64 / asked as f64 * users as f64).round() as u64;
        let (least, most) = (hits, users - (asked - hits));
        let low = (low.floor() as u64).clamp(least, most);
        let high = (high.ceil() as u64).clamp(low, most);
        Self::About { size: size.clamp(low, high), low, high }
    }

    /// One number for it, where there is one.
    pub fn best(self) -> Option<u64> {
        match self {
            Self::Exact { size } | Self::About { size, .. } => Some(size),
            Self::TooFew { .. } => None,
        }
    }

    /// The least and the most that it is.
    pub fn range(self) -> (u64, u64) {
        match self {
            Self::Exact { size } => (size, size),
            Self::About { low, high, .. } | Self::TooFew { low, high } => (low, high),
        }
    }
}

/// Wilson's interval of a share, for a sample without replacement, as numbers of users.
fn wilson(hits: u64, asked: u64, users: u64) -> (f64, f64) {
    let (hits, asked, users) = (hits as f64, asked as f64, users as f64);
    // A sample of most users says more than one of as many out of endless ones.
    let worth = asked * (users - 1.0) / (users - asked);
    let share = hits / asked;
    let square = Z * Z / worth;
    let middle = (share + square / 2.0) / (1.0 + square);
    let half = Z / (1.0 + square) * (share * (1.0 - share) / worth + square / (4.0 * worth)).sqrt();
    ((middle - half) * users, (middle + half) * users)
}

/// The share at which no more than `hits` of `asked` users hit in one sample of twenty (Clopper and Pearson's upper bound). Exact for
/// endless users, more than is needed for a part of them.
fn highest_share(hits: u64, asked: u64) -> f64 {
    if hits >= asked {
        return 1.0;
    }
    let (mut low, mut high) = (hits as f64 / asked as f64, 1.0f64);
    for _ in 0..60 {
        let share = low.midpoint(high);
        if at_most(hits, asked, share) > MISSED { low = share } else { high = share }
    }
    high
}

/// How likely it is that no more than `hits` of `asked` users hit, where each does with a chance.
fn at_most(hits: u64, asked: u64, chance: f64) -> f64 {
    let asked = asked as f64;
    let odds = (chance / (1.0 - chance)).ln();
    // Logarithms, since the first term may be smaller than any number.
    let mut term = asked * (-chance).ln_1p();
    let mut sum = term.exp();
    for hit in 0..hits {
        term += ((asked - hit as f64) / (hit as f64 + 1.0)).ln() + odds;
        sum += term.exp();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_the_books() {
        // Wilson's interval of 10 in 100, endless users: 0.0552 to 0.1744.
        let (low, high) = wilson(10, 100, 1 << 50);
        let share = |users: f64| (users / (1u64 << 50) as f64 * 10_000.0).round();
        assert_eq!((share(low), share(high)), (552.0, 1744.0));
        // The rule of three: nobody of 1,000 leaves a share of 0.2991 per cent possible.
        assert!((highest_share(0, 1000) - 0.002_991).abs() < 1e-6);
        // Two of 50: 0.1206 (one-sided 95 %).
        assert!((highest_share(2, 50) - 0.1206).abs() < 1e-4);
    }

    #[test]
    fn everybody_is_exact_and_almost_everybody_is_narrow() {
        assert_eq!(Size::of(7, 10, 10), Size::Exact { size: 7 });
        let Size::About { low, high, .. } = Size::of(500, 999, 1000) else { panic!("no interval") };
        assert!((500..=501).contains(&low) && high <= 501, "{low} {high}");
        assert_eq!(Size::of(0, 0, 10), Size::TooFew { low: 0, high: 10 });
        assert_eq!(Size::of(0, 0, 0), Size::Exact { size: 0 });
    }
}
