package mongostore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

const (
	// versionKey holds the number of the last migration that was run,
	// lowestKey the lowest number that a program must know to open the database.
	versionKey = "schema"
	lowestKey  = "lowest_version"

	migrateLease = "migrate"
	migratePoll  = 250 * time.Millisecond
	// migrateStill is how many polls a lease's beat must stand still before
	// another process takes over: 30 s, while its holder beats every 5 s.
	migrateStill = 120
	migrateBeat  = 5 * time.Second
	// migratePage is how many documents a migration reads at once.
	migratePage = 500
)

// migration brings the database one version further. It expands: what reads
// and writes the version before must go on working beside it, unless lowest
// says from which version on that is no longer so. It may be run again. Every
// collection and index of Schema is there before the first one is run; what has
// nothing else to do has no run.
type migration struct {
	lowest int
	run    func(context.Context, *db) error
}

// migrations are numbered from 1; they are appended to and never changed.
func migrations() []migration {
	return []migration{
		{lowest: 1},
		{lowest: 1, run: ledgerBudgets},
		{lowest: 3, run: rulesOfUnits},
		{lowest: 1}, // sheets, and what is on paper
		{lowest: 5}, // the index of rolls by next_at; their offered seats have an end
		{lowest: 1, run: dueOfUnits},
		{lowest: 1, run: dueByState},
		{lowest: 1, run: checkForms},
		{lowest: 1}, // credentials and sessions
		{lowest: 1}, // the index of credentials by letter_due
		{lowest: 11, run: eventsByName},
		{lowest: 11, run: namesFollowed},
		// Rows of before keep their ids. A program from before would give a row that
		// is planned here another one, and plan it twice.
		{lowest: 13},
		{lowest: 13}, // the index of registrations by slot and party
		{lowest: 13, run: formsNoted},
	}
}

func (d *db) migrate(ctx context.Context) error {
	ready, err := d.current(ctx)
	if ready || err != nil {
		return err
	}
	w := &work{d: d, leases: d.mongo.Collection(leasesName)}
	mine, err := d.awaitLease(ctx, w)
	if mine.Fence == 0 || err != nil {
		return err
	}
	beating := d.beat(ctx, w, mine)
	err = d.runMigrations(ctx)
	held := beating()
	_, giveUp := w.SwapLeases(ctx, []scheduler.LeaseSwap{{Seen: held, Next: scheduler.LeaseRow{Name: migrateLease}}})
	if err == nil {
		err = giveUp
	}
	return err
}

// current reports whether nothing is left to migrate. Indexes are created by
// the first start of a version, so later starts cost two reads.
func (d *db) current(ctx context.Context) (bool, error) {
	version, err := d.number(ctx, versionKey)
	if err != nil {
		return false, err
	}
	lowest, err := d.number(ctx, lowestKey)
	if err != nil {
		return false, err
	}
	if lowest > len(migrations()) {
		return false, ErrNewer
	}
	return version >= len(migrations()), nil
}

func (d *db) number(ctx context.Context, key string) (int, error) {
	text, err := newSettings(d).Setting(ctx, key)
	if err != nil || text == "" {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("mongostore: setting %s is no number: %w", key, errStore)
	}
	return n, nil
}

// awaitLease takes the lease, or returns a zero row once another process has
// done the work. A beat that stands still is measured in polls.
func (d *db) awaitLease(ctx context.Context, w *work) (scheduler.LeaseRow, error) {
	owner := hex.EncodeToString(d.ids.Nonce(opBytes))
	last, still := scheduler.LeaseRow{Name: migrateLease}, 0
	for {
		if ready, err := d.current(ctx); ready || err != nil {
			return scheduler.LeaseRow{}, err
		}
		rows, err := w.ListLeases(ctx, migrateLease)
		if err != nil {
			return scheduler.LeaseRow{}, err
		}
		seen := scheduler.LeaseRow{Name: migrateLease}
		if len(rows) > 0 {
			seen = rows[0]
		}
		if still++; seen != last {
			last, still = seen, 0
		}
		if seen.Owner == "" || still >= migrateStill {
			next := scheduler.LeaseRow{Name: migrateLease, Owner: owner, Fence: seen.Fence + 1, Beat: seen.Beat + 1}
			took, err := w.SwapLeases(ctx, []scheduler.LeaseSwap{{Seen: seen, Next: next}})
			if err != nil || took[0] {
				return next, err
			}
		}
		if err := sleep(ctx, migratePoll); err != nil {
			return scheduler.LeaseRow{}, err
		}
	}
}

