//! Who a batch is about: its MPID, and its identities under any of the names that the platform has for their types.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::super::report::BadRow;
use super::batch::Batch;
use super::value::{Object, Value, parse, text, value};
use crate::base::Mpid;
use crate::catalog::IdentityType;
use crate::identity::clean;

/// Names of identity types in the IDSync API, the Profile API and the partner protocol, where they are not those of the events
/// API.
const OTHER_NAMES: [(&str, IdentityType); 34] = [
    ("customer", IdentityType::CustomerId),
    ("customerid", IdentityType::CustomerId),
    ("facebook_id", IdentityType::Facebook),
    ("facebookcustomaudienceid", IdentityType::FacebookCustomAudienceId),
    ("google_id", IdentityType::Google),
    ("twitter_id", IdentityType::Twitter),
    ("microsoft_id", IdentityType::Microsoft),
    ("yahoo_id", IdentityType::Yahoo),
    ("other2", IdentityType::OtherId2),
    ("other3", IdentityType::OtherId3),
    ("other4", IdentityType::OtherId4),
    ("other5", IdentityType::OtherId5),
    ("other6", IdentityType::OtherId6),
    ("other7", IdentityType::OtherId7),
    ("other8", IdentityType::OtherId8),
    ("other9", IdentityType::OtherId9),
    ("other10", IdentityType::OtherId10),
    ("ios_idfa", IdentityType::IosAdvertisingId),
    ("idfa", IdentityType::IosAdvertisingId),
    ("ios_vendor_id", IdentityType::IosIdfv),
    ("idfv", IdentityType::IosIdfv),
    ("android_aaid", IdentityType::AndroidAdvertisingId),
    ("google_advertising_id", IdentityType::AndroidAdvertisingId),
    ("android_id", IdentityType::AndroidUuid),
    ("push_notification_token", IdentityType::PushToken),
    ("google_cloud_messaging_token", IdentityType::PushToken),
    ("apple_push_notification_token", IdentityType::PushToken),
    ("roku_aid", IdentityType::RokuAdvertisingId),
    ("roku_publisher", IdentityType::RokuPublisherId),
    ("microsoft_aid", IdentityType::MicrosoftAdvertisingId),
    ("fire_aid", IdentityType::FireAdvertisingId),
    ("device_application_stamp", IdentityType::MpDeviceId),
    ("mp_device_id", IdentityType::MpDeviceId),
    ("phone_number", IdentityType::MobileNumber),
];

/// Says of an identity that it is the value itself and not a digest of it.
const PLAIN: [&str; 2] = ["raw", "none"];

/// The type that a name stands for.
fn identity_type(name: &str) -> Option<IdentityType> {
    let name = name.trim().to_ascii_lowercase();
    let other = || OTHER_NAMES.iter().find(|(each, _)| *each == name).map(|(_, identity)| *identity);
    name.parse().ok().or_else(other)
}

/// The MPID of a batch. Zero is how the platform says that there is none.
pub(super) fn mpid(batch: &Batch<'_>) -> Result<Option<Mpid>, BadRow> {
    let Some(text) = text(batch.mpid)? else { return Ok(None) };
    let mpid: i64 = text.trim().parse().map_err(|_| BadRow::Mpid)?;
    Ok((mpid != 0).then_some(Mpid(mpid)))
}

/// The identities of a batch, in look-up order; those of its device too. Types that nobody knows are left out.
pub(super) fn identities<'a>(batch: &Batch<'a>) -> Result<Vec<(IdentityType, Cow<'a, str>)>, BadRow> {
    let mut all = Vec::new();
    match batch.user_identities {
        Some(raw) if raw.get().starts_with('[') => {
            for each in parse::<Vec<Object<'a>>>(raw)? {
                let plain = each.text("encoding")?.is_none_or(|encoding| PLAIN.contains(&&*encoding));
                let name = each.first(&["identity_type", "type"])?.filter(|_| plain);
                let said = each.get("identity").or_else(|| each.get("value"));
                add(&mut all, name.as_deref().and_then(identity_type), said)?;
            }
        }
        Some(raw) => {
            for (name, said) in parse::<Object<'a>>(raw)?.0 {
                add(&mut all, identity_type(&name), Some(said))?;
            }
        }
        None => {}
    }
    for (name, said) in batch.device_info.iter().flat_map(|device| &device.0) {
        add(&mut all, device_identity(name), Some(*said))?;
    }
    add(&mut all, Some(IdentityType::MpDeviceId), batch.mp_deviceid)?;
    all.sort_by_key(|(identity, _)| *identity);
    all.dedup();
    Ok(all)
}

