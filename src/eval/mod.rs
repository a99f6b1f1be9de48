//! IR + store + now to memberships.
