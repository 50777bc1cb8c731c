DROP INDEX links_spent;
DROP INDEX links_used;
ALTER TABLE links DROP COLUMN spent, DROP COLUMN used_minute;
ALTER TABLE links RESET (fillfactor);
CREATE INDEX links_used ON links (organization_id, last_used_at, id);
CREATE INDEX links_spent ON links (organization_id, id) WHERE uses >= max_uses;
