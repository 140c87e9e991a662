-- The board of each channel that has one; message is 0 until it is posted, and posted_at is when that was asked for until then.
CREATE TABLE boards (
    channel BIGINT NOT NULL PRIMARY KEY,
    message BIGINT NOT NULL,
    -- SHA-256 of what it tells, without when; and of all that it says, as last sent.
    tells TEXT NOT NULL,
    says TEXT NOT NULL,
    posted_at BIGINT NOT NULL
);
