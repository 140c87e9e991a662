-- Who was told alone that their approval of a plan does not count: each person once for each plan, whatever came of it.
CREATE TABLE told_voters (
    operation TEXT NOT NULL REFERENCES operations (id),
    digest TEXT NOT NULL,
    person TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (operation, digest, person)
);
