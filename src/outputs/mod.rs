//! Membership changes to deliveries.
