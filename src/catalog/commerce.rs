//! The attributes that the platform itself gives to commerce events: of what was done, and of each product or promotion.

use super::attribute::ValueType;
use super::event::{EventKind, Part};

use ValueType::{Number, String};

/// What was done.
const ACTION: [(&str, ValueType); 10] = [
    ("affiliation", String),
    ("checkout_options", String),
    ("checkout_step", Number),
    ("coupon_code", String),
    ("product_action_list", String),
    ("product_list_source", String),
    ("shipping_amount", Number),
    ("tax_amount", Number),
    ("total_amount", Number),
    ("transaction_id", String),
];

/// A product.
const PRODUCT: [(&str, ValueType); 10] = [
    ("brand", String),
    ("category", String),
    ("coupon_code", String),
    ("id", String),
    ("name", String),
    ("position", Number),
    ("price", Number),
    ("quantity", Number),
    ("total_product_amount", Number),
    ("variant", String),
];

/// A promotion, whose position is a place on a page and no number.
const PROMOTION: [(&str, ValueType); 4] =
    [("creative", String), ("id", String), ("name", String), ("position", String)];

/// The attributes that the platform gives to a part of the events of a kind, with their types; by name.
pub fn platform_attributes(kind: EventKind, part: Part) -> &'static [(&'static str, ValueType)] {
    match (kind, part) {
        (kind, _) if !kind.is_commerce() => &[],
        (EventKind::PromotionView | EventKind::PromotionClick, Part::Product) => &PROMOTION,
        (_, Part::Product) => &PRODUCT,
        (EventKind::Impression | EventKind::PromotionView | EventKind::PromotionClick, Part::Action) => &[],
        (_, Part::Action) => &ACTION,
    }
}

/// The type of an attribute that the platform gives to a part of the events of a kind.
pub fn platform_attribute(kind: EventKind, part: Part, name: &str) -> Option<ValueType> {
    platform_attributes(kind, part).iter().find(|(each, _)| *each == name).map(|(_, value_type)| *value_type)
}
