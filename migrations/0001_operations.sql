-- One text for SQLite and PostgreSQL: BIGINT and TEXT, nothing null, times in milliseconds UTC, booleans as 0 and 1.
-- An empty text means "none"; lists and data are JSON in TEXT and never looked into by SQL.

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Numbers we hand out ourselves: one row for operations, one for each stream of the outbox.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE operations (
    id TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    -- What the state means, as the table of states says; stored so that SQL need not repeat the table.
    workable BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    votable BIGINT NOT NULL,
    version BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    digest TEXT NOT NULL,
    command TEXT NOT NULL,
    cluster TEXT NOT NULL,
    requester TEXT NOT NULL,
    person TEXT NOT NULL,
    place TEXT NOT NULL,
    reverses TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    memory TEXT NOT NULL,
    why_id TEXT NOT NULL,
    why_facts TEXT NOT NULL,
    replanned BIGINT NOT NULL,
    voting_open BIGINT NOT NULL,
    -- The card is out of date while more is wanted than is shown.
    card_wanted BIGINT NOT NULL,
    card_shown BIGINT NOT NULL
);
CREATE INDEX operations_workable ON operations (workable, next_at);
CREATE INDEX operations_ended ON operations (ended, number);
CREATE INDEX operations_cluster ON operations (cluster, number);
CREATE INDEX operations_person ON operations (person, number);
CREATE INDEX operations_reverses ON operations (reverses);
CREATE INDEX operations_expiry ON operations (votable, expires_at);
CREATE INDEX operations_dirty ON operations (updated_at, number) WHERE card_wanted > card_shown;

CREATE TABLE plans (
    operation TEXT NOT NULL REFERENCES operations (id),
    revision BIGINT NOT NULL,
    digest TEXT NOT NULL,
    bytes TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (operation, revision)
);
CREATE INDEX plans_digest ON plans (digest);

CREATE TABLE entries (
    operation TEXT NOT NULL REFERENCES operations (id),
    seq BIGINT NOT NULL,
    token BIGINT NOT NULL,
    at BIGINT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (operation, seq)
);

CREATE TABLE leases (
    operation TEXT NOT NULL PRIMARY KEY REFERENCES operations (id),
    holder TEXT NOT NULL,
    token BIGINT NOT NULL,
    beats BIGINT NOT NULL
);

-- Whoever reads or writes the holds of a cluster updates its row here first.
CREATE TABLE hold_locks (
    cluster TEXT NOT NULL PRIMARY KEY,
    taken BIGINT NOT NULL
);

CREATE TABLE holds (
    cluster TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    aspect TEXT NOT NULL,
    sharing TEXT NOT NULL,
    operation TEXT NOT NULL REFERENCES operations (id),
    PRIMARY KEY (cluster, kind, name, aspect, sharing, operation)
);
CREATE INDEX holds_operation ON holds (operation);

CREATE TABLE votes (
    operation TEXT NOT NULL REFERENCES operations (id),
    digest TEXT NOT NULL,
    account TEXT NOT NULL,
    person TEXT NOT NULL,
    voice TEXT NOT NULL,
    cast_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (operation, digest, account, cast_by, voice)
);

-- Control reactions: consumed once, and again only after they were seen removed.
CREATE TABLE edges (
    message BIGINT NOT NULL,
    person TEXT NOT NULL,
    emoji TEXT NOT NULL,
    standing BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (message, person, emoji)
);

CREATE TABLE unlocks (
    operation TEXT NOT NULL PRIMARY KEY REFERENCES operations (id),
    revision BIGINT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE outbox (
    stream TEXT NOT NULL,
    seq BIGINT NOT NULL,
    operation TEXT NOT NULL,
    notice TEXT NOT NULL,
    -- What a later notice has to be to take this one's place while it waits; empty where none may.
    topic TEXT NOT NULL,
    status TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    first_attempt_at BIGINT NOT NULL,
    taker TEXT NOT NULL,
    taken_until BIGINT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (stream, seq)
);
CREATE INDEX outbox_due ON outbox (status, due_at);

CREATE TABLE messages (
    operation TEXT NOT NULL REFERENCES operations (id),
    revision BIGINT NOT NULL,
    role TEXT NOT NULL,
    channel BIGINT NOT NULL,
    message BIGINT NOT NULL,
    -- SHA-256 of what it says as last sent; and of what is being sent, until that is known to have happened.
    says TEXT NOT NULL,
    says_next TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (operation, revision, role)
);
CREATE INDEX messages_message ON messages (message, channel);

-- The chain. `body` is what was hashed; the other columns repeat parts of it for searching and are compared on verifying.
CREATE TABLE audit (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    person TEXT NOT NULL,
    operation TEXT NOT NULL,
    request TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_operation ON audit (operation, seq);
CREATE INDEX audit_person ON audit (person, seq);
CREATE INDEX audit_request ON audit (request, seq);

CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
