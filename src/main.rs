//! The `aud` binary.
fn main() {}
