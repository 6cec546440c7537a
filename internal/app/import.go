package app

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/exchange"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/table"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// ImportList says how a list is to be imported.
type ImportList struct {
	File string
	// As is the login of who answers for it, with a role on the units.
	As string
	// Unit keeps the rows that name none: a code or an id.
	Unit string
	// DryRun writes nothing but the report.
	DryRun bool
	// Report is a file for all remarks, as CSV; "" for none.
	Report string
	// Lang is the language of all that is said.
	Lang string
	// Progress is called with how much of the file is read.
	Progress func(done, of int64)
}

// maxShown is how many remarks are shown at once; the report has all.
const maxShown = 10

// ImportDone is what became of a list, with the first remarks in words.
type ImportDone struct {
	exchange.Figures
	DryRun  bool     `json:"dry_run"`
	Remarks []string `json:"remarks,omitempty"`
	More    int      `json:"more_remarks,omitempty"`
	// Kinds are the remarks by what they say of which column, the most frequent
	// first, where there are more than Remarks has.
	Kinds []RemarkKind `json:"remark_kinds,omitempty"`
	// Said is all of this in words, line by line.
	Said []string `json:"-"`
}

// RemarkKind is how often one thing was wrong with one column, with the first
// remark that says so.
type RemarkKind struct {
	Count int    `json:"count"`
	First string `json:"first"`
}

// ImportResidents imports a list of residents.
func (a *App) ImportResidents(ctx context.Context, in ImportList) (ImportDone, error) {
	act, err := a.actAs(ctx, in.As)
	if err != nil {
		return ImportDone{}, err
	}
	list := exchange.Residents{Units: exchange.NewPlaces(a.store.Units), Progress: in.Progress}
	zone := unit.DefaultZone
	if in.Unit != "" {
		u, err := a.findUnit(ctx, in.Unit)
		if err != nil {
			return ImportDone{}, err
		}
		list.Unit, zone = u.ID, u.Zone
	}
	if list.Zone, err = time.LoadLocation(zone); err != nil {
		return ImportDone{}, err
	}
	list.Into = resident.NewImport(a.Services.Residents, a.Services.Contacts, a.keys, act, in.DryRun)
	return a.importList(in, func(t *table.Reader, tell func(exchange.Remark) error) (exchange.Figures, error) {
		list.Table, list.Tell = t, tell
		return list.Run(ctx)
	})
}

// ImportUnits imports a list of units or villages. Without As it is the program
// itself, as whoever may run the command may write the database anyway.
func (a *App) ImportUnits(ctx context.Context, in ImportList) (ImportDone, error) {
	act := cli
	if in.As != "" {
		var err error
		if act, err = a.actAs(ctx, in.As); err != nil {
			return ImportDone{}, err
		}
	}
	zone, err := time.LoadLocation(unit.DefaultZone)
	if err != nil {
		return ImportDone{}, err
	}
	if in.Unit != "" {
		if _, err := a.findUnit(ctx, in.Unit); err != nil {
			return ImportDone{}, err
		}
	}
	return a.importList(in, func(t *table.Reader, tell func(exchange.Remark) error) (exchange.Figures, error) {
		return exchange.Units{
			Table: t, Parent: in.Unit, Zone: zone, Tell: tell, Progress: in.Progress,
			Take: func(ctx context.Context, rows []unit.ImportRow) ([]unit.Imported, error) {
				return a.Services.Units.Import(ctx, act, rows, in.DryRun)
			},
		}.Run(ctx)
	})
}

// What keeps a list from being taken over at all.
var (
	errNoList = fault.New(fault.NotFound, "command.no_list")
	errList   = fault.New(fault.Unavailable, "command.list")
	errReport = fault.New(fault.Unavailable, "command.report")
	// errNoAccount: nobody who is active signs in so.
	errNoAccount = fault.New(fault.NotFound, "command.account")
)

// unopened says why there is no list to read.
func unopened(err error) *fault.Error {
	if errors.Is(err, fs.ErrNotExist) {
		return errNoList.Because(err)
	}
	return errList.Because(err)
}

// importList opens the file and the report around a run.
func (a *App) importList(in ImportList, run func(*table.Reader, func(exchange.Remark) error) (exchange.Figures, error)) (done ImportDone, err error) {
	file, err := os.Open(in.File)
	if err != nil {
		return done, unopened(err).With("file", in.File)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return done, err
	}
	if info.IsDir() {
		return done, errList.With("file", in.File)
	}
	t, err := table.Open(file, info.Size(), table.Bounds())
	if err != nil {
		return done, err
	}
	r, err := a.openReport(in)
	if err != nil {
		return done, err
	}
	figures, err := run(t, r.tell)
	err = errors.Join(err, r.close())
	done = ImportDone{Figures: figures, DryRun: in.DryRun, Remarks: r.first, More: r.more}
	if r.more > 0 {
		done.Kinds = r.mostFrequent()
	}
	done.Said = importWords(a.texts.For(in.Lang), done, in.Report)
	return done, err
}

// actAs is the account that answers for what the command line does with
// people's data. It may do what its roles allow and nothing else.
func (a *App) actAs(ctx context.Context, login string) (actor.Actor, error) {
	acc, err := a.Services.Accounts.ByLogin(ctx, cli, login)
	if errors.Is(err, record.ErrAbsent) || err == nil && acc.DisabledAt != 0 {
		return actor.Actor{}, errNoAccount.With("login", login)
	}
	if err != nil {
		return actor.Actor{}, err
	}
	return actor.Staff(acc.ID, acc.Grants, actor.AllScopes), nil
}

// importReport writes remarks to a file, and keeps the first in words.
type importReport struct {
	texts *i18n.Printer
	rows  table.Writer
	file  io.Closer
	first []string
	more  int
	kinds map[kindKey]*RemarkKind
}

// kindKey is what remarks of one kind have in common.
type kindKey struct {
	column int
	field  exchange.Field
	why    string
}

// mostFrequent are the kinds of remarks, those of one frequency in the order of
// their words.
func (r *importReport) mostFrequent() []RemarkKind {
	var kinds []RemarkKind
	for _, k := range r.kinds {
		kinds = append(kinds, *k)
	}
	slices.SortFunc(kinds, func(a, b RemarkKind) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.First, b.First)) })
	return kinds
}

func (r *importReport) count(m exchange.Remark) {
	key := kindKey{m.Column, m.Field, m.Err.Error()}
	if f, ok := errors.AsType[*fault.Error](m.Err); ok {
		key.why = f.Code
	}
	k := r.kinds[key]
	if k == nil {
		k = &RemarkKind{First: remarkWords(r.texts, m)}
		r.kinds[key] = k
	}
	k.Count++
}

func (a *App) openReport(in ImportList) (*importReport, error) {
	r := &importReport{texts: a.texts.For(in.Lang), kinds: map[kindKey]*RemarkKind{}}
	if in.Report == "" {
		return r, nil
	}
	f, err := os.OpenFile(in.Report, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, errReport.Because(err).With("file", in.Report)
	}
	r.file = f
	if r.rows, err = table.NewWriter(f, table.CSV, true); err == nil {
		err = r.rows.Write(reportHeadings(r.texts))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

func (r *importReport) tell(m exchange.Remark) error {
	r.count(m)
	if len(r.first) < maxShown {
		r.first = append(r.first, remarkWords(r.texts, m))
	} else {
		r.more++
	}
	if r.rows == nil {
		return nil
	}
	return r.rows.Write(reportRow(r.texts, m))
}

func (r *importReport) close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.rows.Close(), r.file.Close())
}
