-- Why a board could not be posted or edited, as operators were told last; empty once it could.
ALTER TABLE boards ADD COLUMN told TEXT NOT NULL DEFAULT '';
