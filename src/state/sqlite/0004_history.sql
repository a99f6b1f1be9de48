-- The seal of members: the fingerprint of their bytes, written together with them. NULL where a format before this one wrote them.
ALTER TABLE audiences ADD COLUMN members_seal TEXT;
-- The latest evaluation that the members are known to be the answer of; NULL where that is not known.
ALTER TABLE audiences ADD COLUMN checked_at INTEGER; -- its `now`
ALTER TABLE audiences ADD COLUMN checked_store TEXT;
ALTER TABLE audiences ADD COLUMN checked_version INTEGER;
ALTER TABLE audiences ADD COLUMN checked_key TEXT; -- of everything that decided the members but data and time
ALTER TABLE audiences ADD COLUMN checked_until INTEGER; -- nothing changes by time alone before it; NULL: nothing ever does
-- The commit that deleted an audience or made a revision; NULL where a format before this one did.
ALTER TABLE audiences ADD COLUMN deleted_serial INTEGER;
ALTER TABLE revisions ADD COLUMN serial INTEGER;

-- From this serial on it is known what was deployed.
ALTER TABLE head ADD COLUMN recorded_from INTEGER NOT NULL DEFAULT 0;
UPDATE head SET recorded_from = serial;

-- Every commit since this format.
CREATE TABLE commits (
    serial INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    git_commit TEXT,
    reason TEXT NOT NULL,
    "now" INTEGER NOT NULL,
    store TEXT NOT NULL,
    data_version INTEGER NOT NULL,
    allowed TEXT NOT NULL -- guards that were overridden, as JSON
) STRICT;

-- From which serial on an audience has or had an address.
CREATE TABLE addresses (
    audience INTEGER NOT NULL REFERENCES audiences (id),
    address TEXT NOT NULL,
    serial INTEGER NOT NULL,
    PRIMARY KEY (audience, serial, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_by_address ON addresses (address);
INSERT INTO addresses (audience, address, serial) SELECT id, address, (SELECT serial FROM head) FROM audiences;
-- Those that earlier formats knew an audience by when it was created or changed.
INSERT INTO addresses (audience, address, serial)
SELECT DISTINCT r.audience, r.definition ->> '$.address', 0 FROM revisions r JOIN audiences a ON a.id = r.audience
WHERE json_valid(r.definition) AND r.definition ->> '$.address' <> a.address;

CREATE INDEX journal_by_audience ON journal (audience);
