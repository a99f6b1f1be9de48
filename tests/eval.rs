//! Tests of `eval`: rules one by one, and everything at random against a slow, obvious evaluator.

mod arbitrary;
mod estimated;
mod explained;
mod happened;
mod live;
mod memory;
mod people;
mod pools;
mod property;
mod reading;
mod reference;
mod rules;
mod shape;
mod shards;
mod standard;
mod world;

pub(crate) use property::cases;
