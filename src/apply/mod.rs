//! Plan to effects and new state.
