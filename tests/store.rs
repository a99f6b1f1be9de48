//! The store from outside: what goes in comes out, whatever happens in between.

mod columnar;
mod damage;
mod files;
mod import;
mod only;
mod random;
mod sources;
mod support;
