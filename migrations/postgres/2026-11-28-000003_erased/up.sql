-- Since when a link tells of nobody any more. A name was no mark of that: somebody may be called so.
ALTER TABLE links ADD COLUMN erased_at BIGINT;
UPDATE links SET erased_at = COALESCE(revoked_at, valid_until, created_at) WHERE name = 'Erased' AND EXISTS (
  SELECT 1 FROM events
  WHERE events.organization_id = links.organization_id AND events.link_id = links.id AND events.action = 'link.erased'
);
