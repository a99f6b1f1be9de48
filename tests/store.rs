//! The store from outside: what goes in comes out, whatever happens in between.

mod batches;
mod columnar;
mod damage;
mod export;
mod faults;
mod files;
mod forget;
mod import;
mod only;
mod random;
mod recent;
mod rows;
mod sources;
mod support;
