-- What staff sign in with, and who is signed in.
CREATE TABLE credentials (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  link_hash TEXT NOT NULL
) STRICT;
CREATE INDEX credentials_link ON credentials (link_hash) WHERE link_hash <> '';
CREATE INDEX credentials_outbox ON credentials (id) WHERE outbox IS NOT NULL;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  account TEXT NOT NULL, ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_account ON sessions (account, ends_at);
CREATE INDEX sessions_end ON sessions (ends_at);
CREATE INDEX sessions_outbox ON sessions (id) WHERE outbox IS NOT NULL;
