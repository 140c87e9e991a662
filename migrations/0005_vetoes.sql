-- Whether a veto was worth nothing when its caster was looked up last: it goes with its reaction, and keeps nobody waiting while
-- nobody can be looked up.
ALTER TABLE votes ADD COLUMN powerless BIGINT NOT NULL DEFAULT 0;
