-- Who could read a card where it was posted: 'everybody' of the guild, or 'chosen', whom the channel lets in; empty where nobody
-- looked, as for what was stored before.
ALTER TABLE messages ADD COLUMN readers TEXT NOT NULL DEFAULT '';
