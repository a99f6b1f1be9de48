-- The tables of format 4; what they hold is said in ../sqlite. Texts are in the order of their bytes, as in every other database.
CREATE TABLE aud_format (format BIGINT NOT NULL);
INSERT INTO aud_format (format) VALUES (4);

CREATE TABLE head (
    "only" BIGINT PRIMARY KEY CHECK ("only" = 1),
    lineage TEXT NOT NULL,
    serial BIGINT NOT NULL,
    evaluated_at BIGINT,
    data_version BIGINT,
    recorded_from BIGINT NOT NULL DEFAULT 0
);
INSERT INTO head ("only", lineage, serial) VALUES (1, '', 0);

CREATE TABLE users (
    chunk BIGINT PRIMARY KEY,
    mpids BYTEA NOT NULL
);

CREATE TABLE audiences (
    id BIGINT PRIMARY KEY,
    address TEXT COLLATE "C" NOT NULL,
    ir_version BIGINT NOT NULL,
    definition TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    revision BIGINT NOT NULL,
    salt TEXT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    members BYTEA,
    size BIGINT NOT NULL DEFAULT 0,
    deleted_at BIGINT,
    deleted_by TEXT,
    evaluated_at BIGINT,
    members_seal TEXT,
    checked_at BIGINT,
    checked_store TEXT,
    checked_version BIGINT,
    checked_until BIGINT,
    checked_key TEXT,
    deleted_serial BIGINT
);
CREATE UNIQUE INDEX audiences_by_address ON audiences (address) WHERE deleted_at IS NULL;

CREATE TABLE addresses (
    audience BIGINT NOT NULL REFERENCES audiences (id),
    address TEXT COLLATE "C" NOT NULL,
    serial BIGINT NOT NULL,
    PRIMARY KEY (audience, serial, address)
);
CREATE INDEX addresses_by_address ON addresses (address);

CREATE TABLE revisions (
    audience BIGINT NOT NULL REFERENCES audiences (id),
    revision BIGINT NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    git_commit TEXT,
    ir_version BIGINT NOT NULL,
    definition TEXT NOT NULL,
    serial BIGINT,
    PRIMARY KEY (audience, revision)
);

CREATE TABLE journal (
    id BIGINT PRIMARY KEY,
    audience BIGINT NOT NULL REFERENCES audiences (id),
    at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    serial BIGINT NOT NULL,
    entered BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    adds BYTEA NOT NULL,
    drops BYTEA NOT NULL
);
CREATE INDEX journal_by_time ON journal (at);
CREATE INDEX journal_by_audience ON journal (audience);

CREATE TABLE connections (
    id BIGINT PRIMARY KEY,
    audience BIGINT NOT NULL REFERENCES audiences (id),
    variant TEXT COLLATE "C" NOT NULL,
    output TEXT COLLATE "C" NOT NULL,
    last_sequence BIGINT NOT NULL,
    UNIQUE (audience, variant, output)
);

CREATE TABLE outbox (
    id BIGINT PRIMARY KEY,
    connection BIGINT NOT NULL REFERENCES connections (id),
    sequence BIGINT NOT NULL,
    serial BIGINT NOT NULL,
    address TEXT NOT NULL,
    downstream_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    adds BYTEA,
    drops BYTEA,
    delivered_at BIGINT,
    departed TEXT,
    UNIQUE (connection, sequence)
);
CREATE INDEX outbox_pending ON outbox (connection, sequence) WHERE delivered_at IS NULL;

CREATE TABLE commits (
    serial BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    git_commit TEXT,
    reason TEXT NOT NULL,
    "now" BIGINT NOT NULL,
    store TEXT NOT NULL,
    data_version BIGINT NOT NULL,
    allowed TEXT NOT NULL
);

CREATE TABLE lock (
    "only" BIGINT PRIMARY KEY CHECK ("only" = 1),
    id TEXT NOT NULL,
    "user" TEXT NOT NULL,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    reason TEXT NOT NULL,
    since BIGINT NOT NULL,
    heartbeat BIGINT NOT NULL
);
