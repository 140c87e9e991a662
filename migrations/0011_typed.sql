-- What was asked for, as one line and as it was typed: what somebody who changes the plan begins with. None for what was stored
-- before.
CREATE TABLE typed (
    operation TEXT NOT NULL PRIMARY KEY REFERENCES operations (id),
    line TEXT NOT NULL
);
