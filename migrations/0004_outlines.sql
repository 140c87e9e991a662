-- What lists need of a plan, beside its bytes: small where they are large. Empty for what was stored before.
ALTER TABLE plans ADD COLUMN outline TEXT NOT NULL DEFAULT '';
