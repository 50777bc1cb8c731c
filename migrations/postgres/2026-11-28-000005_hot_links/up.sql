-- An opening changes a link's counters alone. Where no index holds what changed, Postgres writes the new row beside the old
-- one and leaves all indexes as they are; a link's last use and count stood in two, so each opening wrote into all eight.
-- Lists show minutes, and so an index of minutes sorts them.
ALTER TABLE links SET (fillfactor = 80);
ALTER TABLE links
  ADD COLUMN used_minute BIGINT GENERATED ALWAYS AS (last_used_at / 60000) STORED,
  ADD COLUMN spent BOOLEAN GENERATED ALWAYS AS (uses >= max_uses) STORED;
DROP INDEX links_used;
DROP INDEX links_spent;
CREATE INDEX links_used ON links (organization_id, used_minute, id);
CREATE INDEX links_spent ON links (organization_id, id) WHERE spent;
