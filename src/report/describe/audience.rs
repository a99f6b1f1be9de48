//! The whole audience in words.

use super::clause::Words;
use super::time::{moment, within};
use super::{Clause, Description, listed, quoted};
use crate::ir::{
    Access, Audience, Condition, Connection, ConnectionStatus, Criterion, Kind, Model, Predicate, Split, Standard,
    Status, VariantName,
};

pub(super) fn description(audience: &Audience, model: &Model) -> Description {
    let words = Words { model, home: audience };
    Description {
        title: format!("{} ({})", audience.name, audience.address),
        doc: audience.doc.clone(),
        population: population(audience, model),
        criterion: words.clause(&audience.criterion, false),
        beside: beside(audience),
        notes: notes(audience),
    }
}

/// Whom the audience ranges over (M12).
fn population(audience: &Audience, model: &Model) -> String {
    let workspaces: Vec<String> = audience.workspaces.iter().map(ToString::to_string).collect();
    let inside = listed(&workspaces, "or");
    match (model.profile_retention, audience.standard) {
        (None, _) => format!("People ever seen in {inside}"),
        (Some(kept), None | Some(Standard::All)) => format!("People seen in {inside} {}", within(kept)),
        (Some(kept), Some(_)) => format!("People seen in {inside} in the {kept} before the end of the range"),
    }
}

fn beside(audience: &Audience) -> Vec<Clause> {
    let mut clauses = Vec::new();
    clauses.extend(audience.standard.map(|standard| Clause::alone(range(standard))));
    clauses.extend(audience.split.as_ref().map(split));
    clauses.push(destinations(audience));
    let tags: Vec<String> = audience.tags.iter().map(|tag| quoted(tag)).collect();
    if !tags.is_empty() {
        clauses.push(Clause::alone(format!("Tagged {}", listed(&tags, "and"))));
    }
    let access = match audience.access {
        Access::Private => "It is private: others do not see it",
        Access::ViewOnly => "Others may look at it, and not connect it",
        Access::Usable => "",
    };
    let draft = "It is a draft: nobody is in it until it becomes active";
    let protect = "It is protected: a plan that would delete it is refused";
    let facts = [(audience.status == Status::Draft, draft), (!access.is_empty(), access), (audience.protect, protect)];
    clauses.extend(facts.iter().filter(|(so, _)| *so).map(|(_, text)| Clause::alone(*text)));
    clauses
}

fn range(standard: Standard) -> String {
    match standard {
        Standard::All => "It is evaluated once, over all events there are, and then stays as it is".to_owned(),
        Standard::Between(from, to) => format!(
            "It is evaluated once, over the events from {} to {}, both included, and then stays as it is",
            moment(from),
            moment(to)
        ),
    }
}

fn split(split: &Split) -> Clause {
    let variant = |each: &crate::ir::Variant| {
        let title = if each.title == each.name.as_str() { String::new() } else { format!(" {}", quoted(&each.title)) };
        Clause::alone(format!("{}{title}: {} %", each.name, each.share))
    };
    let mut inner: Vec<Clause> = split.variants.iter().map(variant).collect();
    inner.push(Clause::alone(match split.control_share() {
        0 => "Control: 0 %, nobody".to_owned(),
        share => format!("Control: {share} %"),
    }));
    Clause {
        text: format!("Everybody in it falls into one part of the A/B test {}, by chance and for good", split.name),
        inner,
    }
}

fn destinations(audience: &Audience) -> Clause {
    let inner: Vec<Clause> =
        audience.connections.iter().map(|each| Clause::alone(destination(audience, each))).collect();
    match inner.is_empty() {
        true => Clause::alone("It goes nowhere yet: no output is connected"),
        false => Clause { text: "It goes to".to_owned(), inner },
    }
}

