package mongostore

import (
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Names of collections.
const (
	unitsName         = "units"
	accountsName      = "accounts"
	tokensName        = "tokens"
	credentialsName   = "credentials"
	sessionsName      = "sessions"
	contactsName      = "contacts"
	residentsName     = "residents"
	textsName         = "consent_texts"
	eventsName        = "events"
	rulesName         = "rules"
	registrationsName = "registrations"
	rollsName         = "rolls"
	formsName         = "forms"
	attendanceName    = "attendance"
	surveysName       = "surveys"
	codesName         = "survey_codes"
	answersName       = "survey_answers"
	factsName         = "facts"
	tablesName        = "score_tables"
	cardsName         = "scorecards"
	linesName         = "audit_lines"
	blocksName        = "audit_blocks"
	rowsName          = "rows"
	sheetsName        = "sheets"
	holdsName         = "holds"
	leasesName        = "leases"
	jobsName          = "jobs"
	settingsName      = "settings"
)

// Collection says how one collection is kept. Shard is its shard key on a
// sharded cluster, nil for a small one that stays on one shard.
type Collection struct {
	Name    string
	Shard   bson.D
	Indexes []Index
	// Clustered collections are stored by _id, so that not even the order of
	// insertion is kept.
	Clustered bool
	// Outbox says that its documents carry audit entries.
	Outbox bool
}

// Index of a collection. Partial is a filter of documented partial-index
// operators, nil for a whole index.
type Index struct {
	Name    string
	Keys    bson.D
	Unique  bool
	Partial bson.D
}

func (i Index) model() mongo.IndexModel {
	opts := options.Index().SetName(i.Name)
	if i.Unique {
		opts.SetUnique(true)
	}
	if i.Partial != nil {
		opts.SetPartialFilterExpression(i.Partial)
	}
	return mongo.IndexModel{Keys: i.Keys, Options: opts}
}

func index(name string, keys ...string) Index { return Index{Name: name, Keys: ascending(keys...)} }

func (i Index) only(filter ...bson.E) Index {
	i.Partial = filter
	return i
}

func (i Index) unique() Index {
	i.Unique = true
	return i
}

// shardIndex is what a shard key of more than _id needs.
func shardIndex(first string) Index { return index("shard", first, "_id") }

// outboxIndex finds documents with audit entries. It is over a field of its
// own, since an index over the array would have no order across documents.
func outboxIndex() Index { return index("noted", "noted", "_id").only(is("noted", true)) }

func withOutbox(c Collection) Collection {
	c.Outbox = true
	c.Indexes = append(c.Indexes, outboxIndex())
	return c
}

// Schema lists every collection with its indexes. A unique index besides _id
// is possible only where the collection is not sharded, or has its shard key.
func Schema() []Collection {
	var all []Collection
	all = append(all, peopleSchema()...)
	all = append(all, eventSchema()...)
	all = append(all, countSchema()...)
	return append(all, workSchema()...)
}

func peopleSchema() []Collection {
	return []Collection{
		withOutbox(Collection{Name: unitsName, Indexes: []Index{
			index("code", "code").unique().only(above("code", "")),
			index("name", "sort_hex", "_id"),
			index("parent", "parent", "sort_hex", "_id"),
			index("ancestor", "ancestors", "sort_hex", "_id"),
			index("kind", "kind", "sort_hex", "_id"),
			index("word", "words"),
			index("dirty", "dirty", "_id").only(is("dirty", true)),
		}}),
		withOutbox(Collection{Name: accountsName, Indexes: []Index{
			index("login", "login").unique(),
			index("unit", "unit", "login", "_id"),
		}}),
		withOutbox(Collection{Name: tokensName}),
		withOutbox(Collection{Name: credentialsName, Indexes: []Index{
			index("link", "link_hash").only(above("link_hash", "")),
			index("letter", "letter_due", "_id").only(above("letter_due", 0)),
		}}),
		withOutbox(Collection{Name: sessionsName, Indexes: []Index{
			index("account", "account", "ends_at", "_id"),
			index("end", "ends_at"),
		}}),
		withOutbox(Collection{Name: contactsName, Shard: ascending("_id"), Indexes: []Index{
			index("optout", "optout_hash").only(above("optout_hash", "")),
		}}),
		withOutbox(Collection{Name: residentsName, Shard: ascending("_id"), Indexes: []Index{
			index("unit", "unit", "sort_hex", "_id"),
			index("village", "unit", "village", "sort_hex", "_id"),
			index("word", "unit", "words"),
			index("contact", "contacts", "unit", "_id"),
			index("news_village", "village", "_id").only(is("news", true)),
			index("news_unit", "unit", "_id").only(is("news", true)),
			index("check", "check_at", "_id").only(above("check_at", 0)),
			index("dirty", "dirty", "_id").only(is("dirty", true)),
		}}),
		{Name: textsName},
	}
}

func eventSchema() []Collection {
	part := ascending("part", "_id")
	return []Collection{
		withOutbox(Collection{Name: eventsName, Shard: part, Indexes: []Index{
			shardIndex("part"),
			index("scope_start", "scope", "start_at", "sort_hex", "_id"),
			index("unit_start", "unit", "start_at", "sort_hex", "_id"),
			index("village_start", "village", "start_at", "sort_hex", "_id").only(above("village", "")),
			index("short_start", "short", "start_at", "sort_hex", "_id").only(above("short", "")),
			index("state_name", "state", "start_at", "sort_hex", "_id"),
			index("state_end", "state", "end_at", "_id"),
			index("dirty", "dirty", "part", "_id").only(is("dirty", true)),
			index("uncounted", "uncounted", "_id").only(is("uncounted", true)),
		}}),
		withOutbox(Collection{Name: rulesName, Shard: ascending("owner", "_id"), Indexes: []Index{
			shardIndex("owner"),
			index("dirty", "dirty", "_id").only(is("dirty", true)),
		}}),
		withOutbox(Collection{Name: registrationsName, Shard: part, Indexes: []Index{
			shardIndex("part"),
			index("event", "part", "event", "_id"),
			index("heads", "part", "event", "state", "slot", "party"), // counts without a document
			index("resident", "resident", "_id").only(above("resident", "")),
			index("link", "link_hash").only(above("link_hash", "")),
			index("confirm", "confirm_hash").only(above("confirm_hash", "")),
			index("dirty", "dirty", "part", "event", "_id").only(is("dirty", true)),
			index("pending", "state", "hold_until", "_id").only(is("state", "pending")),
			index("loose", "state", "created_at", "_id").only(is("state", "unsettled")),
		}}),
		withOutbox(Collection{Name: rollsName, Shard: part, Indexes: []Index{
			shardIndex("part"),
			index("unsettled", "is_unsettled", "_id").only(is("is_unsettled", true)),
			index("next", "next_at", "_id").only(above("next_at", 0)),
		}}),
		{Name: formsName, Shard: ascending("_id"), Indexes: []Index{index("event", "event")}},
		withOutbox(Collection{Name: attendanceName, Shard: part, Indexes: []Index{
			shardIndex("part"),
			index("event", "part", "event", "_id"),
			index("undo", "part", "event", "undoes").only(above("undoes", "")),
		}}),
		withOutbox(Collection{Name: surveysName, Shard: part, Indexes: []Index{
			shardIndex("part"),
			index("opens", "state", "opens_at", "_id").only(is("state", "planned")),
			index("opening", "state", "closes_at", "_id").only(is("state", "opening")),
			index("closes", "state", "closes_at", "_id").only(is("state", "open")),
		}}),
		{Name: codesName, Shard: part, Indexes: []Index{shardIndex("part")}, Clustered: true},
		{Name: answersName, Shard: part, Indexes: []Index{
			shardIndex("part"), index("event", "part", "event", "_id"),
		}, Clustered: true},
	}
}

func countSchema() []Collection {
	return []Collection{
		{Name: factsName, Shard: ascending("unit", "_id"), Indexes: []Index{
			shardIndex("unit"),
			index("year", "unit", "year", "at", "_id"),
			index("event", "event", "at", "_id"),
			index("touched", "at", "unit", "year"),
		}},
		withOutbox(Collection{Name: tablesName, Indexes: []Index{index("year", "year", "version")}}),
		withOutbox(Collection{Name: cardsName, Shard: ascending("_id"), Indexes: []Index{
			index("scope", "scope", "period", "unit", "_id"),
			index("unit", "unit", "period", "_id"),
		}}),
		{Name: linesName, Shard: ascending("unit", "_id"), Indexes: []Index{
			shardIndex("unit"),
			index("newest", "unit", "at", "_id"),
			index("thing", "unit", "thing", "at", "_id"),
			index("open", "open", "unit", "at", "_id").only(is("open", true)),
			index("age", "at", "_id"),
		}},
		{Name: blocksName, Shard: ascending("unit", "seq"), Indexes: []Index{
			index("shard", "unit", "seq").unique(),
		}},
	}
}

func workSchema() []Collection {
	planned, sending, unknown := is("state", "planned"), is("state", "sending"), is("state", "unknown")
	printed, paper := is("state", "printed"), is("channel", "paper")
	return []Collection{
		{Name: rowsName, Shard: ascending("part", "_id"), Indexes: []Index{
			shardIndex("part"),
			index("due_state", "part", "class", "channel", "state", "due", "group", "_id", "unit").only(planned),
			index("backlog", "due").only(planned),
			index("sending", "state", "part", "_id").only(sending),
			index("unknown", "state", "part", "reason", "_id").only(unknown),
			index("occurrence", "part", "occurrence", "recipient", "_id"),
			index("timeline", "part", "occurrence", "_id"),
			index("recipient", "recipient", "_id").only(above("recipient", "")),
			index("handed", "main_contact", "_id").only(is("budget", true)),
			index("message", "message_id", "part").only(above("message_id", "")),
			index("forget", "ended_at", "_id").only(above("recipient", "")),
			index("waiting", "unit", "class", "due", "_id").only(planned, paper),
			index("waiting_until", "until", "_id").only(planned, paper),
			index("printed", "unit", "_id").only(printed),
			index("printed_until", "until", "_id").only(printed),
		}},
		{Name: sheetsName, Shard: ascending("_id"), Indexes: []Index{
			index("unit", "unit", "_id"),
			index("over", "state", "until", "_id"),
			index("closed", "state", "closed_at", "_id"),
			index("pending", "pending", "_id").only(is("pending", true)),
		}},
		{Name: holdsName}, {Name: leasesName}, {Name: jobsName}, {Name: settingsName},
	}
}
