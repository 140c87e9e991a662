-- What somebody asked a running move to be turned to; the last word counts.
CREATE TABLE throttles (
    operation TEXT NOT NULL PRIMARY KEY REFERENCES operations (id),
    bytes_per_second BIGINT NOT NULL,
    person TEXT NOT NULL,
    at BIGINT NOT NULL
);
