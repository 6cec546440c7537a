-- Edits of rules are dirty themselves: one of a unit reaches many events.
ALTER TABLE rules ADD COLUMN dirty INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rules ADD COLUMN plan_ver INTEGER NOT NULL DEFAULT 0;
CREATE INDEX rules_dirty ON rules (id) WHERE dirty = 1;

-- Who agrees to news follows from the log of consents: the newest entry counts.
ALTER TABLE residents ADD COLUMN news INTEGER NOT NULL DEFAULT 0;
UPDATE residents SET news = 1, doc = json_set(doc, '$.news', json('true'))
WHERE coalesce(json_extract(doc, '$.erased_at'), 0) = 0 AND coalesce(json_extract(doc, '$.merged_into'), '') = ''
  AND (SELECT json_extract(c.value, '$.given') FROM json_each(doc, '$.consents') c
       WHERE json_extract(c.value, '$.purpose') = 'news' ORDER BY c.key DESC LIMIT 1) = 1;
CREATE INDEX residents_news_village ON residents (village, id) WHERE news = 1;
CREATE INDEX residents_news_unit ON residents (unit, id) WHERE news = 1;

-- Events stand in the list of their village too.
INSERT INTO event_lists (list, state, start_at, id)
SELECT 'village:' || json_extract(doc, '$.village'), state, json_extract(doc, '$.start_at'), id FROM events
WHERE coalesce(json_extract(doc, '$.village'), '') <> '' ON CONFLICT DO NOTHING;
