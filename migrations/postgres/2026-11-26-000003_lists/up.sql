-- What a list is sorted and filtered by, each with the id behind it, so that pages follow a key.
DROP INDEX links_ending;
CREATE INDEX links_ending ON links (organization_id, valid_until, id);
CREATE INDEX links_beginning ON links (organization_id, valid_from, id);
CREATE INDEX links_paused ON links (organization_id, id) WHERE paused_at IS NOT NULL;
CREATE INDEX links_revoked ON links (organization_id, id) WHERE revoked_at IS NOT NULL;
CREATE INDEX links_spent ON links (organization_id, id) WHERE uses >= max_uses;
CREATE INDEX links_external ON links (organization_id, external_id) WHERE external_id <> '';

-- Byte by byte, as SQLite compares: the beginning of a word is a range only then, and names sort alike on both.
ALTER TABLE links ALTER COLUMN name_key TYPE TEXT COLLATE "C";
ALTER TABLE link_words ALTER COLUMN word TYPE TEXT COLLATE "C";
DROP INDEX link_words_link;
CREATE INDEX link_words_link ON link_words (link_id, word);
ALTER TABLE links DROP COLUMN search;
