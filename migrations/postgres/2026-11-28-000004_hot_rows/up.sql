-- A scan is written with its terminal at hand: looking that up once more for each is not needed.
ALTER TABLE terminal_scans DROP CONSTRAINT terminal_scans_terminal_id_fkey;
-- A door and a link have one organization: its id in front of theirs made these two half as large again.
DROP INDEX events_door;
DROP INDEX events_link;
CREATE INDEX events_door ON events (door_id, occurred_at, sequence);
CREATE INDEX events_link ON events (link_id, occurred_at, sequence);
