//! What an event of a batch is in the language, and what it says.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::super::report::BadRow;
use super::batch::{Data, Event};
use super::value::{Object, is_true, text};
use crate::catalog::{CustomEventType, EventKind};

/// Values by name, in their order.
type Named<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// What an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning<'a> {
    /// An event that criteria can ask for: kind, name, custom type.
    Event(EventKind, Cow<'a, str>, CustomEventType),
    /// One that they cannot, with its type: a sighting of the user and nothing more.
    Sighting(Cow<'a, str>),
}

/// What an event is.
pub(super) fn meaning<'a>(event: &Event<'a>) -> Result<Meaning<'a>, BadRow> {
    let event_type = text(event.event_type)?.ok_or(BadRow::EventType)?;
    let none = Data::default();
    let data = event.data.as_ref().unwrap_or(&none);
    let unnamed = |kind| Meaning::Event(kind, Cow::Borrowed(""), CustomEventType::Other);
    Ok(match event_type.trim().to_ascii_lowercase().as_str() {
        "custom_event" => {
            let name = text(data.event_name)?.ok_or(BadRow::Name)?;
            Meaning::Event(EventKind::Custom, name, custom_type(data)?)
        }
        "screen_view" => {
            let name = text(data.screen_name)?.ok_or(BadRow::Name)?;
            Meaning::Event(EventKind::Screen, name, CustomEventType::Other)
        }
        "commerce_event" => unnamed(commerce_kind(data)?),
        "session_start" => unnamed(EventKind::Session),
        "crash_report" => unnamed(EventKind::Crash),
        "uninstall" => unnamed(EventKind::Uninstall),
        "first_run" => unnamed(EventKind::Install),
        "opt_out" => unnamed(EventKind::OptOut),
        "application_state_transition" => match transition(data)? {
            Some(kind) => unnamed(kind),
            None => Meaning::Sighting(event_type),
        },
        _ => Meaning::Sighting(event_type),
    })
}

fn custom_type(data: &Data<'_>) -> Result<CustomEventType, BadRow> {
    let said = text(data.custom_event_type)?;
    let parsed = said.map(|said| CustomEventType::parse(&said.trim().to_ascii_lowercase()));
    Ok(parsed.map_or(CustomEventType::Other, |parsed| parsed.unwrap_or(CustomEventType::Unknown)))
}

/// The start of an application is an install or an upgrade where it says so; any other change of state is neither.
fn transition(data: &Data<'_>) -> Result<Option<EventKind>, BadRow> {
    let said = text(data.application_transition_type)?;
    let started = said.is_none_or(|said| said.trim().eq_ignore_ascii_case("application_initialized"));
    Ok(match () {
        () if started && is_true(data.is_first_run) => Some(EventKind::Install),
        () if started && is_true(data.is_upgrade) => Some(EventKind::Upgrade),
        () => None,
    })
}

fn commerce_kind(data: &Data<'_>) -> Result<EventKind, BadRow> {
    if let Some(action) = &data.product_action {
        let action = action.text("action")?.ok_or(BadRow::Action)?;
        let action = action.trim().to_ascii_lowercase();
        // The platform spells this one in two ways.
        let action = if action == "remove_from_wish_list" { "remove_from_wishlist" } else { &action };
        let of_products = EventKind::Purchase..=EventKind::RemoveFromWishlist;
        return EventKind::of_word(action).filter(|kind| of_products.contains(kind)).ok_or(BadRow::Action);
    }
    if let Some(action) = &data.promotion_action {
        let action = action.text("action")?.ok_or(BadRow::Action)?;
        return match action.trim().to_ascii_lowercase().as_str() {
            "view" => Ok(EventKind::PromotionView),
            "click" => Ok(EventKind::PromotionClick),
            _ => Err(BadRow::Action),
        };
    }
    if data.product_impressions.is_some() { Ok(EventKind::Impression) } else { Err(BadRow::Action) }
}

/// What an event says of itself, but for what all its application's events share.
pub(super) fn attributes<'a>(kind: EventKind, data: &Data<'a>) -> Named<'a> {
    let screen = data.screen_name.filter(|_| kind != EventKind::Screen);
    let of_platform = [
        ("currency_code", data.currency_code),
        ("screen_name", screen),
        ("is_non_interactive", data.is_non_interactive),
        ("activity_type", data.activity_type),
        ("launch_referral", data.launch_referral),
        ("is_opted_out", data.is_opted_out),
        ("class_name", data.class_name),
        ("severity", data.severity),
        ("message", data.message),
        ("exception_handled", data.exception_handled),
        ("topmost_context", data.topmost_context),
    ];
    // What the customer says under a name of the platform's is what counts: it comes last.
    let of_platform = of_platform.into_iter().filter_map(|(name, raw)| Some((Cow::Borrowed(name), raw?)));
    let own = data.custom_attributes.iter().flat_map(|own| own.0.iter().cloned());
    of_platform.chain(own).collect()
}

