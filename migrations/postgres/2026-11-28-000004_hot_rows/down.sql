DROP INDEX events_door;
DROP INDEX events_link;
CREATE INDEX events_door ON events (organization_id, door_id, occurred_at, sequence);
CREATE INDEX events_link ON events (organization_id, link_id, occurred_at, sequence);
ALTER TABLE terminal_scans ADD FOREIGN KEY (terminal_id) REFERENCES terminals (id);
