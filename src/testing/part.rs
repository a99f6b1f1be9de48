//! Which part of an audience a user is in (M15, M16), as of a first apply.

use crate::base::Mpid;
use crate::ir::{Audience, Split, VariantName};
use crate::members::{Buckets, bucket};

/// Where a split puts a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The user's bucket, 0 to 99.
    pub bucket: u8,
    /// The part that owns it.
    pub part: VariantName,
}

/// Where the split of an audience puts a user; `None` where it has none.
pub(super) fn placed(project: &str, audience: &Audience, mpid: Mpid) -> Option<Placed> {
    let split = audience.split.as_ref()?;
    let bucket = bucket(&salt(project, audience, split), mpid);
    let range = Buckets::new(split.variants.iter().map(|variant| variant.share)).range_of(bucket);
    Some(Placed { bucket, part: split.names().nth(range).unwrap_or(VariantName::Control) })
}

/// The salt that a first apply gives the split.
fn salt(project: &str, audience: &Audience, split: &Split) -> String {
    split.salt.clone().unwrap_or_else(|| format!("{project}/{}/{}", audience.address, split.name))
}
