DROP INDEX events_reason;
DROP INDEX events_action;
DROP INDEX events_actor;
