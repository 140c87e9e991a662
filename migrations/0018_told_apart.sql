-- What is told to voters, each alone: a task of its own takes it, and none of it waits for another.
ALTER TABLE outbox ADD COLUMN to_voters BIGINT NOT NULL DEFAULT 0;
UPDATE outbox SET to_voters = 1 WHERE SUBSTR(stream, 1, 10) = '{"voters":';
-- Each of the two takers finds what is due for it without reading what is due for the other.
CREATE INDEX outbox_due_apart ON outbox (status, to_voters, due_at);
