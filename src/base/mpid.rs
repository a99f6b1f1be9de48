//! The platform's number of a user.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An MPID: a signed 64-bit number that names one user everywhere. Negative values are ordinary (rule M25).
///
/// In JSON it is written as a string, since many readers lose precision beyond 2^53.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mpid(pub i64);

impl fmt::Display for Mpid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Mpid {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl TryFrom<String> for Mpid {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Mpid> for String {
    fn from(mpid: Mpid) -> Self {
        mpid.to_string()
    }
}
