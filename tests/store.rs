//! The store from outside: what goes in comes out, whatever happens in between.

mod batches;
mod changed;
mod columnar;
mod damage;
mod export;
mod faults;
mod faulty;
mod files;
mod forget;
mod full;
mod import;
mod killed;
mod only;
mod random;
mod recent;
mod rows;
mod sources;
mod support;
