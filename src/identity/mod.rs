//! Identity values: reading them and deriving a user's number from them. Pure functions that know no output.

use sha2::{Digest, Sha256};

use crate::base::Mpid;
use crate::catalog::IdentityType;

/// An identity value as it is kept: trimmed. `None` where nothing is left, since an empty identity names nobody.
pub fn clean(value: &str) -> Option<&str> {
    let trimmed = value.trim();
    (!trimmed.is_empty()).then_some(trimmed)
}

/// The MPID of a user that came without one (rule M25): the first eight bytes of SHA-256 of `{type}:{value}`, read as a
/// big-endian signed number. `attempt` counts collisions: the next eight bytes are taken each time, at most three times.
///
/// ```
/// use aud::{catalog::IdentityType, identity::derive_mpid};
/// assert_eq!(derive_mpid(IdentityType::CustomerId, " 17850.0 ", 0), derive_mpid(IdentityType::CustomerId, "17850.0", 0));
/// ```
pub fn derive_mpid(identity: IdentityType, value: &str, attempt: usize) -> Option<Mpid> {
    let hash = Sha256::digest(format!("{identity}:{}", value.trim()));
    let bytes: [u8; 8] = hash.get(attempt * 8..attempt * 8 + 8)?.try_into().ok()?;
    Some(Mpid(i64::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mpids_come_from_the_identity_alone() {
        // `printf 'customer_id:17850.0' | sha256sum` starts with these sixteen digits.
        let expected = i64::from_be_bytes(hex("7a4700dd00a38fb3"));
        assert_eq!(derive_mpid(IdentityType::CustomerId, "17850.0", 0), Some(Mpid(expected)));
        assert_ne!(derive_mpid(IdentityType::CustomerId, "17850.0", 1), Some(Mpid(expected)));
        assert_eq!(derive_mpid(IdentityType::CustomerId, "17850.0", 4), None);
    }

    fn hex(text: &str) -> [u8; 8] {
        std::array::from_fn(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap())
    }
}
