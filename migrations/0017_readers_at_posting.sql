-- Who can read where a card is being posted, as the attempts at it saw: 'chosen' if any of them did; empty before the first look.
ALTER TABLE outbox ADD COLUMN readers TEXT NOT NULL DEFAULT '';
