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

/// What questions are asked of.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// The audiences that questions may nest.
    pub model: &'a Model,
    /// The data.
    pub store: &'a Store,
    /// The instant (M6).
    pub now: Now,
    /// The memberships that were stored of standard audiences (M23).
    pub stored: &'a Stored,
}

/// A question, by its number in the trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question(usize);

/// Questions to be asked together.
#[derive(Debug)]
pub struct Trial<'a> {
    basis: Basis<'a>,
    asked: Vec<Asked>,
}

#[derive(Debug)]
struct Asked {
    /// The question as an audience.
    audience: Audience,
    /// Asked about as if it were active, with all that it nests.
    is_draft: bool,
    /// Whether it is the audience as it is written, whose membership may be stored.
    is_whole: bool,
}

/// The answers to the questions of a trial.
#[derive(Debug)]
pub struct Answers {
    /// Who was asked.
    pub frame: Frame,
    members: Vec<RoaringBitmap>,
}

impl<'a> Trial<'a> {
    /// No questions yet.
    pub fn new(basis: Basis<'a>) -> Self {
        Self { basis, asked: Vec::new() }
    }

    /// Asks for the users of an audience's population for whom a criterion holds, over the events that the audience reads. A draft is asked
    /// about as if it and the drafts that it nests were active.
    pub fn ask(&mut self, place: &Audience, criterion: Criterion) -> Question {
        self.push(place, Arc::new(criterion), false)
    }

    /// Asks for the members of an audience: those that were stored of a standard one (M23), else whoever is in it.
    pub fn ask_audience(&mut self, audience: &Audience) -> Question {
        self.push(audience, audience.criterion.clone(), true)
    }

    fn push(&mut self, place: &Audience, criterion: Arc<Criterion>, is_whole: bool) -> Question {
        let (split, connections) = (None, Vec::new());
        let audience = Audience { criterion, status: Status::Active, split, connections, ..place.clone() };
        self.asked.push(Asked { audience, is_draft: place.status == Status::Draft, is_whole });
        Question(self.asked.len() - 1)
    }

    /// Asks everybody, or a sample.
    pub fn answer(self, effort: Effort) -> Answers {
        let frame = self.frame(effort);
        self.answer_in(frame)
    }

    /// Whom to ask.
    pub fn frame(&self, effort: Effort) -> Frame {
        let Basis { store, now, .. } = self.basis;
        let cost = match effort {
            Effort::Quick => self.parts().iter().map(|part| Cost::of(&part.model, store, now)).sum(),
            _ => Cost::default(),
        };
        Frame::of(effort, cost, store)
    }

    /// Asks those of a frame.
    pub fn answer_in(self, frame: Frame) -> Answers {
        let Basis { store, now, stored, .. } = self.basis;
        let mut members = vec![RoaringBitmap::new(); self.asked.len()];
        for part in self.parts() {
            let only = part.questions.values().cloned().collect();
            let mut audiences = frame.evaluate(&part.model, store, now, &only, stored).audiences;
            for (question, address) in &part.questions {
                if let (Some(members), Some(found)) = (members.get_mut(*question), audiences.remove(address)) {
                    *members = found;
                }
            }
        }
        for (asked, members) in self.asked.iter().zip(&mut members).filter(|(asked, _)| asked.is_whole) {
            let known = asked.audience.standard.and_then(|_| stored.0.get(&asked.audience.address));
            known.into_iter().for_each(|known| *members = frame.among_asked(known));
        }
        Answers { frame, members }
    }

    /// What is asked about active audiences, and about drafts: both may nest the same draft, which then means two things.
    fn parts(&self) -> Vec<TrialPart> {
        let of = |is_draft: bool| {
            let asked: Vec<(usize, &Audience)> = (self.asked.iter().enumerate())
                .filter(|(_, asked)| asked.is_draft == is_draft)
                .map(|(at, asked)| (at, &asked.audience))
                .collect();
            (!asked.is_empty()).then(|| TrialPart::of(self.basis.model, &asked, is_draft))
        };
        [of(false), of(true)].into_iter().flatten().collect()
    }
}

/// Questions as audiences of a model.
struct TrialPart {
    model: Model,
    /// The address of each question.
    questions: BTreeMap<usize, Address>,
}

impl TrialPart {
    /// The questions under addresses that nobody else has, with all that they nest.
    fn of(model: &Model, asked: &[(usize, &Audience)], are_drafts_active: bool) -> Self {
        let mut audiences = BTreeMap::new();
        let mut open: Vec<Address> = asked.iter().flat_map(|(_, audience)| audience.nested()).cloned().collect();
        while let Some(address) = open.pop() {
            let Some(nested) = model.audiences.get(&address) else { continue };
            let status = if are_drafts_active { Status::Active } else { nested.status };
            if audiences.insert(address, Audience { status, ..nested.clone() }).is_none() {
                open.extend(nested.nested().into_iter().filter(|each| !audiences.contains_key(*each)).cloned());
            }
        }
        let free = (0u64..).filter_map(|number| Name::new(&format!("asked_{number}")).ok());
        let free = free.filter(|name| !model.audiences.contains_key(name));
        let mut questions = BTreeMap::new();
        for ((question, audience), address) in asked.iter().zip(free) {
            audiences.insert(address.clone(), Audience { address: address.clone(), ..(*audience).clone() });
            questions.insert(*question, address);
        }
        let Model { event_retention, profile_retention, .. } = *model;
        let (moves, guards, assertions) = Default::default();
        let project = model.project.clone();
        let model = Model { project, audiences, moves, guards, assertions, event_retention, profile_retention };
        Self { model, questions }
    }
}

impl Answers {
    /// Who of those asked a question holds for.
    pub fn members(&self, question: Question) -> &RoaringBitmap {
        static NOBODY: LazyLock<RoaringBitmap> = LazyLock::new(RoaringBitmap::new);
        self.members.get(question.0).unwrap_or(&NOBODY)
    }

    /// The same, of one question alone.
    pub fn into_members(mut self, question: Question) -> RoaringBitmap {
        self.members.get_mut(question.0).map(std::mem::take).unwrap_or_default()
    }

    /// How many users a question holds for.
    pub fn size(&self, question: Question) -> Size {
        self.frame.size(self.members(question).len())
    }
}
