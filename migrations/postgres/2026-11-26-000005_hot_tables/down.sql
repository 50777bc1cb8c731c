ALTER TABLE events ADD CONSTRAINT events_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id);
ALTER TABLE event_people ADD CONSTRAINT event_people_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id);
ALTER TABLE commands ADD CONSTRAINT commands_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id);
ALTER TABLE commands ADD CONSTRAINT commands_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id);