fn destination(audience: &Audience, connection: &Connection) -> String {
    let part = match &connection.variant {
        VariantName::Whole => "everybody".to_owned(),
        VariantName::Control => "Control".to_owned(),
        VariantName::Variant(name) => format!("the variant {name}"),
    };
    let downstream = quoted(&audience.downstream_name(&connection.variant));
    let mut words = format!("{}: {part}, as {downstream}", connection.output);
    if !connection.share.is_empty() {
        let shared: Vec<String> = connection.share.iter().map(|attribute| quoted(attribute)).collect();
        words.push_str(&format!(", along with their {}", listed(&shared, "and")));
    }
    if connection.status == ConnectionStatus::Inactive {
        words.push_str("; switched off at the moment");
    }
    words
}

/// How the words are meant, where it matters.
fn notes(audience: &Audience) -> Vec<String> {
    let mut asks = Asks::default();
    audience.criterion.visit(&mut |criterion| asks.criterion(criterion));
    let mut notes = Vec::new();
    if matches!(audience.standard, Some(Standard::Between(..))) {
        notes.push(
            "\"The evaluation\" means the end of the range, or the day of the evaluation where that is earlier."
                .to_owned(),
        );
    }
    if asks.texts {
        notes.push("In comparisons, upper and lower case do not matter.".to_owned());
    }
    if asks.patterns {
        notes.push("In patterns * stands for any characters and ? for one.".to_owned());
    }
    if asks.days {
        notes.push("Days are calendar days in UTC.".to_owned());
    }
    notes
}

/// What a definition asks for that needs a note.
#[derive(Default)]
struct Asks {
    texts: bool,
    patterns: bool,
    days: bool,
}

impl Asks {
    fn criterion(&mut self, criterion: &Criterion) {
        match &criterion.kind {
            Kind::UserAttribute { predicate, .. }
            | Kind::Identity { predicate, .. }
            | Kind::Profile { predicate, .. } => {
                self.predicate(predicate);
            }
            Kind::Seen { time, .. } => self.predicate(&Predicate::Time(*time)),
            Kind::Attribution { filter, .. } => self.filter(filter.as_ref()),
            Kind::Event(test) => self.events(&test.events),
            Kind::Picked(test) => self.events(&test.events),
            Kind::Sequence(sequence) => {
                self.events(&sequence.first);
                sequence
                    .steps
                    .iter()
                    .flat_map(|step| step.without.iter().chain([&step.events]))
                    .for_each(|e| self.events(e));
            }
            Kind::Abandoned(test) => self.filter(test.filter.as_ref()),
            Kind::Aggregate(test) => {
                self.events(&test.events);
                self.predicate(&test.predicate);
            }
            Kind::Everyone | Kind::All(_) | Kind::Any(_) | Kind::Not(_) | Kind::Member(_) | Kind::Near { .. } => {}
        }
    }

    fn events(&mut self, events: &crate::ir::Events) {
        self.filter(events.filter.as_ref());
        events.time.iter().for_each(|time| self.predicate(&Predicate::Time(*time)));
    }

    fn filter(&mut self, filter: Option<&Condition>) {
        match filter {
            None => {}
            Some(Condition::All(inner) | Condition::Any(inner)) => {
                inner.iter().for_each(|each| self.filter(Some(each)))
            }
            Some(Condition::Not(inner)) => self.filter(Some(inner)),
            Some(Condition::Attribute { predicate, .. }) => self.predicate(predicate),
        }
    }

    fn predicate(&mut self, predicate: &Predicate) {
        use crate::base::TimeFilter as T;
        use Predicate as P;
        match predicate {
            P::Matches(_) => (self.texts, self.patterns) = (true, true),
            P::Is(_)
            | P::IsIn(_)
            | P::Contains(_)
            | P::StartsWith(_)
            | P::EndsWith(_)
            | P::Includes(_)
            | P::PartiallyMatches(_) => self.texts = true,
            P::Time(T::Before(_) | T::After(_) | T::On(_) | T::Between(..)) => self.days = true,
            _ => {}
        }
    }
}
