//! Items and fields.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::group::empty;
use super::{Builder, find};
use crate::base::{Name, Span, Spanned};
use crate::syntax::ast::{
    Access, Audience, Connect, Criterion, Defaults, Field, Group, Item, Match, Moved, NamedCriterion, Setting,
    SettingValue, Split, Status, Variant,
};

/// What one item of a file is.
pub(in crate::syntax) enum Built {
    /// `version N`.
    Version(Spanned<u64>),
    /// An item of the tree.
    Item(Item),
}

impl Builder<'_> {
    /// One item; `None` where it could not be read.
    pub(in crate::syntax) fn item(&mut self, pair: &Pair<Rule>) -> Option<Built> {
        let item = match pair.as_rule() {
            Rule::version => {
                let number = find(pair, Rule::number)?;
                return Some(Built::Version(self.whole(&number)));
            }
            Rule::defaults | Rule::defaults_start => {
                Item::Defaults(Defaults { fields: self.fields(pair), span: self.span(pair) })
            }
            Rule::audience | Rule::audience_start => Item::Audience(self.audience(pair)?),
            Rule::named => Item::Criterion(Box::new(self.named(pair)?)),
            Rule::moved => {
                let (from, to) = self.two_names(pair)?;
                Item::Moved(Moved { from, to, span: self.span(pair) })
            }
            Rule::named_calculation => Item::Calculated(Box::new(self.named_calculation(pair)?)),
            Rule::bulk | Rule::bulk_start => Item::BulkConnect(self.bulk(pair)?),
            Rule::guard | Rule::guard_start => Item::Guard(self.guard(pair)?),
            Rule::assertion => Item::Assert(self.assertion(pair)?),
            Rule::scenario | Rule::scenario_start => Item::Test(self.scenario(pair)?),
            _ => return None,
        };
        Some(Built::Item(item))
    }

    fn two_names(&mut self, pair: &Pair<Rule>) -> Option<(Spanned<Name>, Spanned<Name>)> {
        let mut names = pair.clone().into_inner().filter(|inner| is_code_name(inner.as_rule()));
        let (from, to) = (names.next()?, names.next()?);
        Some((self.code_name(&from)?, self.code_name(&to)?))
    }

    /// The name of code among the pairs of an item or a field.
    pub(super) fn own_name(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Name>> {
        let name = pair.clone().into_inner().find(|inner| is_code_name(inner.as_rule()))?;
        self.code_name(&name)
    }

    pub(super) fn own_text(&mut self, pair: &Pair<Rule>) -> Option<Spanned<String>> {
        let text =
            pair.clone().into_inner().find(|inner| matches!(inner.as_rule(), Rule::string | Rule::alt_string))?;
        Some(self.text(&text))
    }

    fn audience(&mut self, pair: &Pair<Rule>) -> Option<Audience> {
        let (address, name) = (self.own_name(pair)?, self.own_text(pair));
        Some(Audience { docs: Vec::new(), address, name, fields: self.fields(pair), span: self.span(pair) })
    }

    fn named(&mut self, pair: &Pair<Rule>) -> Option<NamedCriterion> {
        let address = self.own_name(pair)?;
        let body = find(pair, Rule::body)?;
        let mut group = self.body(&body);
        let criterion = match (group.terms.pop(), group.excludes.is_empty()) {
            (Some(only), true) if group.terms.is_empty() => only,
            (last, _) => {
                group.terms.extend(last);
                self.at(&body, Criterion::Group(group))
            }
        };
        Some(NamedCriterion { docs: Vec::new(), address, criterion, span: self.span(pair) })
    }

    fn fields(&mut self, pair: &Pair<Rule>) -> Vec<Spanned<Field>> {
        let mut fields = Vec::new();
        for inner in pair.clone().into_inner() {
            fields.extend(self.field(&inner));
        }
        fields
    }

    /// One field of an audience; `None` for anything else among its pairs.
    pub(in crate::syntax) fn field(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Field>> {
        let field = match pair.as_rule() {
            Rule::workspaces => {
                let names = pair.clone().into_inner().filter(|inner| is_code_name(inner.as_rule()));
                Field::Workspaces(names.filter_map(|name| self.code_name(&name)).collect())
            }
            Rule::inputs => {
                let list = find(pair, Rule::input_list)?;
                Field::Inputs(self.inputs(&list))
            }
            Rule::tags => Field::Tags(self.texts(&find(pair, Rule::text_list)?)),
            Rule::external_name => Field::ExternalName(self.own_text(pair)?),
            Rule::status => {
                Field::Status(self.choice(pair, &[(Rule::kw_draft, Status::Draft), (Rule::kw_active, Status::Active)])?)
            }
            Rule::access => Field::Access(self.choice(pair, &ACCESS)?),
            Rule::protect => Field::Protect(self.choice(pair, &BOOLEANS)?),
            Rule::r#match => self.matched(pair),
            Rule::split | Rule::split_start => self.split(pair)?,
            Rule::connect | Rule::connect_start => self.connect(pair)?,
            Rule::standard => Field::Standard(self.standard(pair)?),
            _ => return None,
        };
        Some(self.at(pair, field))
    }

    /// The word that was chosen.
    fn choice<T: Copy>(&mut self, pair: &Pair<Rule>, words: &[(Rule, T)]) -> Option<Spanned<T>> {
        let word = pair.clone().into_inner().nth(1)?;
        let (_, value) = words.iter().find(|(rule, _)| *rule == word.as_rule())?;
        Some(self.at(&word, *value))
    }

    fn matched(&mut self, pair: &Pair<Rule>) -> Field {
        let whole = self.span(pair);
        let span = find(pair, Rule::open).map_or(whole, |open| Span { start: self.span(&open).start, ..whole });
        let group: Group = match find(pair, Rule::body) {
            Some(body) => self.body(&body),
            None => {
                self.report(mistakes::empty_match(span));
                empty()
            }
        };
        Field::Match(Match { group, span })
    }

    fn split(&mut self, pair: &Pair<Rule>) -> Option<Field> {
        let mut split = Split { name: self.own_name(pair)?, salt: None, variants: Vec::new() };
        for inner in pair.clone().into_inner() {
            self.split_part(&mut split, &inner);
        }
        Some(Field::Split(split))
    }

    /// One part of a split.
    pub(in crate::syntax) fn split_part(&mut self, split: &mut Split, pair: &Pair<Rule>) {
        match pair.as_rule() {
            Rule::salt => {
                let salt = self.own_text(pair);
                if let (Some(first), Some(again)) = (&split.salt, &salt) {
                    self.report(mistakes::repeated_part(first.span, again.span, "`salt`"));
                    return;
                }
                split.salt = salt;
            }
            Rule::variant => split.variants.extend(self.variant(pair)),
            _ => {}
        }
    }

    fn variant(&mut self, pair: &Pair<Rule>) -> Option<Variant> {
        let (name, title) = (self.own_name(pair)?, self.own_text(pair));
        let share = self.number(&find(pair, Rule::number)?);
        if find(pair, Rule::percent).is_none() {
            self.report(mistakes::missing_percent(share.span, &share.text));
        }
        Some(Variant { name, title, share, span: self.span(pair) })
    }

    fn connect(&mut self, pair: &Pair<Rule>) -> Option<Field> {
        let mut connect = Connect {
            output: self.own_name(pair)?,
            variant: None,
            sending: None,
            share: Vec::new(),
            settings: Vec::new(),
            has_block: find(pair, Rule::open).is_some(),
        };
        for inner in pair.clone().into_inner() {
            self.connect_part(&mut connect, &inner);
        }
        Some(Field::Connect(connect))
    }

    /// One part of a connection.
    pub(in crate::syntax) fn connect_part(&mut self, connect: &mut Connect, pair: &Pair<Rule>) {
        match pair.as_rule() {
            Rule::connect_variant => {
                let variant = self.own_name(pair);
                if let (Some(first), Some(again)) = (&connect.variant, &variant) {
                    self.report(mistakes::repeated_part(first.span, again.span, "`variant`"));
                    return;
                }
                connect.variant = variant;
            }
            Rule::connect_status => {
                let status = self.choice(pair, &[(Rule::kw_sending, true), (Rule::kw_inactive, false)]);
                if let (Some(first), Some(again)) = (&connect.sending, &status) {
                    self.report(mistakes::repeated_part(first.span, again.span, "`status`"));
                    return;
                }
                connect.sending = status;
            }
            Rule::connect_share => {
                if let Some(list) = find(pair, Rule::text_list) {
                    connect.share.extend(self.texts(&list));
                }
            }
            Rule::connect_with => {
                for inner in pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::setting) {
                    connect.settings.extend(self.setting(&inner));
                }
            }
            _ => {}
        }
    }

    fn setting(&mut self, pair: &Pair<Rule>) -> Option<Setting> {
        let (mut key, mut value) = (None, None);
        for inner in pair.clone().into_inner() {
            let found = match inner.as_rule() {
                Rule::name | Rule::alt_quoted => {
                    key = self.code_name(&inner);
                    continue;
                }
                Rule::alt_colon | Rule::alt_comma => {
                    let (span, sign) = (self.span(&inner), self.slice(&inner));
                    self.report(mistakes::sign_in_settings(span, sign));
                    continue;
                }
                Rule::kw_true => SettingValue::Boolean(true),
                Rule::kw_false => SettingValue::Boolean(false),
                Rule::literal_list => SettingValue::List(self.literals(&inner)),
                _ => SettingValue::Literal(self.literal(&inner).value),
            };
            value = Some(self.at(&inner, found));
        }
        Some(Setting { key: key?, value: value? })
    }
}

fn is_code_name(rule: Rule) -> bool {
    matches!(rule, Rule::name | Rule::alt_quoted)
}

const ACCESS: [(Rule, Access); 3] =
    [(Rule::kw_private, Access::Private), (Rule::kw_view_only, Access::ViewOnly), (Rule::kw_usable, Access::Usable)];

const BOOLEANS: [(Rule, bool); 2] = [(Rule::kw_true, true), (Rule::kw_false, false)];
