//! Questions about users, asked all at once.
//!
//! In: a model, and criteria with the audience in whose place each is asked. Out: for each question, who of those asked it holds for. Every question
//! becomes an audience of a model of its own, so it means what it would mean in a definition, and what questions share is asked once.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use roaring::RoaringBitmap;

use super::cost::Cost;
use super::{Effort, Frame, Size};
use crate::base::{Address, Name, Now};
use crate::eval::Stored;
use crate::ir::{Audience, Criterion, Model, Status};
use crate::store::Store;

/// A question, by its number in the trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question(usize);

/// Questions to be asked together.
#[derive(Debug)]
pub struct Trial<'m> {
    model: &'m Model,
    asked: Vec<Audience>,
}

/// The answers to the questions of a trial.
#[derive(Debug)]
pub struct Answers {
    /// Who was asked.
    pub frame: Frame,
    members: Vec<RoaringBitmap>,
}

impl<'m> Trial<'m> {
    /// No questions yet. Audiences that questions nest are those of the model.
    pub fn new(model: &'m Model) -> Self {
        Self { model, asked: Vec::new() }
    }

    /// Asks for the users of an audience's population for whom a criterion holds, over the events that the audience reads. A draft is asked
    /// about as if it were active.
    pub fn ask(&mut self, place: &Audience, criterion: Criterion) -> Question {
        let status = Status::Active;
        let (split, connections) = (None, Vec::new());
        self.asked.push(Audience { criterion: Arc::new(criterion), status, split, connections, ..place.clone() });
        Question(self.asked.len() - 1)
    }

    /// Asks for the members of an audience.
    pub fn ask_audience(&mut self, audience: &Audience) -> Question {
        self.ask(audience, (*audience.criterion).clone())
    }

    /// Asks everybody, or a sample.
    pub fn answer(self, store: &Store, now: Now, stored: &Stored, effort: Effort) -> Answers {
        let (model, addresses) = self.into_model();
        let cost = match effort {
            Effort::Quick => Cost::of(&model, store, now),
            _ => Cost::default(),
        };
        answer(Frame::of(effort, cost, store), &model, &addresses, store, now, stored)
    }

    /// Asks those that were asked before.
    pub fn answer_in(self, frame: Frame, store: &Store, now: Now, stored: &Stored) -> Answers {
        let (model, addresses) = self.into_model();
        answer(frame, &model, &addresses, store, now, stored)
    }

    /// The questions as audiences under addresses that nobody else has, with all that they nest.
    fn into_model(self) -> (Model, Vec<Address>) {
        let mut audiences = BTreeMap::new();
        let mut open: Vec<Address> = self.asked.iter().flat_map(Audience::nested).cloned().collect();
        while let Some(address) = open.pop() {
            let Some(nested) = self.model.audiences.get(&address) else { continue };
            if audiences.insert(address, nested.clone()).is_none() {
                open.extend(nested.nested().into_iter().filter(|each| !audiences.contains_key(*each)).cloned());
            }
        }
        let mut addresses = Vec::with_capacity(self.asked.len());
        let free = (0u64..).filter_map(|number| Name::new(&format!("asked_{number}")).ok());
        let free = free.filter(|name| !self.model.audiences.contains_key(name));
        for (audience, address) in self.asked.into_iter().zip(free) {
            audiences.insert(address.clone(), Audience { address: address.clone(), ..audience });
            addresses.push(address);
        }
        let Model { event_retention, profile_retention, .. } = *self.model;
        let project = self.model.project.clone();
        let (moves, guards, assertions) = Default::default();
        let model = Model { project, audiences, moves, guards, assertions, event_retention, profile_retention };
        (model, addresses)
    }
}

/// Asks those of a frame.
fn answer(frame: Frame, model: &Model, addresses: &[Address], store: &Store, now: Now, stored: &Stored) -> Answers {
    let only = addresses.iter().cloned().collect();
    let mut audiences = frame.evaluate(model, store, now, &only, stored).audiences;
    let members = addresses.iter().map(|address| audiences.remove(address).unwrap_or_default()).collect();
    Answers { frame, members }
}

impl Answers {
    /// Who of those asked a question holds for.
    pub fn members(&self, question: Question) -> &RoaringBitmap {
        static NOBODY: LazyLock<RoaringBitmap> = LazyLock::new(RoaringBitmap::new);
        self.members.get(question.0).unwrap_or(&NOBODY)
    }

    /// How many users a question holds for.
    pub fn size(&self, question: Question) -> Size {
        self.frame.size(self.members(question).len())
    }
}
