-- When a mail to the owner of an account is to be handed over, 0 for never.
ALTER TABLE credentials ADD COLUMN letter_due INTEGER NOT NULL DEFAULT 0;
CREATE INDEX credentials_letter ON credentials (letter_due, id) WHERE letter_due > 0;
