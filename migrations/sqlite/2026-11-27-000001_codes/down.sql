-- Back to links without codes: codes and terminals are lost.
ALTER TABLE audit_heads DROP COLUMN list_revision;
ALTER TABLE commands DROP COLUMN answer;
ALTER TABLE commands DROP COLUMN opened;
ALTER TABLE commands DROP COLUMN claimed_at;
ALTER TABLE commands DROP COLUMN claimed_by;
DROP TABLE terminal_scans;
DROP TABLE terminal_lists;
DROP TABLE terminals;
DROP TABLE codes;
DROP TABLE link_codes;
ALTER TABLE doors DROP COLUMN list_max_age_ms;
DROP INDEX groups_scope;
DROP INDEX doors_scope;
ALTER TABLE groups DROP COLUMN scope;
ALTER TABLE doors DROP COLUMN scope;
ALTER TABLE organizations DROP COLUMN last_scope;
