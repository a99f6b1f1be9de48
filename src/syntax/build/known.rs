//! Criteria about what is known of a user: calculated attributes, consent, places, attribution.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::{Builder, find};
use crate::base::Spanned;
use crate::catalog::InstallEdge;
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
        let state = match pair.clone().into_inner().next_back()?.as_rule() {
            Rule::kw_granted => ConsentState::Granted,
            Rule::kw_rejected => ConsentState::Rejected,
            _ => ConsentState::NotPresent,
        };
        Some(self.at(pair, state))
    }

    /// `location within 25 km of "Paris, FR"`.
    pub(super) fn near(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let number = find(pair, Rule::number)?;
        let count = self.number(&number);
        let unit_pair = pair.clone().into_inner().nth(3)?;
        let unit = match unit_pair.as_rule() {
            Rule::kw_mi => DistanceUnit::Mile,
            _ => DistanceUnit::Kilometre,
        };
        let distance = Spanned::new(Distance { unit, count: count.value }, count.span.to(self.span(&unit_pair)));
        let place = self.place(&find(pair, Rule::place)?)?;
        let scope = find(pair, Rule::scope).map_or_else(Vec::new, |scope| self.scope(&scope));
        Some(Criterion::Near { distance, place, scope })
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
        let filter = find(pair, Rule::filter).and_then(|filter| self.filter(&filter));
        let scope = find(pair, Rule::scope).map_or_else(Vec::new, |scope| self.scope(&scope));
        Some(Criterion::Attribution { edge, filter, scope })
    }

    /// `install` or `uninstall` behind `attribution`.
    pub(super) fn edge(&mut self, pair: &Pair<Rule>) -> Option<Spanned<InstallEdge>> {
        let word = pair.clone().into_inner().nth(1)?;
        let edge = InstallEdge::parse(self.slice(&word))?;
        Some(self.at(&word, edge))
    }
}
