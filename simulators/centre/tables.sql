-- Everything the centre knows. One writer; readers open the file read-only.

CREATE TABLE IF NOT EXISTS node (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    heard TEXT                          -- UTC, when it last spoke; NULL: only retained words known
);

-- Valid records, each once.
CREATE TABLE IF NOT EXISTS record (
    id       INTEGER PRIMARY KEY,       -- in the order of arrival: a reader's cursor
    node     INTEGER NOT NULL REFERENCES node,
    epoch    INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    stream   TEXT NOT NULL,
    dclass   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    time     TEXT NOT NULL,             -- as the node said it
    received TEXT NOT NULL,             -- UTC
    digest   BLOB NOT NULL,             -- SHA-256 of the canonical JSON
    body     TEXT NOT NULL,             -- canonical JSON of the whole record; '' once erased
    UNIQUE (node, epoch, sequence)
);
CREATE INDEX IF NOT EXISTS record_by_stream ON record (stream, id);

-- Numbers answered for: stored, set aside, or covered by a gap. Disjoint, never adjacent.
CREATE TABLE IF NOT EXISTS held (
    node  INTEGER NOT NULL REFERENCES node,
    epoch INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    PRIMARY KEY (node, epoch, first)
) WITHOUT ROWID;

-- What a node says it dropped, by its own gap records.
CREATE TABLE IF NOT EXISTS gap (
    id       INTEGER PRIMARY KEY,
    node     INTEGER NOT NULL REFERENCES node,
    epoch    INTEGER NOT NULL,
    first    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    dclass   TEXT NOT NULL,
    cause    TEXT NOT NULL,
    words    TEXT NOT NULL,
    record   INTEGER NOT NULL REFERENCES record,
    received TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS gap_by_node ON gap (node, epoch, first);

-- What was no valid record, as it came.
CREATE TABLE IF NOT EXISTS quarantine (
    id       INTEGER PRIMARY KEY,
    node     INTEGER NOT NULL REFERENCES node,
    epoch    INTEGER,                   -- NULL where no number could be read
    sequence INTEGER,
    topic    TEXT NOT NULL,
    reason   TEXT NOT NULL,
    received TEXT NOT NULL,
    times    INTEGER NOT NULL,
    bytes    INTEGER NOT NULL,          -- before clipping
    digest   BLOB NOT NULL,
    raw      BLOB NOT NULL,             -- clipped
    UNIQUE (node, digest)
);

-- Counts of what was stored, and of what came again.
CREATE TABLE IF NOT EXISTS tally (
    node  INTEGER NOT NULL REFERENCES node,
    epoch INTEGER NOT NULL,
    stored     INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    PRIMARY KEY (node, epoch)
) WITHOUT ROWID;

-- The last word of each node on each of its retained topics.
CREATE TABLE IF NOT EXISTS said (
    node     INTEGER NOT NULL REFERENCES node,
    channel  TEXT NOT NULL,             -- birth, state, late-state, duties, health, alarm/…
    epoch    INTEGER,                   -- for birth
    session  INTEGER,                   -- for birth and state
    received TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (node, channel)
) WITHOUT ROWID;
