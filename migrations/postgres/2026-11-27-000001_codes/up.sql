-- Numbers of doors and groups in offline codes: one counter an organization, and a number never comes back.
ALTER TABLE organizations ADD COLUMN last_scope BIGINT NOT NULL DEFAULT 0;
ALTER TABLE doors ADD COLUMN scope BIGINT NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN scope BIGINT NOT NULL DEFAULT 0;
UPDATE doors SET scope =
  (SELECT count(*) FROM doors AS d WHERE d.organization_id = doors.organization_id AND d.id <= doors.id);
UPDATE groups SET scope =
  (SELECT count(*) FROM doors AS d WHERE d.organization_id = groups.organization_id)
  + (SELECT count(*) FROM groups AS g WHERE g.organization_id = groups.organization_id AND g.id <= groups.id);
UPDATE organizations SET last_scope =
  (SELECT count(*) FROM doors AS d WHERE d.organization_id = organizations.id)
  + (SELECT count(*) FROM groups AS g WHERE g.organization_id = organizations.id);
CREATE UNIQUE INDEX doors_scope ON doors (organization_id, scope);
CREATE UNIQUE INDEX groups_scope ON groups (organization_id, scope);
-- A terminal's list older than this opens the door no more, milliseconds.
ALTER TABLE doors ADD COLUMN list_max_age_ms BIGINT NOT NULL DEFAULT 129600000;

-- What a link has besides its web page; no row: the page and no code.
CREATE TABLE link_codes (
  link_id TEXT PRIMARY KEY NOT NULL REFERENCES links (id),
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  kind TEXT NOT NULL,
  web BOOLEAN NOT NULL,
  off_line BOOLEAN NOT NULL
);
-- The codes themselves. A scan finds one by what the code shows: SHA-256 of an online one, the id in the others.
CREATE TABLE codes (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  link_id TEXT NOT NULL REFERENCES links (id),
  kind TEXT NOT NULL,
  lookup TEXT NOT NULL UNIQUE,
  sealed BYTEA,
  not_before BIGINT,
  not_after BIGINT,
  last_step BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  retired_at BIGINT
);
CREATE INDEX codes_link ON codes (link_id, id);
CREATE INDEX codes_organization ON codes (organization_id, not_after);

CREATE TABLE terminals (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  door_id TEXT NOT NULL REFERENCES doors (id),
  name TEXT NOT NULL,
  pairing_hash TEXT UNIQUE,
  pairing_expires_at BIGINT,
  token_hash TEXT UNIQUE,
  paired_at BIGINT,
  revoked_at BIGINT,
  removed_at BIGINT,
  software TEXT NOT NULL,
  relay BOOLEAN NOT NULL,
  clock_offset_ms BIGINT,
  last_seen_at BIGINT,
  waiting BIGINT NOT NULL,
  list_version BIGINT NOT NULL,
  list_made_at BIGINT,
  list_expires_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX terminals_organization ON terminals (organization_id, name, id);
CREATE INDEX terminals_door ON terminals (door_id, id);
-- The lists that a terminal has or is being sent: a change is told against the one it has.
CREATE TABLE terminal_lists (
  terminal_id TEXT NOT NULL REFERENCES terminals (id),
  version BIGINT NOT NULL,
  manifest TEXT NOT NULL,
  body BYTEA NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (terminal_id, version)
);
-- Every scan of every terminal once, on line or off: what makes an upload repeatable.
CREATE TABLE terminal_scans (
  terminal_id TEXT NOT NULL REFERENCES terminals (id),
  sequence BIGINT NOT NULL,
  scan TEXT NOT NULL,
  event_id TEXT NOT NULL,
  reported_at BIGINT,
  PRIMARY KEY (terminal_id, sequence),
  UNIQUE (terminal_id, scan)
);
-- A command that waits for a terminal: claimed once, answered once.
ALTER TABLE commands ADD COLUMN claimed_by TEXT;
ALTER TABLE commands ADD COLUMN claimed_at BIGINT;
ALTER TABLE commands ADD COLUMN opened BOOLEAN;
ALTER TABLE commands ADD COLUMN answer TEXT NOT NULL DEFAULT '';
-- The sequence of the last event after which terminals' lists may differ.
ALTER TABLE audit_heads ADD COLUMN list_revision BIGINT NOT NULL DEFAULT 0;
