-- Texts, whole numbers and blobs only, so that both databases hold the same. Times are Unix milliseconds UTC.
CREATE TABLE organizations (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  max_validity_days BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE setup_addresses (
  secret_hash TEXT PRIMARY KEY NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE TABLE admins (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  password_changed_at BIGINT NOT NULL
);

CREATE TABLE sessions (
  id_hash TEXT PRIMARY KEY NOT NULL,
  public_id TEXT NOT NULL UNIQUE,
  admin_id TEXT REFERENCES admins (id),
  data TEXT NOT NULL,
  address_prefix TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_admin ON sessions (admin_id, last_seen_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE known_devices (
  secret_hash TEXT PRIMARY KEY NOT NULL,
  admin_id TEXT NOT NULL REFERENCES admins (id),
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL
);
CREATE INDEX known_devices_admin ON known_devices (admin_id);

CREATE TABLE throttles (
  key TEXT PRIMARY KEY NOT NULL,
  failures BIGINT NOT NULL,
  window_began_at BIGINT NOT NULL
);
CREATE INDEX throttles_age ON throttles (window_began_at);

CREATE TABLE places (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  locked_down_at BIGINT,
  lockdown_reason TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX places_organization ON places (organization_id, name, id);

CREATE TABLE doors (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  place_id TEXT NOT NULL REFERENCES places (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  driver TEXT NOT NULL,
  driver_settings TEXT NOT NULL,
  unlock_ms BIGINT NOT NULL,
  accepts_digital BOOLEAN NOT NULL,
  locked_down_at BIGINT,
  lockdown_reason TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX doors_organization ON doors (organization_id, name, id);
CREATE INDEX doors_place ON doors (place_id, name, id);

CREATE TABLE groups (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX groups_organization ON groups (organization_id, name, id);

CREATE TABLE group_doors (
  group_id TEXT NOT NULL REFERENCES groups (id),
  door_id TEXT NOT NULL REFERENCES doors (id),
  PRIMARY KEY (group_id, door_id)
);

CREATE TABLE links (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  company TEXT NOT NULL,
  host_name TEXT NOT NULL,
  host_contact TEXT NOT NULL,
  note TEXT NOT NULL,
  external_id TEXT NOT NULL,
  language TEXT NOT NULL,
  search TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_until BIGINT,
  max_uses BIGINT,
  uses BIGINT NOT NULL,
  cooldown_ms BIGINT NOT NULL,
  paused_at BIGINT,
  revoked_at BIGINT,
  secret_hash TEXT NOT NULL UNIQUE,
  secret_sealed BYTEA NOT NULL,
  secret_version BIGINT NOT NULL,
  first_opened_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX links_organization ON links (organization_id, id);
CREATE INDEX links_ending ON links (organization_id, valid_until);

CREATE TABLE link_doors (
  link_id TEXT NOT NULL REFERENCES links (id),
  door_id TEXT NOT NULL REFERENCES doors (id),
  PRIMARY KEY (link_id, door_id)
);
CREATE INDEX link_doors_door ON link_doors (door_id, link_id);

CREATE TABLE link_groups (
  link_id TEXT NOT NULL REFERENCES links (id),
  group_id TEXT NOT NULL REFERENCES groups (id),
  PRIMARY KEY (link_id, group_id)
);

-- What a link did at one door lately: for the cool-down, and for the free second try after a door that did not answer.
CREATE TABLE link_door_states (
  link_id TEXT NOT NULL REFERENCES links (id),
  door_id TEXT NOT NULL REFERENCES doors (id),
  last_granted_at BIGINT,
  free_until BIGINT,
  PRIMARY KEY (link_id, door_id)
);

CREATE TABLE audit_heads (
  organization_id TEXT PRIMARY KEY NOT NULL REFERENCES organizations (id),
  sequence BIGINT NOT NULL,
  hash TEXT NOT NULL
);

CREATE TABLE events (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
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
CREATE INDEX events_time ON events (organization_id, occurred_at, sequence);
CREATE INDEX events_door ON events (organization_id, door_id, occurred_at, sequence);
CREATE INDEX events_link ON events (organization_id, link_id, occurred_at, sequence);
CREATE INDEX events_outcome ON events (organization_id, outcome, occurred_at, sequence);
CREATE INDEX events_cause ON events (cause) WHERE cause IS NOT NULL;
-- A repeated tap finds the stored answer; a second opening cannot be stored.
CREATE UNIQUE INDEX events_request ON events (credential, request) WHERE request IS NOT NULL;

CREATE TABLE event_people (
  event_id TEXT PRIMARY KEY NOT NULL REFERENCES events (id),
  salt TEXT NOT NULL,
  facts TEXT NOT NULL
);

CREATE TABLE checkpoints (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  sequence BIGINT NOT NULL,
  hash TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (organization_id, sequence)
);

-- Openings that were granted and whose outcome is not known yet.
CREATE TABLE commands (
  event_id TEXT PRIMARY KEY NOT NULL REFERENCES events (id),
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  door_id TEXT NOT NULL,
  credential TEXT NOT NULL,
  took_use BOOLEAN NOT NULL,
  deadline_at BIGINT NOT NULL
);
CREATE INDEX commands_deadline ON commands (deadline_at);

-- What goes out: the link's id and what became of it, never a body or a secret.
CREATE TABLE messages (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  link_id TEXT NOT NULL REFERENCES links (id),
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  secret_version BIGINT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  server_reply TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX messages_organization ON messages (organization_id, id);
CREATE INDEX messages_link ON messages (link_id, id);
CREATE INDEX messages_due ON messages (state, next_at);

-- The log is append-only: whoever holds the connection cannot change it by mistake.
CREATE FUNCTION latchkey_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION latchkey_append_only();
-- Personal facts may be erased, never rewritten; a checkpoint is a promise.
CREATE TRIGGER event_people_no_update BEFORE UPDATE ON event_people FOR EACH ROW EXECUTE FUNCTION latchkey_append_only();
CREATE TRIGGER checkpoints_no_change BEFORE UPDATE OR DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION latchkey_append_only();
