-- The `now` of the evaluation that last changed the members, ms UTC; of a standard audience the one that it had. NULL where
-- it is not evaluated, or was by a format before this one.
ALTER TABLE audiences ADD COLUMN evaluated_at INTEGER;
