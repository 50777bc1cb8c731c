-- What a list is sorted and filtered by, each with the id behind it, so that pages follow a key.
DROP INDEX links_ending;
CREATE INDEX links_ending ON links (organization_id, valid_until, id);
CREATE INDEX links_beginning ON links (organization_id, valid_from, id);
CREATE INDEX links_paused ON links (organization_id, id) WHERE paused_at IS NOT NULL;
CREATE INDEX links_revoked ON links (organization_id, id) WHERE revoked_at IS NOT NULL;
CREATE INDEX links_spent ON links (organization_id, id) WHERE uses >= max_uses;
CREATE INDEX links_external ON links (organization_id, external_id) WHERE external_id <> '';

-- The words of a link; nothing was kept in them yet. The server fills them for older links when it starts.
DROP TABLE link_words;
CREATE TABLE link_words (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  word TEXT NOT NULL,
  link_id TEXT NOT NULL REFERENCES links (id),
  PRIMARY KEY (organization_id, word, link_id)
) WITHOUT ROWID;
CREATE INDEX link_words_link ON link_words (link_id, word);
ALTER TABLE links DROP COLUMN search;
