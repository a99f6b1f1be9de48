//! Tests of `eval`: rules one by one, and everything at random against a slow, obvious evaluator.

mod arbitrary;
mod happened;
mod people;
mod pools;
mod explained;
mod property;
mod reading;
mod reference;
mod rules;
mod shape;
mod shards;
mod standard;
mod world;
