//! The parts of a batch that are read. Names are those of the platform's events API; all others are left alone, and so is
//! what is null.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::report::BadRow;
use super::event::{self, Meaning};
use super::identities;
use super::value::{self, Object, Value, instant, parse, reason};
use crate::base::Mpid;
use crate::catalog::IdentityType;

type Raw<'a> = Option<&'a RawValue>;

/// A batch: what one user did, and what is known of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Batch<'a> {
    #[serde(borrow)]
    pub(super) events: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub(super) source_request_id: Raw<'a>,
    #[serde(borrow)]
    pub(super) environment: Raw<'a>,
    #[serde(borrow)]
    pub(super) mpid: Raw<'a>,
    /// When the platform received it.
    #[serde(borrow)]
    pub(super) timestamp_unixtime_ms: Raw<'a>,
    #[serde(borrow)]
    pub(super) mp_deviceid: Raw<'a>,
    /// An object, or a list of objects.
    #[serde(borrow)]
    pub(super) user_identities: Raw<'a>,
    #[serde(borrow)]
    pub(super) device_info: Option<Object<'a>>,
    #[serde(borrow)]
    pub(super) application_info: Option<Object<'a>>,
    #[serde(borrow)]
    pub(super) user_attributes: Option<Object<'a>>,
    #[serde(borrow)]
    pub(super) deleted_user_attributes: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub(super) consent_state: Option<Object<'a>>,
    #[serde(borrow)]
    pub(super) context: Option<Object<'a>>,
    #[serde(borrow)]
    pub(super) attribution_info: Option<Object<'a>>,
}

/// One event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Event<'a> {
    #[serde(borrow)]
    pub(super) event_type: Raw<'a>,
    #[serde(borrow)]
    pub(super) data: Option<Data<'a>>,
}

/// What an event says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Data<'a> {
    #[serde(borrow)]
    pub(super) event_id: Raw<'a>,
    #[serde(borrow)]
    pub(super) timestamp_unixtime_ms: Raw<'a>,
    #[serde(borrow)]
    pub(super) location: Option<Object<'a>>,
    #[serde(borrow)]
    pub(super) custom_attributes: Option<Object<'a>>,
    #[serde(borrow)]
    pub(super) event_name: Raw<'a>,
    #[serde(borrow)]
    pub(super) custom_event_type: Raw<'a>,
    #[serde(borrow)]
    pub(super) product_action: Option<Object<'a>>,
    #[serde(borrow)]
    pub(super) promotion_action: Option<Object<'a>>,
    #[serde(borrow)]
    pub(super) product_impressions: Option<Vec<Object<'a>>>,
    #[serde(borrow)]
    pub(super) currency_code: Raw<'a>,
    #[serde(borrow)]
    pub(super) screen_name: Raw<'a>,
    #[serde(borrow)]
    pub(super) is_non_interactive: Raw<'a>,
    #[serde(borrow)]
    pub(super) activity_type: Raw<'a>,
    #[serde(borrow)]
    pub(super) application_transition_type: Raw<'a>,
    #[serde(borrow)]
    pub(super) is_first_run: Raw<'a>,
    #[serde(borrow)]
    pub(super) is_upgrade: Raw<'a>,
    #[serde(borrow)]
    pub(super) launch_referral: Raw<'a>,
    #[serde(borrow)]
    pub(super) is_opted_out: Raw<'a>,
    #[serde(borrow)]
    pub(super) class_name: Raw<'a>,
    #[serde(borrow)]
    pub(super) severity: Raw<'a>,
    #[serde(borrow)]
    pub(super) message: Raw<'a>,
    #[serde(borrow)]
    pub(super) exception_handled: Raw<'a>,
    #[serde(borrow)]
    pub(super) topmost_context: Raw<'a>,
}

