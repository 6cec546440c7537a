package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/exchange"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/table"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// ExportReasons are why a list may leave the database. The log has the reason
// by its word: a sentence could name somebody.
func ExportReasons() []string { return []string{"work", "move", "person", "authority", "check"} }

// ExportList says which list goes where, and who answers for it.
type ExportList struct {
	List string
	// File must not be there yet. Its ending says the format: see Check.
	File   string
	As     string
	Unit   string
	Reason string
	// BOM begins a CSV with a byte order mark.
	BOM bool
	// From and Until bound the days on which events start; zero is open.
	From, Until time.Time
	Progress    func(rows int)
}

// Exported is what went out.
type Exported struct {
	List string `json:"list"`
	File string `json:"file"`
	Rows int    `json:"rows"`
}

// exporting is one list on its way out.
type exporting struct {
	*App
	in   ExportList
	act  actor.Actor
	unit unit.Unit
	zone *time.Location
	to   table.Writer
	rows int
}

// Export writes a list of a unit into a new file that its owner alone may read.
// What goes wrong leaves no file.
func (a *App) Export(ctx context.Context, in ExportList) (done Exported, err error) {
	x := &exporting{App: a, in: in}
	if x.act, err = a.actAs(ctx, in.As); err != nil {
		return done, err
	}
	if x.unit, err = a.findUnit(ctx, in.Unit); err != nil {
		return done, err
	}
	if x.zone, err = time.LoadLocation(x.unit.Zone); err != nil {
		return done, err
	}
	if _, err := os.Lstat(in.File); !errors.Is(err, fs.ErrNotExist) {
		return done, fmt.Errorf("%s is there already: name a new file", in.File)
	}
	part, err := os.OpenFile(in.File+".part", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return done, fmt.Errorf("the list cannot be written: %w", err)
	}
	if err = errors.Join(x.write(ctx, part), part.Close()); err == nil {
		err = os.Rename(part.Name(), in.File)
	}
	if err != nil {
		return done, errors.Join(notYours(err), os.Remove(part.Name()))
	}
	return Exported{List: in.List, File: in.File, Rows: x.rows}, nil
}

// notYours says what to do about a list that the account may not have.
func notYours(err error) error {
	if errors.Is(err, record.ErrAbsent) {
		return errors.New("the account may not have this list: it needs a role on the very unit; see 'sunday account add --help'")
	}
	return err
}

func (x *exporting) write(ctx context.Context, part *os.File) (err error) {
	if x.to, err = table.NewWriter(part, x.in.format(), x.in.BOM); err != nil {
		return err
	}
	heads := exchange.Headings(x.in.List)
	if err := x.to.Write(heads); err != nil {
		return errors.Join(err, x.to.Close())
	}
	run := map[string]func(context.Context) error{
		exchange.ListResidents: x.residents, exchange.ListUnits: x.units, exchange.ListEvents: x.events,
		exchange.ListRegistrations: x.registrations, exchange.ListAttendance: x.attendance,
	}[x.in.List]
	return errors.Join(run(ctx), x.to.Close(), part.Sync())
}

func (x *exporting) row(cells []string) error {
	x.rows++
	if x.in.Progress != nil {
		x.in.Progress(x.rows)
	}
	return x.to.Write(cells)
}

func (x *exporting) residents(ctx context.Context) error {
	_, err := x.Services.Residents.Export(ctx, x.act, x.unit.ID, x.in.Reason, exchange.Headings(x.in.List),
		func(r resident.Resident, shown []resident.Revealed) error {
			return x.row(exchange.ResidentCells(r, shown, x.zone))
		})
	return err
}

