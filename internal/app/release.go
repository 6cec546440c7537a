package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// Release says what to lift. For a database that was restored, Journals or
// NoJournal have to be given.
type Release struct {
	// Unit is the state's code or an id, empty for the hold of everything.
	Unit string
	// Journals are files to replay, NoJournal says that there is none.
	Journals  []string
	NoJournal bool
	// RestoredFrom is the time of the backup of a database that other tools
	// restored, the zero time for none.
	RestoredFrom time.Time
}

// Released is what a release did.
type Released struct {
	// Was says that there was a hold.
	Was bool `json:"was"`
	// RestoredFrom is the time of the backup, nil where nothing was restored.
	RestoredFrom *time.Time `json:"restored_from,omitempty"`
	Replayed     Replayed   `json:"replayed"`
	// Doubted counts messages that may have been sent since the backup.
	Doubted int `json:"doubted"`
}

// ErrAskJournal says that a restored database is released only with its
// journal, or with the word that there is none.
var ErrAskJournal = errors.New("this database was restored from a backup: name the journal with --journal FILE (more than one if there are more), so that nobody is written to who has refused since; or say --no-journal if there is none")

// ErrEmptyJournal says that a journal is as good as none: a program that was
// started without the old one has made a new one by then.
var ErrEmptyJournal = errors.New("nothing is in the journal: if that is a new one, name the old one with --journal FILE, so that nobody is written to who has refused since; say --no-journal if nobody ever refused anything, or the old one is lost")

// Release lifts the hold of a unit, or of everything where none is named, and
// reports whether there was one. A restored database needs ReleaseWith.
func (a *App) Release(ctx context.Context, codeOrID string) (bool, error) {
	out, err := a.ReleaseWith(ctx, Release{Unit: codeOrID})
	return out.Was, err
}

// ReleaseWith lifts a hold. Lifting the system's accepts the database as it is now
// as the original. One that was restored first has the journal replayed and
// what fell due put in doubt; all of it may be done again where it stopped.
func (a *App) ReleaseWith(ctx context.Context, r Release) (Released, error) {
	var out Released
	var err error
	if r.Unit != "" {
		u, err := a.findUnit(ctx, r.Unit)
		if err != nil {
			return out, err
		}
		out.Was, err = a.store.Holds.Release(ctx, u.ID)
		return out, err
	}
	if !r.RestoredFrom.IsZero() {
		if err := a.HoldRestored(ctx, r.RestoredFrom); err != nil {
			return out, err
		}
	}
	if out, err = a.accept(ctx, r); err != nil {
		return out, err
	}
	if err := a.AcceptDatabase(ctx); err != nil {
		return out, err
	}
	out.Was, err = a.store.Holds.Release(ctx, "")
	return out, err
}

// HoldRestored holds a database that other tools restored from a backup of the
// time, as `sunday restore` does.
func (a *App) HoldRestored(ctx context.Context, from time.Time) error {
	if now := time.UnixMilli(int64(a.millis())).UTC(); from.After(now) {
		return fmt.Errorf("no backup can be of %s: it is %s now. A time that ends in Z is in UTC", from.UTC().Format(time.RFC3339), now.Format(time.RFC3339))
	}
	if err := a.store.Holds.Hold(ctx, restoredHold(from, a.millis())); err != nil {
		return err
	}
	_, err := a.remember(ctx, settingRestored, strconv.FormatInt(from.UnixMilli(), 10))
	return err
}

func restoredHold(from time.Time, at notifications.Millis) notifications.Hold {
	return notifications.Hold{
		Reason: "restored: from the backup of " + from.UTC().Format(time.RFC3339), By: "system", At: at,
	}
}

// accept takes a restored database over, while it is held.
func (a *App) accept(ctx context.Context, r Release) (Released, error) {
	var out Released
	kept, err := a.store.Settings.Setting(ctx, settingRestored)
	if err != nil || kept == "" {
		return out, err
	}
	from, err := strconv.ParseInt(kept, 10, 64)
	if err != nil {
		return out, fmt.Errorf("the setting %s is no time: %w", settingRestored, err)
	}
	at := time.UnixMilli(from).UTC()
	out.RestoredFrom = &at
	if len(r.Journals) == 0 && !r.NoJournal {
		return out, ErrAskJournal
	}
	if err := a.store.Holds.Hold(ctx, restoredHold(at, a.millis())); err != nil {
		return out, err
	}
	if out.Replayed, err = a.replay(ctx, r.Journals); err != nil {
		return out, err
	}
	if out.Replayed.Lines == 0 && !r.NoJournal {
		return out, fmt.Errorf("%s: %w", strings.Join(r.Journals, ", "), ErrEmptyJournal)
	}
	if err := a.derive(ctx); err != nil {
		return out, err
	}
	if out.Doubted, err = a.doubt(ctx); err != nil {
		return out, err
	}
	_, err = a.store.Settings.SetSetting(ctx, settingRestored, kept, "")
	return out, err
}