/// A batch with all that can be read of it before it is known where to keep it. Its events are read each by itself: one that
/// cannot be read takes no other with it.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    pub(super) batch: Batch<'a>,
    pub(super) is_development: bool,
    pub(super) request: Option<Cow<'a, str>>,
    pub(super) mpid: Option<Mpid>,
    pub(super) identities: Vec<(IdentityType, Cow<'a, str>)>,
    /// When it was said: when the platform received it, or else its latest event. In ms since 1970.
    pub(super) at_ms: Option<i64>,
    /// Attributes that its application gives to all its events.
    pub(super) of_application: Vec<(&'static str, Cow<'a, str>)>,
    pub(super) events: Vec<(&'a RawValue, Result<Fact<'a>, BadRow>)>,
}

/// An event with everything that it says.
#[derive(Debug)]
pub(super) struct Fact<'a> {
    pub(super) meaning: Meaning<'a>,
    pub(super) at_ms: Option<i64>,
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) attributes: Vec<Pair<'a>>,
    pub(super) action: Vec<Pair<'a>>,
    pub(super) products: Vec<Vec<Pair<'a>>>,
    pub(super) data: Data<'a>,
}

/// An attribute.
pub(super) type Pair<'a> = (Cow<'a, str>, Value<'a>);

impl<'a> Parsed<'a> {
    /// Reads the text of a batch.
    pub(super) fn read(text: &'a str) -> Result<Self, BadRow> {
        if !text.trim_start().starts_with('{') {
            return Err(BadRow::NotJson);
        }
        let batch: Batch<'a> = serde_json::from_str(text).map_err(|error| reason(&error))?;
        let events = batch.events.iter().flatten().map(|raw| (*raw, Fact::read(raw)));
        let events: Vec<(&'a RawValue, Result<Fact<'a>, BadRow>)> = events.collect();
        let last = || events.iter().filter_map(|(_, fact)| fact.as_ref().ok()?.at_ms).max();
        let environment = value::text(batch.environment)?;
        Ok(Self {
            is_development: environment.is_some_and(|said| said.trim().eq_ignore_ascii_case("development")),
            request: value::text(batch.source_request_id)?,
            mpid: identities::mpid(&batch)?,
            identities: identities::identities(&batch)?,
            at_ms: instant(batch.timestamp_unixtime_ms)?.or_else(last),
            of_application: application(&batch)?,
            events,
            batch,
        })
    }
}

/// What `where` can ask of every event: the version and the build of the application that it happened in.
fn application<'a>(batch: &Batch<'a>) -> Result<Vec<(&'static str, Cow<'a, str>)>, BadRow> {
    let mut all = Vec::new();
    for (name, key) in [("app_version", "application_version"), ("build", "application_build_number")] {
        let text = batch.application_info.as_ref().map_or(Ok(None), |info| info.text(key))?;
        all.extend(text.map(|text| (name, text)));
    }
    Ok(all)
}

impl<'a> Fact<'a> {
    fn read(raw: &'a RawValue) -> Result<Self, BadRow> {
        if !raw.get().starts_with('{') {
            return Err(BadRow::Shape);
        }
        let event: Event<'a> = parse(raw)?;
        let meaning = event::meaning(&event)?;
        let data = event.data.unwrap_or_default();
        let mut fact = Self {
            at_ms: instant(data.timestamp_unixtime_ms)?,
            id: value::text(data.event_id)?,
            attributes: Vec::new(),
            action: Vec::new(),
            products: Vec::new(),
            meaning,
            data,
        };
        if let Meaning::Event(kind, ..) = fact.meaning {
            fact.attributes = values(event::attributes(kind, &fact.data))?;
            fact.action = values(event::action(&fact.data))?;
            let products = event::products(&fact.data)?;
            fact.products = products.into_iter().map(values).collect::<Result<_, _>>()?;
        }
        Ok(fact)
    }
}

fn values<'a>(pairs: Vec<(Cow<'a, str>, &'a RawValue)>) -> Result<Vec<Pair<'a>>, BadRow> {
    pairs.into_iter().map(|(name, raw)| Ok((name, value::value(raw)?))).collect()
}
