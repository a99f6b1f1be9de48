//! One split: shares as asked for and as they are.

use serde_json::{Value, json};

use super::words::{bar, table};
use super::{Answer, VERSION};
use crate::base::Address;
use crate::estimate::{Balance, Spread, Value as Attribute};
use crate::ir::VariantName;
use crate::picture::{Drawing, Page, Part, ShareRow, Shares};
use crate::report::number::number;
use crate::report::{Style, visible};

/// Below this chance a difference is worth a look: sample-ratio tests are asked of many splits, so it is small.
const UNLIKELY: f64 = 0.001;

/// How a split came out.
#[derive(Clone, Copy, Debug)]
pub struct BalanceAnswer<'a> {
    /// The audience.
    pub address: &'a Address,
    /// What was found.
    pub balance: &'a Balance,
}

/// A part in per cent.
fn percent(part: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 * 100.0 }
}

fn verdict(chance: Option<f64>) -> String {
    match chance {
        None => "too few to compare".to_owned(),
        Some(chance) if chance < UNLIKELY => {
            format!(
                "⚠ chance alone does this in {} of all cases: look for what makes the variants differ",
                rate(chance)
            )
        }
        Some(chance) => format!("chance alone does this in {} of all cases: nothing speaks against it", rate(chance)),
    }
}

fn rate(chance: f64) -> String {
    if chance < 0.000_05 { "less than 0.01 %".to_owned() } else { format!("{:.2} %", chance * 100.0) }
}

fn value(value: &Attribute) -> String {
    match value {
        Attribute::Text(text) => visible(text).into_owned(),
        Attribute::Missing => "(no value)".to_owned(),
        Attribute::Other => "(all others)".to_owned(),
    }
}

impl BalanceAnswer<'_> {
    fn all(&self) -> u64 {
        self.balance.variants.iter().map(|(_, _, members)| members).sum()
    }

    fn spread_text(&self, spread: &Spread, style: Style) -> String {
        let names: Vec<String> = self.balance.variants.iter().map(|(name, _, _)| name.to_string()).collect();
        let attribute = visible(&spread.attribute);
        let mut heads = vec![(&*attribute, false)];
        heads.extend(names.iter().map(|name| (name.as_str(), true)));
        let sizes: Vec<u64> = self.balance.variants.iter().map(|(_, _, members)| *members).collect();
        let row = |(each, counts): &(Attribute, Vec<u64>)| {
            let mut row = vec![value(each)];
            row.extend(counts.iter().zip(&sizes).map(|(count, of)| format!("{:.1} %", percent(*count, *of))));
            row
        };
        format!("\n{} {}\n", table(&heads, spread.values.iter().map(row), style), verdict(spread.chance))
    }
}

impl Answer for BalanceAnswer<'_> {
    fn text(&self, style: Style) -> String {
        let heads = [("variant", false), ("asked for", true), ("is", true), ("members", true), ("", false)];
        let row = |(name, share, members): &(VariantName, u8, u64)| {
            let is = percent(*members, self.all());
            vec![
                name.to_string(),
                format!("{share} %"),
                format!("{is:.2} %"),
                number(*members),
                bar(*members, self.all()),
            ]
        };
        let mut text = format!("{}\n", style.paint(Style::STRONG, self.address));
        text.push_str(&table(&heads, self.balance.variants.iter().map(row), style));
        text.push_str(&format!(" {}\n", verdict(self.balance.chance)));
        self.balance.attributes.iter().for_each(|spread| text.push_str(&self.spread_text(spread, style)));
        text
    }

    fn json(&self) -> Value {
        let variant = |(name, share, members): &(VariantName, u8, u64)| json!({ "variant": name.to_string(), "share": share, "members": members });
        let spread = |spread: &Spread| {
            let values = spread.values.iter().map(|(value, members)| match value {
                Attribute::Text(text) => json!({ "value": text, "members": members }),
                Attribute::Missing => json!({ "value": null, "members": members }),
                Attribute::Other => json!({ "others": true, "members": members }),
            });
            json!({ "attribute": spread.attribute, "chance": spread.chance, "values": values.collect::<Vec<_>>() })
        };
        json!({
            "version": VERSION,
            "address": self.address,
            "variants": self.balance.variants.iter().map(variant).collect::<Vec<_>>(),
            "chance": self.balance.chance,
            "attributes": self.balance.attributes.iter().map(spread).collect::<Vec<_>>(),
        })
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let mut rows =
            vec![["attribute", "value", "variant", "share", "members", "chance"].map(str::to_owned).to_vec()];
        let chance = |chance: Option<f64>| chance.map_or_else(String::new, |chance| format!("{chance:.6}"));
        let variants = &self.balance.variants;
        rows.extend(variants.iter().map(|(name, share, members)| {
            let whole = chance(self.balance.chance);
            vec![String::new(), String::new(), name.to_string(), share.to_string(), members.to_string(), whole]
        }));
        for spread in &self.balance.attributes {
            for (each, counts) in &spread.values {
                rows.extend(counts.iter().zip(variants).map(|(count, (name, share, _))| {
                    let (attribute, of) = (spread.attribute.clone(), chance(spread.chance));
                    vec![attribute, value(each), name.to_string(), share.to_string(), count.to_string(), of]
                }));
            }
        }
        rows
    }

    fn page(&self) -> Page {
        let variants = &self.balance.variants;
        let row = |(name, share, members): &(VariantName, u8, u64)| ShareRow {
            group: String::new(),
            variant: name.to_string(),
            asked: f64::from(*share) / 100.0,
            is: percent(*members, self.all()) / 100.0,
            interval: None,
        };
        let mut rows: Vec<ShareRow> = variants.iter().map(row).collect();
        for spread in &self.balance.attributes {
            for (each, counts) in &spread.values {
                let of: u64 = counts.iter().sum();
                rows.extend(counts.iter().zip(variants).map(|(count, (name, share, _))| ShareRow {
                    group: format!("{} is {}", spread.attribute, value(each)),
                    variant: name.to_string(),
                    asked: f64::from(*share) / 100.0,
                    is: percent(*count, of) / 100.0,
                    interval: None,
                }));
            }
        }
        let title = format!("Shares of the variants of {}", self.address);
        let shares = Shares { title, unit: "of the members".to_owned(), rows };
        let verdicts =
            self.balance.attributes.iter().map(|each| format!("{}: {}", each.attribute, verdict(each.chance)));
        let mut parts = vec![Part::Drawing(Drawing::Shares(shares)), Part::Paragraph(verdict(self.balance.chance))];
        parts.extend(verdicts.map(Part::Paragraph));
        Page { title: format!("Balance of {}", self.address), parts }
    }
}
