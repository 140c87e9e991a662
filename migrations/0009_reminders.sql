-- When those who can still fill an empty seat are reminded; 0 once that is done. What was posted before is not reminded of.
ALTER TABLE operations ADD COLUMN remind_at BIGINT NOT NULL DEFAULT 0;
