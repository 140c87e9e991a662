-- That nobody has reviewed broken glass calls nobody by name: also where an alert was put in that does not say whom it calls.
UPDATE outbox
SET notice = REPLACE(notice, '{"alert":{"id":"review-open",', '{"alert":{"calls":"nobody","id":"review-open",')
WHERE SUBSTR(notice, 1, 29) = '{"alert":{"id":"review-open",' AND REPLACE(notice, ',"calls":', '') = notice;
