-- The writer alone adds events, by the head of an organization's log, which refers to the organization: looking that up
-- once more for each event, and keeping a copy of each page that an insert changes in case it is not found, took a tenth
-- of a batch.
CREATE TABLE new_events (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  occurred_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  credential TEXT,
  object TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  cause TEXT,
  request TEXT,
  detail TEXT NOT NULL,
  person_hash TEXT,
  hash TEXT NOT NULL,
  door_id TEXT,
  link_id TEXT,
  UNIQUE (organization_id, sequence)
);
INSERT INTO new_events (id, organization_id, sequence, occurred_at, recorded_at, action, actor, credential, object,
  outcome, reason, cause, request, detail, person_hash, hash, door_id, link_id)
  SELECT id, organization_id, sequence, occurred_at, recorded_at, action, actor, credential, object,
  outcome, reason, cause, request, detail, person_hash, hash, door_id, link_id FROM events ORDER BY rowid;
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;
CREATE INDEX events_time ON events (organization_id, occurred_at, sequence);
CREATE INDEX events_door ON events (organization_id, door_id, occurred_at, sequence);
CREATE INDEX events_link ON events (organization_id, link_id, occurred_at, sequence);
CREATE INDEX events_outcome ON events (organization_id, outcome, occurred_at, sequence)
  WHERE outcome <> 'done' AND outcome <> 'granted';
CREATE INDEX events_cause ON events (cause) WHERE cause IS NOT NULL;
CREATE UNIQUE INDEX events_request ON events (request, credential) WHERE request IS NOT NULL;
CREATE INDEX events_actor ON events (organization_id, actor, occurred_at, sequence)
  WHERE actor <> 'visitor' AND actor <> 'system';
CREATE INDEX events_action ON events (organization_id, action, occurred_at, sequence)
  WHERE action <> 'door.unlock' AND action <> 'door.dispatched' AND action <> 'door.confirmed';
CREATE INDEX events_reason ON events (organization_id, reason, occurred_at, sequence)
  WHERE reason <> 'allowed';
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- Events may go only up to a signed beginning.
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
  WHEN NOT EXISTS (SELECT 1 FROM beginnings WHERE beginnings.organization_id = OLD.organization_id AND beginnings.sequence >= OLD.sequence)
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- A scan is written with its terminal at hand, and kept in the order of its key alone.
CREATE TABLE new_terminal_scans (
  terminal_id TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  scan TEXT NOT NULL,
  event_id TEXT NOT NULL,
  reported_at BIGINT,
  PRIMARY KEY (terminal_id, sequence),
  UNIQUE (terminal_id, scan)
) WITHOUT ROWID;
INSERT INTO new_terminal_scans (terminal_id, sequence, scan, event_id, reported_at)
  SELECT terminal_id, sequence, scan, event_id, reported_at FROM terminal_scans ORDER BY terminal_id, sequence;
DROP TABLE terminal_scans;
ALTER TABLE new_terminal_scans RENAME TO terminal_scans;
