//! Faults while a plan is applied: whatever goes wrong and wherever, the end is that of the undisturbed run, and nothing is delivered
//! twice under two numbers or lost.
//!
//! Real: processes that are killed, file systems and files that are read-only, connections that are cut, two runs at once. Made up: clocks
//! that jump and disks that fail now and then, by a [`System`](aud::system::System) put under the program.

mod clock;
mod disk;
mod killed;
mod postgres;
mod proxy;
mod system;
mod two;
mod world;