// beat renews the lease until the returned function is called, which gives the
// row as last written.
func (d *db) beat(ctx context.Context, w *work, held scheduler.LeaseRow) (stop func() scheduler.LeaseRow) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan scheduler.LeaseRow, 1)
	go func() {
		for sleep(ctx, migrateBeat) == nil {
			next := held
			next.Beat++
			if ok, err := w.SwapLeases(ctx, []scheduler.LeaseSwap{{Seen: held, Next: next}}); err == nil && ok[0] {
				held = next
			}
		}
		done <- held
	}()
	return func() scheduler.LeaseRow {
		cancel()
		return <-done
	}
}

func sleep(ctx context.Context, t time.Duration) error {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return translate(ctx, "wait", ctx.Err())
	}
}

func (d *db) runMigrations(ctx context.Context) error {
	done, err := d.number(ctx, versionKey)
	if err != nil {
		return err
	}
	if err := d.createCollections(ctx); err != nil {
		return err
	}
	for n := done + 1; n <= len(migrations()); n++ {
		m := migrations()[n-1]
		d.log.Info("migrating", "schema", n)
		if err := d.raise(ctx, lowestKey, m.lowest); err != nil {
			return err
		}
		if m.run != nil {
			if err := m.run(ctx, d); err != nil {
				return fmt.Errorf("migration %d: %w", n, err)
			}
		}
		if err := d.raise(ctx, versionKey, n); err != nil {
			return err
		}
	}
	return nil
}

// raise stores a number that is higher than the one there.
func (d *db) raise(ctx context.Context, key string, to int) error {
	for {
		seen, err := newSettings(d).Setting(ctx, key)
		if err != nil {
			return err
		}
		if now, _ := strconv.Atoi(seen); now >= to {
			return nil
		}
		done, err := newSettings(d).SetSetting(ctx, key, seen, strconv.Itoa(to))
		if done || err != nil {
			return err
		}
	}
}

