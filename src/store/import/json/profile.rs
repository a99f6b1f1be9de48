//! What a batch says of its user's profile.
//!
//! A field is said as of the batch's time; a consent as of the time that it carries, and a location or attribution of an event
//! as of the event's.

use std::borrow::Cow;

use super::super::super::builder::Builder;
use super::super::super::column::{ABSENT, NULL};
use super::super::report::BadRow;
use super::super::rows::Saying;
use super::batch::{Batch, Data};
use super::event::Meaning;
use super::names::Names;
use super::value::{Object, Value, instant, is_true, parse, text, value};
use crate::base::value::read_number;
use crate::catalog::{CustomEventType, DeviceField, EventKind, InstallEdge, LocationField, ProfileField, Regulation};

/// User attributes that the platform reserves: their names are the same in any case.
const RESERVED: [&str; 10] =
    ["$Age", "$FirstName", "$LastName", "$Gender", "$Mobile", "$Address", "$City", "$State", "$Zip", "$Country"];
/// Where the fields of a device stand, the first that says something first.
const DEVICE: [(DeviceField, &[&str]); 5] = [
    (DeviceField::Os, &["platform"]),
    (DeviceField::OsVersion, &["os_version", "build_version_release"]),
    (DeviceField::Carrier, &["network_carrier"]),
    (DeviceField::Manufacturer, &["device_manufacturer", "brand"]),
    (DeviceField::Model, &["device_model", "product"]),
];
const LOCATION: [(LocationField, &str); 5] = [
    (LocationField::City, "city_name"),
    (LocationField::State, "region_code"),
    (LocationField::Zip, "postal_code"),
    (LocationField::Dma, "dma_code"),
    (LocationField::Country, "country_code"),
];
/// What makes an event say where an install came from.
const ATTRIBUTION: &str = "attribution";

/// The name under which a user attribute is kept.
pub(super) fn attribute_name(name: &str) -> &str {
    let reserved = || RESERVED.iter().find(|each| each.eq_ignore_ascii_case(name));
    if name.starts_with('$') { reserved().copied().unwrap_or(name) } else { name }
}

/// Gathers what is said of one profile.
pub(super) struct Profile<'w> {
    pub(super) builder: &'w mut Builder,
    pub(super) names: &'w mut Names,
    pub(super) input: u8,
    pub(super) said: &'w mut Vec<Saying>,
}

