CREATE TABLE old_event_people (
  event_id TEXT PRIMARY KEY NOT NULL REFERENCES events (id),
  salt TEXT NOT NULL,
  facts TEXT NOT NULL
);
INSERT INTO old_event_people SELECT event_id, salt, facts FROM event_people;
DROP TABLE event_people;
ALTER TABLE old_event_people RENAME TO event_people;
CREATE TRIGGER event_people_no_update BEFORE UPDATE ON event_people BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TABLE old_commands (
  event_id TEXT PRIMARY KEY NOT NULL REFERENCES events (id),
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  door_id TEXT NOT NULL,
  credential TEXT NOT NULL,
  took_use BOOLEAN NOT NULL,
  deadline_at BIGINT NOT NULL,
  claimed_by TEXT,
  claimed_at BIGINT,
  opened BOOLEAN,
  answer TEXT NOT NULL DEFAULT ''
);
INSERT INTO old_commands SELECT event_id, organization_id, door_id, credential, took_use, deadline_at, claimed_by,
  claimed_at, opened, answer FROM commands;
DROP TABLE commands;
ALTER TABLE old_commands RENAME TO commands;
CREATE INDEX commands_deadline ON commands (deadline_at);
DROP INDEX events_outcome;
CREATE INDEX events_outcome ON events (organization_id, outcome, occurred_at, sequence);
