-- What an organization decides for itself.
ALTER TABLE organizations ADD COLUMN default_validity_days BIGINT NOT NULL DEFAULT 1;
ALTER TABLE organizations ADD COLUMN session_idle_minutes BIGINT;
ALTER TABLE organizations ADD COLUMN session_hours BIGINT;
ALTER TABLE organizations ADD COLUMN second_factor_required BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE organizations ADD COLUMN reminder_hours BIGINT;
ALTER TABLE organizations ADD COLUMN arrival_notice BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE organizations ADD COLUMN event_retention_days BIGINT;
ALTER TABLE organizations ADD COLUMN person_retention_days BIGINT;
ALTER TABLE organizations ADD COLUMN sms_quota BIGINT NOT NULL DEFAULT 10;
ALTER TABLE organizations ADD COLUMN email_quota BIGINT NOT NULL DEFAULT 1000;
ALTER TABLE organizations ADD COLUMN colour TEXT NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

CREATE TABLE logos (
  organization_id TEXT PRIMARY KEY NOT NULL REFERENCES organizations (id),
  png BYTEA NOT NULL,
  hash TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- An organization's own words in mail, by language; an empty one is ours.
CREATE TABLE message_texts (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  language TEXT NOT NULL,
  subject TEXT NOT NULL,
  greeting TEXT NOT NULL,
  PRIMARY KEY (organization_id, language)
);

-- The first send of a link on a channel counts, once; the period is a month (2026-11) or empty for all time.
CREATE TABLE quota_uses (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  channel TEXT NOT NULL,
  link_id TEXT NOT NULL REFERENCES links (id),
  period TEXT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (organization_id, channel, link_id)
);
CREATE TABLE quota_counters (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  channel TEXT NOT NULL,
  period TEXT NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (organization_id, channel, period)
);

ALTER TABLE admins ADD COLUMN removed_at BIGINT;
ALTER TABLE admins ADD COLUMN totp_sealed BYTEA;
ALTER TABLE admins ADD COLUMN totp_confirmed_at BIGINT;
ALTER TABLE admins ADD COLUMN totp_last_step BIGINT NOT NULL DEFAULT 0;
CREATE INDEX admins_organization ON admins (organization_id, name, id);

CREATE TABLE recovery_codes (
  code_hash TEXT PRIMARY KEY NOT NULL,
  admin_id TEXT NOT NULL REFERENCES admins (id),
  created_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX recovery_codes_admin ON recovery_codes (admin_id);

CREATE TABLE passkeys (
  id TEXT PRIMARY KEY NOT NULL,
  admin_id TEXT NOT NULL REFERENCES admins (id),
  credential_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);
CREATE INDEX passkeys_admin ON passkeys (admin_id, id);

CREATE TABLE invitations (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  secret_sealed BYTEA NOT NULL,
  invited_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  withdrawn_at BIGINT
);
CREATE INDEX invitations_organization ON invitations (organization_id, id);

-- Weekly windows in the place's zone. A weekday is 0 for Monday to 6 for Sunday; minutes count from that day's
-- midnight, and an end beyond 1,440 lies in the next day.
CREATE TABLE schedules (
  id TEXT PRIMARY KEY NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX schedules_organization ON schedules (organization_id, name, id);
CREATE TABLE schedule_windows (
  schedule_id TEXT NOT NULL REFERENCES schedules (id),
  weekday BIGINT NOT NULL,
  from_minute BIGINT NOT NULL,
  until_minute BIGINT NOT NULL,
  PRIMARY KEY (schedule_id, weekday, from_minute, until_minute)
);
-- On such a date (2026-12-25) its own windows replace the weekly ones; one row from 0 until 0 closes the whole day.
CREATE TABLE schedule_exceptions (
  schedule_id TEXT NOT NULL REFERENCES schedules (id),
  date TEXT NOT NULL,
  from_minute BIGINT NOT NULL,
  until_minute BIGINT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (schedule_id, date, from_minute, until_minute)
);

-- Coordinates in millionths of a degree (WGS 84), the radius in metres.
ALTER TABLE places ADD COLUMN latitude_e6 BIGINT;
ALTER TABLE places ADD COLUMN longitude_e6 BIGINT;
ALTER TABLE places ADD COLUMN geofence_m BIGINT;
ALTER TABLE places ADD COLUMN lockdown_by TEXT NOT NULL DEFAULT '';
-- The least role that may lift the lockdown.
ALTER TABLE places ADD COLUMN lockdown_lift_role TEXT NOT NULL DEFAULT '';

ALTER TABLE doors ADD COLUMN geofence BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE doors ADD COLUMN reader BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE doors ADD COLUMN schedule_id TEXT REFERENCES schedules (id);
-- What of the driver's settings is secret, under the key outside the database.
ALTER TABLE doors ADD COLUMN driver_sealed BYTEA;

ALTER TABLE groups ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN geofence BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE groups ADD COLUMN reader BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE groups ADD COLUMN schedule_id TEXT REFERENCES schedules (id);
CREATE INDEX group_doors_door ON group_doors (door_id, group_id);
CREATE INDEX link_groups_group ON link_groups (group_id, link_id);

CREATE TABLE link_windows (
  link_id TEXT NOT NULL REFERENCES links (id),
  weekday BIGINT NOT NULL,
  from_minute BIGINT NOT NULL,
  until_minute BIGINT NOT NULL,
  PRIMARY KEY (link_id, weekday, from_minute, until_minute)
);

ALTER TABLE links ADD COLUMN notify_host BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE links ADD COLUMN reminded_at BIGINT;
ALTER TABLE links ADD COLUMN arrived_at BIGINT;
ALTER TABLE links ADD COLUMN last_used_at BIGINT;
-- As names are sorted: lower case.
ALTER TABLE links ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE links SET name_key = lower(name);
CREATE INDEX links_name ON links (organization_id, name_key, id);
CREATE INDEX links_used ON links (organization_id, last_used_at, id);
CREATE INDEX links_email ON links (organization_id, email);

-- The words of a link that its list is searched by, each from its beginning.
CREATE TABLE link_words (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  word TEXT NOT NULL,
  link_id TEXT NOT NULL REFERENCES links (id),
  PRIMARY KEY (organization_id, word, link_id)
);
CREATE INDEX link_words_link ON link_words (link_id);

-- Where a log begins whose older events were pruned: the last pruned event's number and hash, signed.
CREATE TABLE beginnings (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  sequence BIGINT NOT NULL,
  hash TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (organization_id, sequence)
);

-- A message may carry other things than a link: an invitation, a test.
ALTER TABLE messages ALTER COLUMN link_id DROP NOT NULL;
ALTER TABLE messages ADD COLUMN kind TEXT NOT NULL DEFAULT 'link';
ALTER TABLE messages ADD COLUMN invitation_id TEXT REFERENCES invitations (id);

-- Events may go only up to a signed beginning.
CREATE FUNCTION latchkey_prunes_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM beginnings WHERE beginnings.organization_id = OLD.organization_id AND beginnings.sequence >= OLD.sequence) THEN
    RAISE EXCEPTION 'the audit log is append-only';
  END IF;
  RETURN OLD;
END $$;
DROP TRIGGER events_no_change ON events;
CREATE TRIGGER events_no_update BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION latchkey_append_only();
CREATE TRIGGER events_no_delete BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION latchkey_prunes_only();
CREATE TRIGGER beginnings_no_change BEFORE UPDATE OR DELETE ON beginnings FOR EACH ROW EXECUTE FUNCTION latchkey_append_only();
