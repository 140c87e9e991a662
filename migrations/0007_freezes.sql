-- What is frozen: no change starts on a cluster or a tier before all of its freezes have ended or were lifted.
CREATE TABLE freezes (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX freezes_on ON freezes (kind, name);
CREATE INDEX freezes_end ON freezes (ends_at);

-- Whoever freezes something, or starts what a freeze of it would stop, updates its row here first.
CREATE TABLE freeze_locks (
    name TEXT NOT NULL PRIMARY KEY,
    taken BIGINT NOT NULL
);
