-- What the migrations make of a new file, in the order in which it was made.
-- UPDATE_GOLDEN=1 go test ./internal/store/sqlitestore -run TestSchema writes it.
CREATE TABLE settings (
  key   TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE units (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  parent TEXT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, sort_key BLOB NOT NULL
, dirty INTEGER NOT NULL DEFAULT 0, plan_ver INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE UNIQUE INDEX units_code ON units (code) WHERE code <> '';
CREATE INDEX units_sorted ON units (sort_key, id);
CREATE INDEX units_parent ON units (parent, sort_key, id);
CREATE INDEX units_kind ON units (kind, sort_key, id);
CREATE INDEX units_outbox ON units (id) WHERE outbox IS NOT NULL;
CREATE TABLE unit_ancestors (
  ancestor TEXT NOT NULL, sort_key BLOB NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (ancestor, sort_key, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE unit_words (
  word TEXT NOT NULL, sort_key BLOB NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (word, sort_key, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE accounts (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  login TEXT NOT NULL, unit TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_login ON accounts (login);
CREATE INDEX accounts_unit ON accounts (unit, login);
CREATE INDEX accounts_outbox ON accounts (id) WHERE outbox IS NOT NULL;
CREATE TABLE tokens (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL
) STRICT;
CREATE INDEX tokens_outbox ON tokens (id) WHERE outbox IS NOT NULL;
CREATE TABLE residents (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  unit TEXT NOT NULL, village TEXT NOT NULL, sort_key BLOB NOT NULL, dirty INTEGER NOT NULL, plan_ver INTEGER NOT NULL
, news INTEGER NOT NULL DEFAULT 0, check_at INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX residents_unit ON residents (unit, sort_key, id);
CREATE INDEX residents_village ON residents (unit, village, sort_key, id);
CREATE INDEX residents_dirty ON residents (id) WHERE dirty = 1;
CREATE INDEX residents_outbox ON residents (id) WHERE outbox IS NOT NULL;
CREATE TABLE resident_words (
  unit TEXT NOT NULL, word TEXT NOT NULL, sort_key BLOB NOT NULL, id TEXT NOT NULL, village TEXT NOT NULL,
  PRIMARY KEY (unit, word, sort_key, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE resident_contacts (
  contact TEXT NOT NULL, id TEXT NOT NULL, unit TEXT NOT NULL,
  PRIMARY KEY (contact, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE consent_texts (
  id TEXT PRIMARY KEY NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE TABLE events (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  part INTEGER NOT NULL, state TEXT NOT NULL, end_at INTEGER NOT NULL,
  dirty INTEGER NOT NULL, plan_ver INTEGER NOT NULL, uncounted INTEGER NOT NULL
) STRICT;
CREATE INDEX events_ended ON events (state, end_at, id);
CREATE INDEX events_dirty ON events (part, id) WHERE dirty = 1;
CREATE INDEX events_uncounted ON events (id) WHERE uncounted = 1;
CREATE INDEX events_outbox ON events (id) WHERE outbox IS NOT NULL;
CREATE TABLE rules (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  owner TEXT NOT NULL
, dirty INTEGER NOT NULL DEFAULT 0, plan_ver INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX rules_owner ON rules (owner, id);
CREATE INDEX rules_outbox ON rules (id) WHERE outbox IS NOT NULL;
CREATE TABLE registrations (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  part INTEGER NOT NULL, event TEXT NOT NULL, resident TEXT NOT NULL, state TEXT NOT NULL,
  link_hash TEXT NOT NULL, confirm_hash TEXT NOT NULL, hold_until INTEGER NOT NULL, created_at INTEGER NOT NULL,
  dirty INTEGER NOT NULL, plan_ver INTEGER NOT NULL
, slot TEXT NOT NULL DEFAULT '', party INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX registrations_event ON registrations (event, id);
CREATE INDEX registrations_resident ON registrations (resident, id) WHERE resident <> '';
CREATE INDEX registrations_link ON registrations (link_hash) WHERE link_hash <> '';
CREATE INDEX registrations_confirm ON registrations (confirm_hash) WHERE confirm_hash <> '';
CREATE INDEX registrations_dirty ON registrations (part, event, id) WHERE dirty = 1;
CREATE INDEX registrations_pending ON registrations (hold_until, id) WHERE state = 'pending';
CREATE INDEX registrations_loose ON registrations (created_at, id) WHERE state = 'unsettled';
CREATE INDEX registrations_outbox ON registrations (id) WHERE outbox IS NOT NULL;
CREATE TABLE rolls (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  is_unsettled INTEGER NOT NULL, seats BLOB NOT NULL
, next_at INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX rolls_unsettled ON rolls (id) WHERE is_unsettled = 1;
CREATE INDEX rolls_outbox ON rolls (id) WHERE outbox IS NOT NULL;
CREATE TABLE attendance (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  event TEXT NOT NULL, undoes TEXT NOT NULL, registration TEXT NOT NULL
) STRICT;
CREATE INDEX attendance_event ON attendance (event, id);
CREATE INDEX attendance_undoes ON attendance (event, undoes) WHERE undoes <> '';
CREATE INDEX attendance_linked ON attendance (event) WHERE registration <> '';
CREATE INDEX attendance_outbox ON attendance (id) WHERE outbox IS NOT NULL;
CREATE TABLE surveys (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  state TEXT NOT NULL, opens_at INTEGER NOT NULL, closes_at INTEGER NOT NULL
) STRICT;
CREATE INDEX surveys_opening ON surveys (state, opens_at, id);
CREATE INDEX surveys_closing ON surveys (state, closes_at, id);
CREATE INDEX surveys_outbox ON surveys (id) WHERE outbox IS NOT NULL;
CREATE TABLE survey_codes (
  event TEXT NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (event, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE survey_answers (
  event TEXT NOT NULL, id TEXT NOT NULL, doc TEXT NOT NULL,
  PRIMARY KEY (event, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE count_facts (
  id TEXT PRIMARY KEY NOT NULL, unit TEXT NOT NULL, year INTEGER NOT NULL, event TEXT NOT NULL,
  at INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE INDEX count_facts_unit ON count_facts (unit, year, at, id);
CREATE INDEX count_facts_event ON count_facts (event, at, id);
CREATE INDEX count_facts_at ON count_facts (at, unit, year);
CREATE TABLE score_tables (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  year INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX score_tables_year ON score_tables (year, version);
CREATE INDEX score_tables_outbox ON score_tables (id) WHERE outbox IS NOT NULL;
CREATE TABLE cards (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL
) STRICT;
CREATE INDEX cards_outbox ON cards (id) WHERE outbox IS NOT NULL;
CREATE TABLE card_lists (
  list TEXT NOT NULL, period TEXT NOT NULL, unit TEXT NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (list, period, unit, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_lines (
  id TEXT PRIMARY KEY NOT NULL, unit TEXT NOT NULL, thing TEXT NOT NULL, at INTEGER NOT NULL,
  block INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE INDEX audit_lines_unit ON audit_lines (unit, at, id);
CREATE INDEX audit_lines_thing ON audit_lines (unit, thing, at, id);
CREATE INDEX audit_lines_unsealed ON audit_lines (unit, at, id) WHERE block = 0;
CREATE INDEX audit_lines_at ON audit_lines (at, id) WHERE block > 0;
CREATE TABLE audit_blocks (
  unit TEXT NOT NULL, seq INTEGER NOT NULL, doc TEXT NOT NULL,
  PRIMARY KEY (unit, seq)
) STRICT;
CREATE TABLE holds (
  unit TEXT PRIMARY KEY NOT NULL, doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE leases (
  name TEXT PRIMARY KEY NOT NULL, owner TEXT NOT NULL, fence INTEGER NOT NULL, beat INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE jobs (
  name TEXT PRIMARY KEY NOT NULL, gen INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rules_dirty ON rules (id) WHERE dirty = 1;
CREATE INDEX residents_news_village ON residents (village, id) WHERE news = 1;
CREATE INDEX residents_news_unit ON residents (unit, id) WHERE news = 1;
CREATE TABLE sheets (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, unit TEXT NOT NULL, village TEXT NOT NULL,
  state TEXT NOT NULL, until INTEGER NOT NULL, closed_at INTEGER NOT NULL, pending INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE INDEX sheets_unit ON sheets (unit, id);
CREATE INDEX sheets_open ON sheets (unit, id) WHERE state <> 'closed';
CREATE INDEX sheets_over ON sheets (until, id) WHERE state <> 'closed';
CREATE INDEX sheets_pending ON sheets (id) WHERE pending = 1;
CREATE INDEX sheets_closed ON sheets (closed_at, id) WHERE state = 'closed';
CREATE INDEX rolls_next ON rolls (next_at, id) WHERE next_at > 0;
CREATE INDEX residents_check ON residents (check_at, id) WHERE check_at > 0;
CREATE TABLE credentials (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  link_hash TEXT NOT NULL
, letter_due INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX credentials_link ON credentials (link_hash) WHERE link_hash <> '';
CREATE INDEX credentials_outbox ON credentials (id) WHERE outbox IS NOT NULL;
CREATE TABLE sessions (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  account TEXT NOT NULL, ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_account ON sessions (account, ends_at);
CREATE INDEX sessions_end ON sessions (ends_at);
CREATE INDEX sessions_outbox ON sessions (id) WHERE outbox IS NOT NULL;
CREATE INDEX credentials_letter ON credentials (letter_due, id) WHERE letter_due > 0;
CREATE TABLE ledger (
  id TEXT NOT NULL, part INTEGER NOT NULL,
  rule TEXT NOT NULL, occurrence TEXT NOT NULL, recipient TEXT NOT NULL, round INTEGER NOT NULL,
  unit TEXT NOT NULL, class TEXT NOT NULL, channel TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL, error TEXT NOT NULL,
  due INTEGER NOT NULL, wish INTEGER NOT NULL, not_before INTEGER NOT NULL, until INTEGER NOT NULL,
  basis_occurrence INTEGER NOT NULL, basis_recipient INTEGER NOT NULL,
  told_status TEXT NOT NULL, told_seat TEXT NOT NULL, told_start INTEGER NOT NULL, told_end INTEGER NOT NULL,
  told_zone TEXT NOT NULL, told_place TEXT NOT NULL, told_ver INTEGER NOT NULL, told_seat_ver INTEGER NOT NULL,
  contact TEXT NOT NULL, main_contact TEXT NOT NULL, grp TEXT NOT NULL,
  batch TEXT NOT NULL, fence INTEGER NOT NULL, sending_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,
  try INTEGER NOT NULL, resend INTEGER NOT NULL, was_unknown INTEGER NOT NULL, unknowns INTEGER NOT NULL,
  message_id TEXT NOT NULL, gen INTEGER NOT NULL,
  budget INTEGER NOT NULL DEFAULT 0, told_offer_until INTEGER NOT NULL DEFAULT 0,
  handed INTEGER NOT NULL DEFAULT 0, room BLOB NOT NULL DEFAULT x''
, budget_of INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE UNIQUE INDEX ledger_id ON ledger (part, id);
CREATE INDEX ledger_no_reply ON ledger (part, id) WHERE state = 'unknown' AND reason = 'no_reply';
CREATE INDEX ledger_recipient ON ledger (recipient, occurrence);
CREATE INDEX ledger_message ON ledger (message_id, id) WHERE message_id <> '';
CREATE INDEX ledger_waiting ON ledger (unit, class, due, id) WHERE state = 'planned' AND channel = 'paper';
CREATE INDEX ledger_waiting_until ON ledger (until, id) WHERE state = 'planned' AND channel = 'paper';
CREATE INDEX ledger_printed ON ledger (unit, id) WHERE state = 'printed';
CREATE INDEX ledger_printed_until ON ledger (until, id) WHERE state = 'printed';
CREATE INDEX ledger_due ON ledger (part, channel, class, due, grp, id, unit) WHERE state = 'planned';
CREATE INDEX ledger_sending ON ledger (part) WHERE state = 'sending';
CREATE INDEX ledger_ended ON ledger (ended_at)
  WHERE recipient <> '' AND state <> 'planned' AND state <> 'sending' AND state <> 'printed';
CREATE TABLE event_lists (
  list TEXT NOT NULL, state TEXT NOT NULL, start_at INTEGER NOT NULL, sort_key BLOB NOT NULL DEFAULT x'', id TEXT NOT NULL,
  PRIMARY KEY (list, state, start_at, sort_key, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_lists_start ON event_lists (list, start_at, sort_key, id);
CREATE INDEX units_dirty ON units (id) WHERE dirty = 1;
CREATE INDEX ledger_occurrence ON ledger (occurrence, id, rule);
CREATE INDEX ledger_open ON ledger (occurrence, state, id, rule, reason) WHERE state NOT IN ('sending', 'sent');
CREATE TABLE ledger_results (
  id INTEGER PRIMARY KEY NOT NULL, ends TEXT NOT NULL
) STRICT;
CREATE INDEX registrations_state ON registrations (event, state, id, slot, party);
CREATE TABLE forms (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE INDEX forms_event ON forms (event);
CREATE TABLE contacts (
  no INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  optout_hash TEXT NOT NULL
) STRICT;
CREATE INDEX contacts_optout ON contacts (optout_hash) WHERE optout_hash <> '';
CREATE INDEX contacts_outbox ON contacts (id) WHERE outbox IS NOT NULL;
CREATE INDEX ledger_budget ON ledger (budget_of) WHERE budget_of <> 0;
