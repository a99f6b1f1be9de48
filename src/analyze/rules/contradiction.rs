//! Which pairs of criteria exclude each other.
