//! Panics of the crates that read Parquet and Arrow, kept from ending the program.
//!
//! In: a call of such a crate. Out: what it gives, or that the file is damaged: some files that are not what they say they are make
//! these crates panic where they mean to give an error. What always holds: a panic anywhere else, and one on another thread, goes the
//! way it went before; what a call has panicked over is not used again.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside of a contained call, whose panic is told as an error and nowhere else.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs a call that reads a file. The caller gives up the file where this is an error, which is why what the call holds may be left
/// behind half-changed.
pub(super) fn contain<T>(read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    silence();
    let before = INSIDE.replace(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    INSIDE.set(before);
    result.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::InvalidData, "it is damaged")))
}

/// Sees to it, once, that nothing is printed of a panic that is contained.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let former = take_hook();
        set_hook(Box::new(move |panic| {
            // A thread that is ending has its locals no more, and is inside of nothing.
            if !INSIDE.try_with(Cell::get).unwrap_or(false) {
                former(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_the_next_call_is_as_before() {
        let error = contain(|| -> io::Result<u8> { panic!("no error, though it should be") }).unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (io::ErrorKind::InvalidData, "it is damaged".to_owned()));
        assert!(!INSIDE.get(), "panics outside are told again");
        assert_eq!(contain(|| contain(|| Ok(1)).map(|one| one + u8::from(INSIDE.get()))).unwrap(), 2);
    }
}