/// The identity types of devices: `google`, say, is a user's and stands elsewhere.
fn device_identity(name: &str) -> Option<IdentityType> {
    identity_type(name).filter(|identity| *identity >= IdentityType::IosAdvertisingId)
}

fn add<'a>(
    all: &mut Vec<(IdentityType, Cow<'a, str>)>,
    identity: Option<IdentityType>,
    said: Option<&'a RawValue>,
) -> Result<(), BadRow> {
    let (Some(identity), Some(said)) = (identity, said) else { return Ok(()) };
    let values = match value(said)? {
        Value::Null => return Ok(()),
        Value::Text(text) => vec![text],
        Value::List(texts) => texts,
    };
    let there = values.into_iter().filter(|text| clean(text).is_some() && !is_withheld(identity, text));
    all.extend(there.map(|text| (identity, text)));
    Ok(())
}

/// Whether a device withholds its identity: it says zeros then, which are everybody's.
fn is_withheld(identity: IdentityType, text: &str) -> bool {
    identity >= IdentityType::IosAdvertisingId && text.trim().bytes().all(|byte| matches!(byte, b'0' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Vec<String>, BadRow> {
        let batch: Batch<'_> = serde_json::from_str(json).unwrap();
        Ok(identities(&batch)?.iter().map(|(identity, value)| format!("{identity}={value}")).collect())
    }

    #[test]
    fn all_spellings_are_known() {
        for (name, identity) in IdentityType::ALL.iter().chain(&OTHER_NAMES) {
            assert_eq!(identity_type(&name.to_uppercase()), Some(*identity), "{name}");
        }
        for name in ["customer_id", "customerid", "customer"] {
            assert_eq!(
                read(&format!("{{\"user_identities\":{{\"{name}\":7}}}}")),
                Ok(vec!["customer_id=7".to_owned()])
            );
        }
    }

    #[test]
    fn lists_devices_and_nothing() {
        let json = r#"{"user_identities":[{"identity_type":"email","identity":"a@x"},{"type":"customer","encoding":"sha256","value":"f0"},
            {"type":"nobody","value":1}],"device_info":{"ios_idfv":"V","google":"not here","ios_advertising_id":"00000000-0000-0000-0000-000000000000"},
            "mp_deviceid":"D"}"#;
        assert_eq!(read(json), Ok(["email=a@x", "ios_idfv=V", "mp_deviceid=D"].map(str::to_owned).to_vec()));
        assert_eq!(read(r#"{"user_identities":{"email":null,"customer_id":" "}}"#), Ok(Vec::new()));
        assert_eq!(read(r#"{"user_identities":5}"#), Err(BadRow::Shape));
    }

    #[test]
    fn an_mpid_is_a_signed_number() {
        let read = |json: &str| mpid(&serde_json::from_str(json).unwrap());
        assert_eq!(read(r#"{"mpid":-7}"#), Ok(Some(Mpid(-7))));
        assert_eq!(read(r#"{"mpid":"9223372036854775807"}"#), Ok(Some(Mpid(i64::MAX))));
        assert_eq!((read(r#"{"mpid":0}"#), read(r#"{"mpid":null}"#)), (Ok(None), Ok(None)));
        assert_eq!(
            (read(r#"{"mpid":1.5}"#), read(r#"{"mpid":9223372036854775808}"#)),
            (Err(BadRow::Mpid), Err(BadRow::Mpid))
        );
    }
}
