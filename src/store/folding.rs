//! Folding in the background.
//!
//! In: a folder whose lock the caller holds, and word of what it appends. Out: recent writes that never grow far beyond a bound, while
//! appending and asking go on. What always holds: one fold at a time, on a thread of its own; what is appended meanwhile stays in
//! the log for the next one; a fold that fails leaves the store as it was and is tried again after the next append.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, JoinHandle};

use super::error::StoreError;
use super::fold::{Folded, fold};
use crate::system::System;

/// Who is told how each fold went.
type Told = Box<dyn Fn(Result<Folded, StoreError>) + Send>;

/// Folds the recent writes of a store whenever there are enough of them. The lock of the folder must be held as long as this lives. When it is
/// dropped, a fold under way is waited for; what was appended since stays in the log, and nothing is lost.
pub struct Folding {
    appended: Option<Sender<u64>>,
    thread: Option<JoinHandle<()>>,
}

impl Folding {
    /// Starts to fold whenever at least `batches` were appended since the last time. `told` hears how each fold went, on the thread that folds.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(
        system: Arc<dyn System>,
        folder: PathBuf,
        batches: u64,
        told: impl Fn(Result<Folded, StoreError>) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (appended, heard) = channel();
        let told: Told = Box::new(told);
        let thread = Builder::new().name("fold".to_owned()).spawn(move || {
            fold_on(&heard, batches.max(1), || {
                let folded = fold(system.as_ref(), &folder);
                let is_done = folded.is_ok();
                told(folded);
                is_done
            });
        });
        let thread = thread.map_err(StoreError::system("start to fold in the background"))?;
        Ok(Self { appended: Some(appended), thread: Some(thread) })
    }

    /// Says that batches were appended. Never waits.
    pub fn appended(&self, batches: u64) {
        if let Some(appended) = &self.appended {
            // Nobody hears it any more only where the thread died, and then what was appended stays in the log.
            let _ = appended.send(batches);
        }
    }
}

impl Drop for Folding {
    fn drop(&mut self) {
        self.appended = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Folds until nobody appends any more.
fn fold_on(heard: &Receiver<u64>, enough: u64, fold: impl Fn() -> bool) {
    let mut waiting = 0;
    while let Ok(batches) = heard.recv() {
        waiting += batches + heard.try_iter().sum::<u64>();
        if waiting >= enough && fold() {
            waiting = 0;
        }
    }
}