impl Profile<'_> {
    fn say(&mut self, field: &ProfileField, text: Option<&str>, at_ms: i64) {
        let target = self.names.field(self.builder, self.input, field);
        let code = text.map_or(ABSENT, |text| self.builder.profile_code(target, text));
        self.said.push(Saying { target, code, at_ms });
    }

    /// Everything that a batch says of a profile beside its events.
    pub(super) fn batch(&mut self, batch: &Batch<'_>, at_ms: i64) -> Result<(), BadRow> {
        for raw in batch.deleted_user_attributes.iter().flatten() {
            let Some(name) = text(Some(raw))? else { continue };
            let target = self.names.user_attribute(self.builder, self.input, attribute_name(&name));
            self.said.push(Saying { target, code: ABSENT, at_ms });
        }
        for (name, raw) in batch.user_attributes.iter().flat_map(|all| &all.0) {
            let target = self.names.user_attribute(self.builder, self.input, attribute_name(name));
            let code = match value(raw)? {
                Value::Null => NULL,
                Value::Text(text) => self.builder.profile_code(target, &text),
                Value::List(entries) => {
                    let entries: Vec<&str> = entries.iter().map(AsRef::as_ref).collect();
                    self.builder.profile_list(target, &entries)
                }
            };
            self.said.push(Saying { target, code, at_ms });
        }
        self.consent(batch, at_ms)?;
        self.device(batch, at_ms)?;
        if let Some(context) = &batch.context {
            self.location(&context.object("location")?, at_ms)?;
        }
        if let Some(info) = &batch.attribution_info {
            self.attribution(InstallEdge::Install, info, at_ms)?;
        }
        Ok(())
    }

    fn consent(&mut self, batch: &Batch<'_>, at_ms: i64) -> Result<(), BadRow> {
        let Some(consent) = &batch.consent_state else { return Ok(()) };
        for (word, regulation) in Regulation::ALL {
            let purposes = consent.object(word)?;
            for (purpose, raw) in &purposes.0 {
                let said: Object<'_> = parse::<Option<_>>(raw)?.unwrap_or_default();
                let Some(consented) = said.text("consented")? else { continue };
                // A batch repeats what was said long ago, with its time; what it says of the future was said now.
                let since = instant(said.get("timestamp_unixtime_ms"))?.map_or(at_ms, |since| since.min(at_ms));
                let field = ProfileField::Consent(*regulation, purpose.clone().into_owned());
                self.say(&field, Some(&consented), since);
            }
        }
        Ok(())
    }

    fn device(&mut self, batch: &Batch<'_>, at_ms: i64) -> Result<(), BadRow> {
        let Some(device) = &batch.device_info else { return Ok(()) };
        for (field, names) in DEVICE {
            if let Some(text) = device.first(names)? {
                self.say(&ProfileField::Device(field), Some(&text), at_ms);
            }
        }
        if let Some(tablet) = device.get("is_tablet").filter(|raw| raw.get() != "null") {
            let word = if is_true(Some(tablet)) { "tablet" } else { "phone" };
            self.say(&ProfileField::Device(DeviceField::Type), Some(word), at_ms);
        }
        Ok(())
    }

    /// Where the user was: all of it, or nothing where none of it is said.
    fn location(&mut self, said: &Object<'_>, at_ms: i64) -> Result<(), BadRow> {
        let mut fields: Vec<(LocationField, Option<Cow<'_, str>>)> = Vec::new();
        for (field, name) in LOCATION {
            fields.push((field, said.text(name)?));
        }
        fields.push((LocationField::Point, point(said)?.map(Cow::Owned)));
        if fields.iter().any(|(_, text)| text.is_some()) {
            for (field, text) in fields {
                self.say(&ProfileField::Location(field), text.as_deref(), at_ms);
            }
        }
        Ok(())
    }

    /// An attribution replaces the one before; fields that it does not say are known no more.
    fn attribution(&mut self, edge: InstallEdge, said: &Object<'_>, at_ms: i64) -> Result<(), BadRow> {
        let fields = ["publisher", "campaign"];
        if said.first(&fields)?.is_some() {
            self.say(&ProfileField::Attribution(edge, None), Some("true"), at_ms);
            for name in fields {
                let text = said.text(name)?;
                self.say(&ProfileField::Attribution(edge, Some(name.to_owned())), text.as_deref(), at_ms);
            }
        }
        Ok(())
    }

    /// What an event says of a profile.
    pub(super) fn event(&mut self, meaning: &Meaning<'_>, data: &Data<'_>, at_ms: i64) -> Result<(), BadRow> {
        if let Some(location) = &data.location {
            self.location(location, at_ms)?;
        }
        let edge = match meaning {
            Meaning::Event(EventKind::Custom, name, CustomEventType::Attribution) if name == ATTRIBUTION => {
                InstallEdge::Install
            }
            Meaning::Event(EventKind::Uninstall, ..) => InstallEdge::Uninstall,
            _ => return Ok(()),
        };
        data.custom_attributes.as_ref().map_or(Ok(()), |said| self.attribution(edge, said, at_ms))
    }
}

/// A point in degrees as it is stored; `None` where it is not one.
fn point(said: &Object<'_>) -> Result<Option<String>, BadRow> {
    let (Some(latitude), Some(longitude)) = (said.text("latitude")?, said.text("longitude")?) else { return Ok(None) };
    let degrees = |text: &str, most: f64| read_number(text).is_some_and(|degrees| degrees.abs() <= most);
    let there = degrees(&latitude, 90.0) && degrees(&longitude, 180.0);
    Ok(there.then(|| format!("{},{}", latitude.trim(), longitude.trim())))
}
