-- The glass of a plan that was broken: seats that were empty are skipped. Until somebody else has reviewed it (reviewed_at is 0
-- before that) people are told so again and again, next at nag_at.
CREATE TABLE broken_glass (
    operation TEXT NOT NULL REFERENCES operations (id),
    digest TEXT NOT NULL,
    account TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    broken_at BIGINT NOT NULL,
    nag_at BIGINT NOT NULL,
    reviewed_by TEXT NOT NULL DEFAULT '',
    review TEXT NOT NULL DEFAULT '',
    reviewed_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (operation, digest, account)
);
CREATE INDEX broken_glass_open ON broken_glass (reviewed_at, nag_at);