// noted makes an entry of the log before a list is read, and one with the number
// of its rows after.
func (x *exporting) noted(ctx context.Context, verb string, run func() error) error {
	note := func(verb string, fields ...string) error {
		thing := audit.Thing("unit", x.unit.ID)
		return x.Services.Audit.Record(ctx, audit.Of(x.act, x.Now(), x.unit.ID, thing, verb, fields...))
	}
	fields := append([]string{"reason:" + x.in.Reason}, exchange.Headings(x.in.List)...)
	if err := note(verb+".export", fields...); err != nil {
		return err
	}
	if err := run(); err != nil {
		return err
	}
	return note(verb+".exported", "rows:"+strconv.Itoa(x.rows))
}

// units are the unit itself and those below it, from above to below.
func (x *exporting) units(ctx context.Context) error {
	return x.noted(ctx, "unit", func() error {
		if err := x.row(exchange.UnitCells(x.unit, x.zone)); err != nil {
			return err
		}
		return x.below(ctx, x.unit.ID)
	})
}

func (x *exporting) below(ctx context.Context, parent string) error {
	req := page.Request{Limit: page.MaxLimit}
	for {
		list, err := x.Services.Units.Page(ctx, x.act, unit.Filter{Parent: parent}, req)
		if err != nil {
			return err
		}
		for _, u := range list.Items {
			if err := errors.Join(x.row(exchange.UnitCells(u, x.zone)), x.below(ctx, u.ID)); err != nil {
				return err
			}
		}
		if req.After = list.Next; list.Next == nil {
			return nil
		}
	}
}

func (x *exporting) events(ctx context.Context) error {
	return x.noted(ctx, "event", func() error {
		return x.eachEvent(ctx, event.Filter{Scope: x.unit.ID}, func(e event.Event) error {
			return x.row(exchange.EventCells(e))
		})
	})
}

func (x *exporting) attendance(ctx context.Context) error {
	return x.noted(ctx, "attendance", func() error {
		return x.eachEvent(ctx, event.Filter{Scope: x.unit.ID}, func(e event.Event) error {
			if !e.Public() {
				return nil // nobody could come
			}
			t, err := x.Services.Attendance.Totals(ctx, x.act, e.ID)
			if err != nil {
				return err
			}
			return x.row(exchange.AttendanceCells(e, t))
		})
	})
}

func (x *exporting) eachEvent(ctx context.Context, f event.Filter, each func(event.Event) error) error {
	if !x.in.From.IsZero() {
		f.From = calendar.FromTime(x.in.From)
	}
	if !x.in.Until.IsZero() {
		f.Until = calendar.FromTime(x.in.Until)
	}
	req := page.Request{Limit: page.MaxLimit}
	for {
		list, err := x.Services.Events.Page(ctx, x.act, f, req)
		if err != nil {
			return err
		}
		for _, e := range list.Items {
			if err := each(e); err != nil {
				return err
			}
		}
		if req.After = list.Next; list.Next == nil {
			return nil
		}
	}
}

// registrations are those of the events that the unit leads, with the names of
// who registered but without their contacts.
func (x *exporting) registrations(ctx context.Context) error {
	if _, err := x.Services.Residents.Named(ctx, x.act, x.unit.ID, nil); err != nil {
		return err
	}
	return x.noted(ctx, "registration", func() error {
		return x.eachEvent(ctx, event.Filter{Unit: x.unit.ID}, func(e event.Event) error { return x.ofEvent(ctx, e) })
	})
}

func (x *exporting) ofEvent(ctx context.Context, e event.Event) error {
	req := page.Request{Limit: page.MaxLimit}
	for {
		list, err := x.Services.Registrations.Page(ctx, x.act, registration.Filter{Event: e.ID}, req)
		if err != nil {
			return err
		}
		var ids []string
		for _, r := range list.Items {
			ids = append(ids, r.Resident)
		}
		who, err := x.Services.Residents.Named(ctx, x.act, x.unit.ID, ids)
		if err != nil {
			return err
		}
		for _, r := range list.Items {
			if err := x.row(exchange.RegistrationCells(r, e, who[r.Resident])); err != nil {
				return err
			}
		}
		if req.After = list.Next; list.Next == nil {
			return nil
		}
	}
}
