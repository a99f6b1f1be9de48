//! The identity types of the platform: of users and of devices.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! identity_types {
    ($($name:ident $text:literal)*) => {
        /// A type of identity, under its name in the events API.
        ///
        /// The order is the one in which identities are looked up to find a user, where the project says nothing else: customer
        /// id, email, then the others.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[repr(u8)]
        pub enum IdentityType { $(#[doc = concat!("`", $text, "`.")] $name,)* }

        impl IdentityType {
            /// Every type with its name, in look-up order; the position is the code that a store keeps.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($text, Self::$name),)*];
        }
    };
}

identity_types! {
    CustomerId "customer_id"
    Email "email"
    Other "other"
    OtherId2 "other_id_2"
    OtherId3 "other_id_3"
    OtherId4 "other_id_4"
    OtherId5 "other_id_5"
    OtherId6 "other_id_6"
    OtherId7 "other_id_7"
    OtherId8 "other_id_8"
    OtherId9 "other_id_9"
    OtherId10 "other_id_10"
    MobileNumber "mobile_number"
    PhoneNumber2 "phone_number_2"
    PhoneNumber3 "phone_number_3"
    Facebook "facebook"
    FacebookCustomAudienceId "facebook_custom_audience_id"
    Google "google"
    Twitter "twitter"
    Microsoft "microsoft"
    Yahoo "yahoo"
    Alias "alias"
    IosAdvertisingId "ios_advertising_id"
    IosIdfv "ios_idfv"
    AndroidAdvertisingId "android_advertising_id"
    AndroidUuid "android_uuid"
    PushToken "push_token"
    AmpId "amp_id"
    RokuAdvertisingId "roku_advertising_id"
    RokuPublisherId "roku_publisher_id"
    MicrosoftAdvertisingId "microsoft_advertising_id"
    MicrosoftPublisherId "microsoft_publisher_id"
    FireAdvertisingId "fire_advertising_id"
    MpDeviceId "mp_deviceid"
}

/// The order in which the identities of a row are looked up to find its user; the first one that somebody has decides. Every type is in it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupOrder(Vec<IdentityType>);

impl Default for LookupOrder {
    /// Customer id, email, then the others: the order of [`IdentityType`].
    fn default() -> Self {
        Self::starting_with(&[])
    }
}

impl LookupOrder {
    /// The order that starts with some types; the others follow in the order of [`IdentityType`].
    ///
    /// ```
    /// use aud::catalog::{IdentityType::{CustomerId, Email}, LookupOrder};
    /// let order = LookupOrder::starting_with(&[Email]);
    /// assert!(order.rank(Email) < order.rank(CustomerId));
    /// ```
    pub fn starting_with(first: &[IdentityType]) -> Self {
        let all = IdentityType::ALL.iter().map(|(_, identity)| *identity);
        let mut order: Vec<IdentityType> = Vec::with_capacity(all.len());
        for each in first.iter().copied().chain(all) {
            if !order.contains(&each) {
                order.push(each);
            }
        }
        Self(order)
    }

    /// How many types are looked up before a type.
    pub fn rank(&self, identity: IdentityType) -> usize {
        self.0.iter().position(|each| *each == identity).unwrap_or(self.0.len())
    }
}

impl IdentityType {
    /// The name.
    pub fn name(self) -> &'static str {
        Self::ALL.get(self as usize).map_or("other", |(name, _)| name)
    }
}

impl fmt::Display for IdentityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names no identity type.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no identity type")]
pub struct NotAnIdentityType(String);

impl FromStr for IdentityType {
    type Err = NotAnIdentityType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        found.map(|(_, each)| *each).ok_or_else(|| NotAnIdentityType(text.to_owned()))
    }
}

impl TryFrom<String> for IdentityType {
    type Error = NotAnIdentityType;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<IdentityType> for String {
    fn from(identity: IdentityType) -> Self {
        identity.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_positions() {
        for (at, (name, each)) in IdentityType::ALL.iter().enumerate() {
            assert_eq!((*each as usize, each.name()), (at, *name));
        }
    }
}
