-- One row: which state this is and how far it got.
CREATE TABLE head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    lineage TEXT NOT NULL,
    serial INTEGER NOT NULL,
    evaluated_at INTEGER, -- ms UTC
    data_version INTEGER
) STRICT;
INSERT INTO head (only, lineage, serial) VALUES (1, '', 0);

-- Users by number: chunk k holds the MPIDs of the numbers from k * 8192 on, 8 bytes each, little-endian. Append-only.
CREATE TABLE users (
    chunk INTEGER PRIMARY KEY,
    mpids BLOB NOT NULL
) STRICT;

-- Audiences, deleted ones included; AUTOINCREMENT never gives a number twice.
CREATE TABLE audiences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL,
    ir_version INTEGER NOT NULL,
    definition TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    revision INTEGER NOT NULL,
    salt TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    members BLOB, -- a Roaring bitmap over user numbers; NULL where it is not evaluated
    size INTEGER NOT NULL DEFAULT 0,
    deleted_at INTEGER,
    deleted_by TEXT
) STRICT;
CREATE UNIQUE INDEX audiences_by_address ON audiences (address) WHERE deleted_at IS NULL;

CREATE TABLE revisions (
    audience INTEGER NOT NULL REFERENCES audiences (id),
    revision INTEGER NOT NULL,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    git_commit TEXT,
    ir_version INTEGER NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (audience, revision)
) STRICT, WITHOUT ROWID;

-- Who entered and left, by audience and commit.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    audience INTEGER NOT NULL REFERENCES audiences (id),
    at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    entered INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    adds BLOB NOT NULL,
    drops BLOB NOT NULL
) STRICT;
CREATE INDEX journal_by_time ON journal (at);

-- The last sequence number that each connection was given. Never removed: a connection that comes back continues.
CREATE TABLE connections (
    id INTEGER PRIMARY KEY,
    audience INTEGER NOT NULL REFERENCES audiences (id),
    variant TEXT NOT NULL, -- 'whole', 'control' or 'variant:' and its name
    output TEXT NOT NULL,
    last_sequence INTEGER NOT NULL,
    UNIQUE (audience, variant, output)
) STRICT;

-- Deliveries. A delivered one keeps its row without its users.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    connection INTEGER NOT NULL REFERENCES connections (id),
    sequence INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    address TEXT NOT NULL,
    downstream_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    adds BLOB,
    drops BLOB,
    delivered_at INTEGER,
    UNIQUE (connection, sequence)
) STRICT;
CREATE INDEX outbox_pending ON outbox (connection, sequence) WHERE delivered_at IS NULL;

CREATE TABLE lock (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id TEXT NOT NULL,
    user TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    heartbeat INTEGER NOT NULL
) STRICT;
