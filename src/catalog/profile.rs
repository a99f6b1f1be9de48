//! What is known of a user besides identities: the fields of a profile, kept for each workspace.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($name:ident $text:literal)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $type { $(#[doc = concat!("`", $text, "`.")] $name,)* }

        impl $type {
            /// Every one with its word in the language.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($text, Self::$name),)*];

            /// The word in the language.
            pub fn word(self) -> &'static str {
                Self::ALL.iter().find(|(_, each)| *each == self).map_or("", |(word, _)| word)
            }

            /// What a word stands for.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().find(|(each, _)| *each == word).map(|(_, each)| *each)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

words! {
    /// What is known of a device.
    DeviceField { Type "type" Os "os" OsVersion "os_version" Carrier "carrier" Manufacturer "manufacturer" Model "model" }
}

words! {
    /// What is known of a location.
    LocationField { City "city" State "state" Zip "zip" Dma "dma" Country "country" Point "point" }
}

words! {
    /// The laws that consent is given under.
    Regulation { Gdpr "gdpr" Ccpa "ccpa" }
}

words! {
    /// What an attribution is about.
    InstallEdge { Install "install" Uninstall "uninstall" }
}

/// One field of a profile.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProfileField {
    /// A user attribute.
    Attribute(String),
    /// A calculated attribute that came with the profile.
    Calculated(String),
    /// Consent for a purpose, `true` or `false`; for `ccpa`, `true` means opted out.
    Consent(Regulation, String),
    /// Something about devices: a list where there are several.
    Device(DeviceField),
    /// Something about the latest location. A point is `latitude,longitude` in degrees.
    Location(LocationField),
    /// Something about the attribution of an install or uninstall; without a name, `true` where there is one at all.
    Attribution(InstallEdge, Option<String>),
}

impl ProfileField {
    /// A user attribute.
    pub fn attribute(name: impl Into<String>) -> Self {
        Self::Attribute(name.into())
    }
}
