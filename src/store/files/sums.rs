//! The checksums of one file, as the manifest keeps them.

use serde::{Deserialize, Serialize};

/// XXH3 (64 bits) of the parts of a file. As text: sixteen hexadecimal digits for each, footer and layout first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(in crate::store) struct Sums {
    /// Of the footer.
    pub(super) footer: u64,
    /// Of everything that is in no piece, the footer included.
    pub(super) layout: u64,
    /// Of each dictionary, and of each column of each batch, in the order in which they were written.
    pub(super) pieces: Vec<u64>,
}

/// A text that is no list of checksums.
#[derive(Debug, thiserror::Error)]
#[error("`sums` is no list of checksums")]
pub(in crate::store) struct NotSums;

impl TryFrom<String> for Sums {
    type Error = NotSums;

    fn try_from(text: String) -> Result<Self, NotSums> {
        let (digits, rest) = text.as_bytes().as_chunks::<16>();
        let number = |digits: &[u8; 16]| {
            let lower = digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
            std::str::from_utf8(digits).ok().filter(|_| lower).and_then(|digits| u64::from_str_radix(digits, 16).ok())
        };
        let numbers: Option<Vec<u64>> = digits.iter().map(number).collect();
        match numbers.as_deref() {
            Some([footer, layout, pieces @ ..]) if rest.is_empty() => {
                Ok(Self { footer: *footer, layout: *layout, pieces: pieces.to_vec() })
            }
            _ => Err(NotSums),
        }
    }
}

impl From<Sums> for String {
    fn from(sums: Sums) -> Self {
        let all = [sums.footer, sums.layout].into_iter().chain(sums.pieces);
        all.map(|sum| format!("{sum:016x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_come_back_and_nothing_else_is_taken_for_them() {
        let sums = Sums { footer: 1, layout: u64::MAX, pieces: vec![0xabc] };
        let text = String::from(sums.clone());
        assert_eq!(text, "0000000000000001ffffffffffffffff0000000000000abc");
        assert_eq!(Sums::try_from(text.clone()).unwrap(), sums);
        for other in ["", "0000000000000001", &text[1..], &text.to_uppercase(), &text.replace('b', "+")] {
            assert!(Sums::try_from(other.to_owned()).is_err(), "{other}");
        }
    }
}
