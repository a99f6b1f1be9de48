//! Tests of `analyze`.
