DROP INDEX events_outcome;
CREATE INDEX events_outcome ON events (organization_id, outcome, occurred_at, sequence);
