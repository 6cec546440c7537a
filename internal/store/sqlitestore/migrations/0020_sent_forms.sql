-- Which forms were sent, of known people as of new ones: residents no longer say
-- what the form held that made them.
CREATE TABLE forms (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE INDEX forms_event ON forms (event);
UPDATE residents SET doc = json_remove(doc, '$.form_hash') WHERE doc LIKE '%"form_hash":%';
