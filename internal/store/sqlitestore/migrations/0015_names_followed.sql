-- Events follow the names of units that are dirty. All are that are there: events
-- of before 0014 have no name to be ordered by yet.
ALTER TABLE units ADD COLUMN dirty INTEGER NOT NULL DEFAULT 0;
ALTER TABLE units ADD COLUMN plan_ver INTEGER NOT NULL DEFAULT 0;
CREATE INDEX units_dirty ON units (id) WHERE dirty = 1;
UPDATE units SET dirty = 1, plan_ver = 1;
