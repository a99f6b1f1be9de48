//! M25. MPID.
//!
//! A user that comes without an MPID gets the first 8 bytes of the SHA-256 of `{identity type}:{value, trimmed}` of the identity
//! that created it, big-endian, as a signed 64-bit number, and on a collision the next 8: the same sources imported
//! anywhere give the same users.

use aud::base::Mpid;
use aud::catalog::IdentityType;
use aud::identity::derive_mpid;

/// `printf 'customer_id:17850.0' | sha256sum` begins with 7a4700dd00a38fb3, `printf 'email:bob@example.com' | sha256sum` with
/// cba4f2da143eb1f9, whose first bit is set, so that the number is negative.
#[test]
fn numbers_come_from_the_digest() {
    assert_eq!(derive_mpid(IdentityType::CustomerId, "17850.0", 0), Some(Mpid(0x7a47_00dd_00a3_8fb3)));
    let negative = i64::from_be_bytes([0xcb, 0xa4, 0xf2, 0xda, 0x14, 0x3e, 0xb1, 0xf9]);
    assert!(negative < 0);
    assert_eq!(derive_mpid(IdentityType::Email, "bob@example.com", 0), Some(Mpid(negative)));
}

/// White space around a value does not make another user; its case and its type do.
#[test]
fn values_are_trimmed_and_otherwise_exact() {
    let number = |identity, value| derive_mpid(identity, value, 0).unwrap();
    let ann = number(IdentityType::Email, "ann@example.com");
    assert_eq!(number(IdentityType::Email, "\t ann@example.com \n"), ann);
    assert_ne!(number(IdentityType::Email, "Ann@example.com"), ann);
    assert_ne!(number(IdentityType::Other, "ann@example.com"), ann);
}

/// On a collision the next eight bytes are taken, as often as the digest has any.
#[test]
fn collisions_take_the_next_bytes() {
    let all: Vec<_> = (0..5).map(|attempt| derive_mpid(IdentityType::CustomerId, "17850.0", attempt)).collect();
    assert!(all[..4].iter().all(Option::is_some) && all[4].is_none());
    let distinct: std::collections::BTreeSet<_> = all[..4].iter().collect();
    assert_eq!(distinct.len(), 4);
}
