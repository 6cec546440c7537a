package mongostore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

// selectionTimeout is how long a call waits for a primary unless the URI says
// otherwise: an election takes some seconds, a server that is away is not
// worth a request's patience.
const selectionTimeout = 10 * time.Second

// Options of Open. URI, Database and IDs are required.
type Options struct {
	URI      string
	Database string
	// IDs gives the random names of writes.
	IDs id.Source
	// Log may be nil.
	Log *slog.Logger
	// Monitor sees every command, nil for none.
	Monitor *event.CommandMonitor
}

// db is what all ports share.
type db struct {
	client *mongo.Client
	mongo  *mongo.Database
	ids    id.Source
	log    *slog.Logger
	// sessions says that the server knows sessions; a very old or partial
	// standalone one may not, and then has nobody to be inconsistent with.
	sessions bool
}

// Open connects, brings the database to this version and returns its ports.
// ErrNewer if a newer version of the program has changed it for good,
// record.ErrAway if no server answers.
func Open(ctx context.Context, o Options) (*store.Set, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	client, err := mongo.Connect(clientOptions(o))
	if err != nil {
		// The driver's text may quote the URI, and with it a password.
		return nil, errors.New("mongostore: the MongoDB URI is malformed")
	}
	d := &db{client: client, mongo: client.Database(o.Database), ids: o.IDs, log: o.Log}
	if err := d.prepare(ctx); err != nil {
		return nil, errors.Join(err, client.Disconnect(context.WithoutCancel(ctx)))
	}
	return d.set(), nil
}

func clientOptions(o Options) *options.ClientOptions {
	journal := true
	return options.Client().
		SetServerSelectionTimeout(selectionTimeout).
		ApplyURI(o.URI).
		SetAppName("sunday").
		SetBSONOptions(bsonOptions()).
		SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary()).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}).
		SetRetryWrites(true).
		SetMonitor(o.Monitor)
}

// bsonOptions makes the driver read the json tags that the nouns carry.
func bsonOptions() *options.BSONOptions {
	return &options.BSONOptions{UseJSONStructTags: true, ErrorOnInlineDuplicates: true}
}

func unmarshal(raw bson.Raw, v any) error {
	dec := bson.NewDecoder(bson.NewDocumentReader(bytes.NewReader(raw)))
	dec.UseJSONStructTags()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("mongostore: decode: %w", errStore.Because(err))
	}
	return nil
}

func (d *db) prepare(ctx context.Context) error {
	var hello struct {
		Sessions *int64 `bson:"logicalSessionTimeoutMinutes"`
	}
	err := d.mongo.RunCommand(ctx, where(is("hello", 1))).Decode(&hello)
	if err != nil {
		return translate(ctx, "hello", err)
	}
	d.sessions = hello.Sessions != nil
	return d.migrate(ctx)
}

// causal runs steps that must see each other's writes in one causally
// consistent session.
func (d *db) causal(ctx context.Context, steps func(context.Context) error) error {
	if !d.sessions {
		return steps(ctx)
	}
	s, err := d.client.StartSession(options.Session().SetCausalConsistency(true))
	if err != nil {
		return translate(ctx, "session", err)
	}
	defer s.EndSession(context.WithoutCancel(ctx))
	return steps(mongo.NewSessionContext(ctx, s))
}

func (d *db) set() *store.Set {
	events, registrations := newEvents(d), newRegistrations(d)
	residents, facts := newResidents(d), newEmulation(d)
	work := &work{d: d, leases: d.mongo.Collection(leasesName), jobs: d.mongo.Collection(jobsName)}
	ledger := newLedger(d)
	return &store.Set{
		Audit: newAudit(d), Units: newUnits(d), Accounts: newAccounts(d), Credentials: newCredentials(d), Sessions: newSessions(d),
		Contacts: newContacts(d), Residents: residents, Texts: residents,
		Events: events, Rules: newRules(d),
		Registrations: registrations, Rolls: newRolls(d), Forms: newForms(d),
		Attendance: newAttendance(d), Surveys: newSurveys(d), Boxes: newBoxes(d),
		Emulation: facts, Cards: facts,
		Ledger: ledger, Reports: ledger, Paper: paperRows{ledger}, Sheets: newSheets(d), Holds: newHolds(d),
		Leases: work, Jobs: work, Settings: newSettings(d), Health: newHealth(d),
	}
}
