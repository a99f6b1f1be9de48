//! M16, exactly: the bucket of a user is a number that anybody can compute.

use aud::base::Mpid;
use aud::members::bucket;
use aud::plan::salt;
use sha2::{Digest, Sha256};

use super::Rule;

/// The documented example: Ann, MPID -7, in the test `winback_test` of `lapsed_spenders` in the project `shop`. The digest of
/// `shop/lapsed_spenders/winback_test:-7` begins with 210f, and 0x210f / 0x10000 is 12.9 hundredths.
#[test]
fn anns_bucket_is_12() {
    let rule = Rule::of("m16");
    let salt = salt(&rule.model.project, &rule.model.audiences["lapsed_spenders"], None).unwrap();
    assert_eq!(salt, "shop/lapsed_spenders/winback_test");
    assert_eq!(bucket(&salt, Mpid(-7)), 12);
}

/// The salt stays what it was at the first apply, under whatever address the audience lives now; one set by hand is itself.
#[test]
fn a_salt_set_by_hand_is_taken_as_it_is() {
    let rule = Rule::of("m16");
    let by_hand = salt("another project", &rule.model.audiences["exactly_12"], None);
    assert_eq!(by_hand.as_deref(), Some("shop/lapsed_spenders/winback_test"));
}

/// The rule in other words: multiply the first eight bytes by 100 and keep what is left of the point.
#[test]
fn buckets_are_hundredths_of_the_digest() {
    for (salt, mpid) in [("a", 0), ("a", i64::MAX), ("a", i64::MIN), ("", -1), ("shop/ß/é", 17_850)] {
        let digest = Sha256::digest(format!("{salt}:{mpid}"));
        // Digit by digit in base 256, from the last of the eight bytes to the first.
        let carried = digest[..8].iter().rev().fold(0u32, |carry, byte| (u32::from(*byte) * 100 + carry) / 256);
        assert_eq!(u32::from(bucket(salt, Mpid(mpid))), carried, "{salt}:{mpid}");
    }
}
