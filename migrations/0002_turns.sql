-- Who waits for what: an approved operation stands in the line for what it wants to hold, in the order of approval.
CREATE TABLE waiting_line (
    operation TEXT NOT NULL REFERENCES operations (id),
    number BIGINT NOT NULL,
    cluster TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    aspect TEXT NOT NULL,
    sharing TEXT NOT NULL,
    PRIMARY KEY (operation, cluster, kind, name, aspect, sharing)
);
CREATE INDEX waiting_line_cluster ON waiting_line (cluster, number);

-- The operation that a hold was taken over from; empty where it was not.
ALTER TABLE holds ADD COLUMN origin TEXT NOT NULL DEFAULT '';

-- When the votes on an operation were last read. What was made before is not postponed for the time in which nobody noted it.
ALTER TABLE operations ADD COLUMN votes_read_at BIGINT NOT NULL DEFAULT 0;
UPDATE operations SET votes_read_at = expires_at;
CREATE INDEX operations_read ON operations (votable, votes_read_at);
