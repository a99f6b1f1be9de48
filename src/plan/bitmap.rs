//! Bitmaps inside JSON: base64 of Roaring's portable form.

use base64::{Engine, engine::general_purpose::STANDARD};
use roaring::RoaringBitmap;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

fn encode(bitmap: &RoaringBitmap) -> std::io::Result<String> {
    let mut bytes = Vec::with_capacity(bitmap.serialized_size());
    bitmap.serialize_into(&mut bytes)?;
    Ok(STANDARD.encode(bytes))
}

fn decode(text: &str) -> Result<RoaringBitmap, String> {
    let bytes = STANDARD.decode(text).map_err(|error| format!("a set of users is not base64: {error}"))?;
    let mut rest = bytes.as_slice();
    let bitmap =
        RoaringBitmap::deserialize_from(&mut rest).map_err(|error| format!("a set of users is damaged: {error}"))?;
    if rest.is_empty() { Ok(bitmap) } else { Err("a set of users is damaged: bytes are left over".to_owned()) }
}

pub(super) fn serialize<S: Serializer>(bitmap: &RoaringBitmap, serializer: S) -> Result<S::Ok, S::Error> {
    encode(bitmap).map_err(S::Error::custom)?.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RoaringBitmap, D::Error> {
    decode(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// The same for a bitmap that may be absent, which is `null`.
pub(super) mod optional {
    use super::{Deserialize, Deserializer, RoaringBitmap, Serialize, Serializer, decode, encode};
    use serde::de::Error as _;
    use serde::ser::Error as _;

    pub(in crate::plan) fn serialize<S: Serializer>(
        bitmap: &Option<RoaringBitmap>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        bitmap.as_ref().map(encode).transpose().map_err(S::Error::custom)?.serialize(serializer)
    }

    pub(in crate::plan) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<RoaringBitmap>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.as_deref().map(decode).transpose().map_err(D::Error::custom)
    }
}
