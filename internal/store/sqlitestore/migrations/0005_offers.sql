-- When a roll changes though nobody asks, as offers end, and until when a
-- message said that an offer stands.
ALTER TABLE rolls ADD COLUMN next_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX rolls_next ON rolls (next_at, id) WHERE next_at > 0;
ALTER TABLE ledger ADD COLUMN told_offer_until INTEGER NOT NULL DEFAULT 0;
