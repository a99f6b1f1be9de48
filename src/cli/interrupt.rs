//! Ctrl-C: stops between two steps, never inside one.

use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// A flag that Ctrl-C sets. A second Ctrl-C ends the process at once.
pub(super) fn flag() -> &'static AtomicBool {
    // The handler can be set once; where it was set already, the same flag serves.
    let _ = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
    });
    &INTERRUPTED
}
