-- What has not ended on a cluster, by why it stands as it does: whoever pauses for broken glass is looked for at each end of an
-- operation that people vote on. Without it SQLite reads everything that the cluster ever had.
CREATE INDEX operations_why ON operations (cluster, why_id) WHERE ended = 0;