func (d *db) createCollections(ctx context.Context) error {
	for _, c := range Schema() {
		if err := d.createCollection(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// rulesOfUnits says of every resident there is whether they agree to news: there
// are indexes for rules of units and for news.
func rulesOfUnits(ctx context.Context, d *db) error {
	return d.eachResident(ctx, func(r *resident.Resident) error {
		before := r.News
		if r.Settle(); r.News == before {
			return record.ErrUnchanged
		}
		return nil
	})
}

// checkForms has residents checked who are there: there is an index of those
// whose form is to be checked.
func checkForms(ctx context.Context, d *db) error {
	return d.eachResident(ctx, func(r *resident.Resident) error {
		if !r.Public || r.ErasedAt != 0 || r.CheckAt != 0 {
			return record.ErrUnchanged
		}
		r.CheckLater()
		return nil
	})
}

// eachResident makes the change to every resident.
func (d *db) eachResident(ctx context.Context, change func(*resident.Resident) error) error {
	people := newResidents(d)
	for last := ""; ; {
		found, err := people.c.find(ctx, where(above("_id", last)), ascending("_id"), migratePage)
		if err != nil || len(found) == 0 {
			return err
		}
		for _, r := range found {
			last = r.ID
			if _, err := people.Update(ctx, r.ID, change); err != nil && !errors.Is(err, record.ErrAbsent) {
				return err
			}
		}
	}
}

// ledgerBudgets drops the index that held every row of a contact, for those of
// shared mails and of what counts for budgets.
func ledgerBudgets(ctx context.Context, d *db) error {
	return d.dropIndex(ctx, rowsName, "budget")
}

// dueOfUnits drops the index of due rows that did not know their units.
func dueOfUnits(ctx context.Context, d *db) error {
	return d.dropIndex(ctx, rowsName, "due")
}

// dueByState drops the index of due rows that left their state to its filter,
// for the one whose key holds all that is asked of them.
func dueByState(ctx context.Context, d *db) error {
	return d.dropIndex(ctx, rowsName, "due_units")
}

// eventsByName has lists of events ordered by name where they start together.
// Those that are there have no name to be ordered by until they follow one; a
// program that writes none would have pages leave its events out.
func eventsByName(ctx context.Context, d *db) error {
	if err := d.fillIn(ctx, eventsName, "sort_hex", is("sort_hex", "")); err != nil {
		return err
	}
	for _, name := range []string{"scope", "unit", "village", "short", "state_start"} {
		if err := d.dropIndex(ctx, eventsName, name); err != nil {
			return err
		}
	}
	return nil
}

// fillIn sets fields of every document of a collection that has none of the name.
func (d *db) fillIn(ctx context.Context, collection, missing string, fields ...bson.E) error {
	return d.alter(ctx, collection, is(missing, nil), set(fields...))
}

// alter makes a change to every document of a collection that the condition
// chooses, page by page.
func (d *db) alter(ctx context.Context, collection string, condition, change bson.E) error {
	col := d.mongo.Collection(collection)
	for last := ""; ; {
		found, err := list[record.Head](ctx, col, where(above("_id", last)), ascending("_id"), migratePage, "_id")
		if err != nil || len(found) == 0 {
			return err
		}
		ids := make([]string, len(found))
		for i, one := range found {
			ids[i], last = one.ID, one.ID
		}
		if _, err := col.UpdateMany(ctx, where(in("_id", ids), condition), where(change)); err != nil {
			return translate(ctx, "alter "+collection, err)
		}
	}
}

// formsNoted takes out of residents what the form held that made them: that is
// noted beside them.
func formsNoted(ctx context.Context, d *db) error {
	return d.alter(ctx, residentsName, above("form_hash", ""), unset("form_hash"))
}

// namesFollowed marks all units that are there as those whose names their events
// do not follow yet: events of before eventsByName have no name to be ordered by.
func namesFollowed(ctx context.Context, d *db) error {
	return d.fillIn(ctx, unitsName, "plan_ver", is("dirty", true), is("plan_ver", 1))
}

// dropIndex drops an index that may be gone already.
func (d *db) dropIndex(ctx context.Context, collection, name string) error {
	err := d.mongo.Collection(collection).Indexes().DropOne(ctx, name)
	if gone, ok := errors.AsType[mongo.ServerError](err); ok && gone.HasErrorCode(codeIndexNotFound) {
		return nil
	}
	return translate(ctx, "drop index", err)
}

const (
	codeIndexNotFound   = 27
	codeNamespaceExists = 48
)

func (d *db) createCollection(ctx context.Context, c Collection) error {
	opts := options.CreateCollection()
	if c.Clustered {
		opts.SetClusteredIndex(where(is("key", ascending("_id")), is("unique", true)))
	}
	err := d.mongo.CreateCollection(ctx, c.Name, opts)
	if there, ok := errors.AsType[mongo.ServerError](err); ok && there.HasErrorCode(codeNamespaceExists) {
		err = nil
	}
	if err != nil || len(c.Indexes) == 0 {
		return translate(ctx, "create collection "+c.Name, err)
	}
	models := make([]mongo.IndexModel, len(c.Indexes))
	for i, ix := range c.Indexes {
		models[i] = ix.model()
	}
	_, err = d.mongo.Collection(c.Name).Indexes().CreateMany(ctx, models)
	return translate(ctx, "create indexes of "+c.Name, err)
}
