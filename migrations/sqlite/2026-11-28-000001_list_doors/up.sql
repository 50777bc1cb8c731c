-- For which door a terminal's lists are, from a version on: one row for each move. Lists are forgotten once the terminal
-- has a newer one; a journal that was decided by one of them may come later, and is about the door of that list.
CREATE TABLE terminal_list_doors (
  terminal_id TEXT NOT NULL REFERENCES terminals (id),
  from_version BIGINT NOT NULL,
  door_id TEXT NOT NULL REFERENCES doors (id),
  PRIMARY KEY (terminal_id, from_version)
);
INSERT INTO terminal_list_doors SELECT id, 0, door_id FROM terminals WHERE paired_at IS NOT NULL;
