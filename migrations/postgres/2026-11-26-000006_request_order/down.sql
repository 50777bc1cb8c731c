DROP INDEX events_request;
CREATE UNIQUE INDEX events_request ON events (credential, request) WHERE request IS NOT NULL;
