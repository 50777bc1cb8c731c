-- A free second try that is being used: until it has come out there is none.
ALTER TABLE link_door_states ADD COLUMN trying BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE link_door_states SET trying = TRUE, free_until = -free_until WHERE free_until < 0;
