//! Plans that are carried out, and runs that are cut off.

mod crash;
mod deliveries;
mod forget;
mod outcome;
mod world;
