UPDATE link_door_states SET free_until = -free_until WHERE trying;
ALTER TABLE link_door_states DROP COLUMN trying;
