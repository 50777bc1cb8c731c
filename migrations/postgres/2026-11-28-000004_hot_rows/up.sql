-- A scan is written with its terminal at hand: looking that up once more for each is not needed.
ALTER TABLE terminal_scans DROP CONSTRAINT terminal_scans_terminal_id_fkey;
