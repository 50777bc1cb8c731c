-- What is rare is found by an index of its own. What every opening writes is left out of them, so that they cost the
-- writer of a granted opening nothing; a query must say the same conditions word for word.
CREATE INDEX events_actor ON events (organization_id, actor, occurred_at, sequence)
  WHERE actor <> 'visitor' AND actor <> 'system';
CREATE INDEX events_action ON events (organization_id, action, occurred_at, sequence)
  WHERE action <> 'door.unlock' AND action <> 'door.dispatched' AND action <> 'door.confirmed';
CREATE INDEX events_reason ON events (organization_id, reason, occurred_at, sequence)
  WHERE reason <> 'allowed';