/// What an event says of its action.
pub(super) fn action<'a>(data: &Data<'a>) -> Named<'a> {
    let said = data.product_action.iter().flat_map(|action| action.0.iter());
    said.filter(|(name, _)| *name != "products" && *name != "action").cloned().collect()
}

/// The products of an event, or its promotions.
pub(super) fn products<'a>(data: &Data<'a>) -> Result<Vec<Named<'a>>, BadRow> {
    let mut all = Vec::new();
    let lists = [(&data.product_action, "products"), (&data.promotion_action, "promotions")];
    if let Some((list, name)) = lists.into_iter().find_map(|(list, name)| Some((list.as_ref()?, name))) {
        for product in objects(list, name)? {
            all.push(flat(product)?);
        }
        return Ok(all);
    }
    for impression in data.product_impressions.iter().flatten() {
        let list = impression.get("product_impression_list");
        for product in objects(impression, "products")? {
            let mut product = flat(product)?;
            product.extend(list.map(|list| (Cow::Borrowed("product_impression_list"), list)));
            all.push(product);
        }
    }
    Ok(all)
}

fn objects<'a>(of: &Object<'a>, name: &str) -> Result<Vec<Object<'a>>, BadRow> {
    let list: Option<Option<Vec<Object<'a>>>> = of.get(name).map(super::value::parse).transpose()?;
    Ok(list.flatten().unwrap_or_default())
}

/// A product with the customer's own attributes beside the platform's.
fn flat<'a>(product: Object<'a>) -> Result<Named<'a>, BadRow> {
    let own = product.object("custom_attributes")?;
    let of_platform = product.0.into_iter().filter(|(name, _)| name != "custom_attributes");
    Ok(of_platform.chain(own.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<String, BadRow> {
        let event: Event<'_> = serde_json::from_str(json).unwrap();
        Ok(match meaning(&event)? {
            Meaning::Event(kind, name, custom) => format!("{} {name:?} {}", kind.word(), custom.name()),
            Meaning::Sighting(event_type) => format!("a sighting: {event_type}"),
        })
    }

    #[test]
    fn every_event_has_a_meaning_or_a_reason() {
        let cases = [
            r#"{"event_type":"custom_event","data":{"event_name":"Play","custom_event_type":"Media"}}"#,
            r#"{"event_type":"custom_event","data":{"event_name":7,"custom_event_type":"new"}}"#,
            r#"{"event_type":"custom_event","data":{"event_name":" "}}"#,
            r#"{"event_type":"screen_view","data":{"screen_name":"Home"}}"#,
            r#"{"event_type":"screen_view"}"#,
            r#"{"event_type":"session_start","data":null}"#,
            r#"{"event_type":"session_end","data":{}}"#,
            r#"{"event_type":"application_state_transition","data":{"application_transition_type":"application_initialized","is_first_run":true}}"#,
            r#"{"event_type":"application_state_transition","data":{"is_first_run":false,"is_upgrade":"True"}}"#,
            r#"{"event_type":"application_state_transition","data":{"application_transition_type":"application_exit","is_upgrade":true}}"#,
            r#"{"event_type":"first_run"}"#,
            r#"{"event_type":"uninstall"}"#,
            r#"{"event_type":"crash_report"}"#,
            r#"{"event_type":"opt_out"}"#,
            r#"{"event_type":"profile"}"#,
            r#"{"event_type":"commerce_event","data":{"product_action":{"action":"remove_from_wish_list"}}}"#,
            r#"{"event_type":"commerce_event","data":{"product_action":{"action":"promotion_view"}}}"#,
            r#"{"event_type":"commerce_event","data":{"product_action":null,"promotion_action":{"action":"click"}}}"#,
            r#"{"event_type":"commerce_event","data":{"product_impressions":[]}}"#,
            r#"{"event_type":"commerce_event"}"#,
            r#"{"data":{}}"#,
        ];
        let told: Vec<_> =
            cases.iter().map(|json| read(json).unwrap_or_else(|reason| format!("bad: {reason}"))).collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        event "Play" media
        event "7" unknown
        bad: no event name
        screen "Home" other
        bad: no event name
        session "" other
        a sighting: session_end
        install "" other
        upgrade "" other
        a sighting: application_state_transition
        install "" other
        uninstall "" other
        crash "" other
        opt_out "" other
        a sighting: profile
        remove_from_wishlist "" other
        bad: a commerce event without an action that is known
        promotion_click "" other
        impression "" other
        bad: a commerce event without an action that is known
        bad: an event without a type
        "#);
    }
}
