-- Requests' ids begin with their time: in this order new ones stand together at the end of the index.
DROP INDEX events_request;
CREATE UNIQUE INDEX events_request ON events (request, credential) WHERE request IS NOT NULL;
