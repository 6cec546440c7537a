-- Events that start together are ordered by the name of where they are. Those
-- that are there have none to be ordered by until they are edited.
ALTER TABLE event_lists RENAME TO event_lists_before;
CREATE TABLE event_lists (
  list TEXT NOT NULL, state TEXT NOT NULL, start_at INTEGER NOT NULL, sort_key BLOB NOT NULL DEFAULT x'', id TEXT NOT NULL,
  PRIMARY KEY (list, state, start_at, sort_key, id)
) STRICT, WITHOUT ROWID;
INSERT INTO event_lists (list, state, start_at, id) SELECT list, state, start_at, id FROM event_lists_before;
DROP TABLE event_lists_before;
CREATE INDEX event_lists_start ON event_lists (list, start_at, sort_key, id);