// deriving are the jobs that make messages of the time since the backup.
var deriving = []string{"settle", "lapse", "close-events", "plan-surveys", "open-surveys", "close-surveys"}

const (
	deriveRounds = 2  // what one job finds may be of another's making
	planRounds   = 20 // what planning keeps dirty waits for something else
)

// derive makes the messages that fell due since the backup was made, as the
// lost days made them: each may have been sent then, under the same id.
func (a *App) derive(ctx context.Context) error {
	for range deriveRounds {
		for _, name := range deriving {
			err := a.jobs.RunOnce(ctx, name, a.opt.Clock.Domain())
			if err != nil && !errors.Is(err, scheduler.ErrRunning) { // then a worker does it
				return fmt.Errorf("job %s: %w", name, err)
			}
		}
	}
	for range planRounds {
		parts, err := a.planner.DirtyParts(ctx)
		if err != nil {
			return err
		}
		if err := a.planAll(ctx, time.Time{}); err != nil {
			return err
		}
		if len(parts) == 0 {
			return nil
		}
	}
	return nil
}

const doubtLimit = 500

// doubt puts every message in doubt that was due by now. That those are in it
// which were due before the backup is on purpose: they may have been sent
// after it as well. So may have been what waits on paper: what the person was
// told by a sheet that nobody knows of any more counts as told, and the line is
// printed again. What is printed stays so: its sheet is there, and whoever has
// it enters the results again.
func (a *App) doubt(ctx context.Context) (int, error) {
	kept, err := a.remember(ctx, settingDoubt, strconv.FormatInt(int64(a.millis()), 10))
	if err != nil {
		return 0, err
	}
	until, err := strconv.ParseInt(kept, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the setting %s is no time: %w", settingDoubt, err)
	}
	total := 0
	for part := range notifications.Parts {
		for _, lane := range a.doubtLanes() {
			d := notifications.Doubt{Lane: lane, Until: notifications.Millis(until), Now: a.millis(), Limit: doubtLimit}
			n, err := a.doubtLane(ctx, part, d)
			total += n
			if err != nil {
				return total, err
			}
		}
	}
	_, err = a.store.Settings.SetSetting(ctx, settingDoubt, kept, "")
	return total, err
}

// doubtLanes are the lanes of every channel.
func (a *App) doubtLanes() []notifications.Lane {
	names := []string{outreach.Mail, outreach.Paper}
	for _, c := range a.opt.Channels {
		if !slices.Contains(names, c.Name()) {
			names = append(names, c.Name())
		}
	}
	var lanes []notifications.Lane
	for _, name := range names {
		for _, class := range notifications.Classes() {
			lanes = append(lanes, notifications.Lane{Class: class, Channel: name})
		}
	}
	return lanes
}

func (a *App) doubtLane(ctx context.Context, part int, d notifications.Doubt) (int, error) {
	total := 0
	for {
		page := d
		rows, err := a.store.Ledger.Due(ctx, part, d.Lane, d.Until, d.Limit)
		if err != nil {
			return total, err
		}
		if rows = d.Whole(rows); len(rows) > 0 {
			page.Limit = len(rows)
		}
		if err := a.presume(ctx, rows, d.Now); err != nil {
			return total, err
		}
		n, err := a.store.Reports.Doubt(ctx, part, page)
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}

// presume binds what is about to be in doubt to the mails that it went in, as
// far as the restored facts tell, so that it goes again with the same people or
// not at all. What the planner changes meanwhile was not handed over so.
func (a *App) presume(ctx context.Context, rows []notifications.Row, now notifications.Millis) error {
	ids, err := a.source.Presume(ctx, now, rows)
	if err != nil {
		return err
	}
	var changes []notifications.Change
	for _, r := range rows {
		bound := r
		if bound.MessageID = ids[r.ID]; ids[r.ID] != "" && bound != r {
			changes = append(changes, notifications.Change{SeenGen: r.Gen, SeenState: r.State, Row: bound})
		}
	}
	if len(changes) == 0 {
		return nil
	}
	_, err = a.store.Ledger.Change(ctx, changes)
	return err
}
