-- Why somebody vetoed by command, in their own words; empty where nothing was said.
ALTER TABLE votes ADD COLUMN reason TEXT NOT NULL DEFAULT '';
