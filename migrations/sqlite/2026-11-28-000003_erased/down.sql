ALTER TABLE links DROP COLUMN erased_at;
