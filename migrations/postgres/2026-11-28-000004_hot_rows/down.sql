ALTER TABLE terminal_scans ADD FOREIGN KEY (terminal_id) REFERENCES terminals (id);
