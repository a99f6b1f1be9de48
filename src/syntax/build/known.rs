//! Criteria about what is known of a user: calculated attributes, consent, places, attribution.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::{Builder, find};
use crate::base::Spanned;
use crate::catalog::InstallEdge;
use crate::diagnostic::Code;
use crate::syntax::ast::{ConsentState, Criterion, Distance, DistanceUnit, Place};

impl Builder<'_> {
    /// `calculated "ltv_90d" >= 100`.
    pub(super) fn calculated_attribute(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let (mut attribute, mut test, mut scope) = (None, None, Vec::new());
        for inner in pair.clone().into_inner().skip(1) {
            match inner.as_rule() {
                Rule::string | Rule::alt_string | Rule::alt_bare => attribute = Some(self.data_name(&inner)),
                Rule::scope => scope = self.scope(&inner),
                _ => test = self.test(&inner),
            }
        }
        Some(Criterion::Calculated { attribute: attribute?, test: test?, scope })
    }

    /// `consent gdpr "marketing" is granted`.
    pub(super) fn consent(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let mut inner = pair.clone().into_inner().skip(1);
        let regulation = self.code_name(&inner.next()?);
        let purpose = self.data_name(&inner.next()?);
        let state = self.consent_state(&inner.next()?)?;
        let scope = find(pair, Rule::scope).map_or_else(Vec::new, |scope| self.scope(&scope));
        Some(Criterion::Consent { regulation: regulation?, purpose, state, scope })
    }

    fn consent_state(&mut self, pair: &Pair<Rule>) -> Option<Spanned<ConsentState>> {
        let last = pair.clone().into_inner().next_back()?;
        let words = self.slice(pair).to_ascii_lowercase();
        let words: Vec<&str> = words.split_ascii_whitespace().collect();
        let state = match last.as_rule() {
            Rule::kw_granted => Some(ConsentState::Granted),
            Rule::kw_rejected => Some(ConsentState::Rejected),
            Rule::kw_present => Some(ConsentState::NotPresent),
            _ => consent_meant(&words),
        };
        let canonical = matches!(last.as_rule(), Rule::kw_granted | Rule::kw_rejected | Rule::kw_present);
        let (span, written) = (self.span(pair), self.slice(pair));
        match state {
            Some(state) if !canonical => {
                self.report(mistakes::instead(Code::OtherWord, span, written, consent_words(state)));
            }
            None => self.report(mistakes::unclear_consent(span, written)),
            Some(_) => {}
        }
        Some(self.at(pair, state.unwrap_or(ConsentState::Granted)))
    }

    /// `location within 25 km of "Paris, FR"`.
    pub(super) fn near(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let number = pair.clone().into_inner().nth(2)?;
        let count = self.number(&number);
        let unit_pair = pair.clone().into_inner().nth(3)?;
        let unit = match unit_pair.as_rule() {
            Rule::kw_mi => DistanceUnit::Mile,
            Rule::alt_distance => self.foreign_distance(&number, &unit_pair),
            _ => DistanceUnit::Kilometre,
        };
        if number.as_rule() == Rule::tight_number && unit_pair.as_rule() != Rule::alt_distance {
            self.report(mistakes::tight_unit(count.span.to(self.span(&unit_pair)), count.span.after()));
        }
        if let Some(from) = find(pair, Rule::alt_from) {
            self.instead(Code::OtherWord, &from, "of");
        }
        let distance = Spanned::new(Distance { unit, count: count.value }, count.span.to(self.span(&unit_pair)));
        let place = self.place(&find(pair, Rule::place)?)?;
        let scope = find(pair, Rule::scope).map_or_else(Vec::new, |scope| self.scope(&scope));
        Some(Criterion::Near { distance, place, scope })
    }

    /// `kilometers`, `miles`.
    fn foreign_distance(&mut self, number: &Pair<Rule>, pair: &Pair<Rule>) -> DistanceUnit {
        let mile = self.slice(pair).to_ascii_lowercase().starts_with("mi");
        let space = if number.as_rule() == Rule::tight_number { " " } else { "" };
        let meant = if mile { "mi" } else { "km" };
        let (span, written) = (self.span(pair), self.slice(pair));
        self.report(mistakes::other_unit(span, written, meant, space));
        if mile { DistanceUnit::Mile } else { DistanceUnit::Kilometre }
    }

    fn place(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Place>> {
        let mut numbers = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::number);
        let place = match (numbers.next(), numbers.next()) {
            (Some(north), Some(east)) => Place::Point(self.number(&north), self.number(&east)),
            _ => Place::City(self.text(&pair.clone().into_inner().next()?).value),
        };
        Some(self.at(pair, place))
    }

    /// `attribution install where …`.
    pub(super) fn attribution(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let edge = self.edge(pair)?;
        let parts = self.event_parts(pair);
        self.only_where_and_in(&parts, "`attribution`");
        Some(Criterion::Attribution { edge, filter: parts.filter, scope: parts.scope })
    }

    /// `install` or `uninstall` behind `attribution`.
    pub(super) fn edge(&mut self, pair: &Pair<Rule>) -> Option<Spanned<InstallEdge>> {
        let word = pair.clone().into_inner().nth(1)?;
        let edge = InstallEdge::parse(self.slice(&word))?;
        Some(self.at(&word, edge))
    }
}

/// The state that other words for it mean, where they leave no doubt.
pub(super) fn consent_meant(words: &[&str]) -> Option<ConsentState> {
    if words.contains(&"not") {
        return words.contains(&"exist").then_some(ConsentState::NotPresent);
    }
    match *words.last()? {
        "granted" | "given" | "accepted" | "allowed" | "true" => Some(ConsentState::Granted),
        "rejected" | "denied" | "refused" | "revoked" | "withdrawn" | "false" => Some(ConsentState::Rejected),
        "missing" | "absent" | "unknown" => Some(ConsentState::NotPresent),
        _ => None,
    }
}

fn consent_words(state: ConsentState) -> &'static str {
    match state {
        ConsentState::Granted => "is granted",
        ConsentState::Rejected => "is rejected",
        ConsentState::NotPresent => "is not present",
    }
}
