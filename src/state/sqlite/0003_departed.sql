-- Of a delivery that drops people who were forgotten: their MPIDs and the identities that the output takes, as JSON, since neither
-- the data nor the users of this state know them any more. NULL once it is delivered.
ALTER TABLE outbox ADD COLUMN departed TEXT;
