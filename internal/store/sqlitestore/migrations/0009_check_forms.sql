-- When somebody looks whether a registration came of the form that made a
-- resident: a week after, also for those who are there.
ALTER TABLE residents ADD COLUMN check_at INTEGER NOT NULL DEFAULT 0;
UPDATE residents SET check_at = json_extract(doc, '$.created_at') + 604800000,
  doc = json_set(doc, '$.check_at', json_extract(doc, '$.created_at') + 604800000)
WHERE json_extract(doc, '$.public') = 1 AND coalesce(json_extract(doc, '$.erased_at'), 0) = 0;
CREATE INDEX residents_check ON residents (check_at, id) WHERE check_at > 0;
