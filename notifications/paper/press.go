package paper

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/sunday-with-the-people/sunday/notifications"
)

const (
	pageRows   = 500
	pageSheets = 100
	// maxTries bounds how often a sheet is changed by others meanwhile.
	maxTries = 16
	minute   = notifications.Millis(60_000)
	// abandoned is how old a sheet in the making is that nobody works on any more.
	abandoned = 2 * minute
)

// Options are what a Press needs. All are required.
type Options struct {
	Rows   Rows
	Ledger Changer
	Sheets Sheets
	Source Source
	Holds  notifications.Holds
	// Now is domain time.
	Now func() notifications.Millis
	// NewID gives ids that grow with their instant.
	NewID func(at notifications.Millis) string
}

// Press makes sheets and takes in results. It keeps nothing between calls.
type Press struct{ o Options }

// NewPress returns a press.
func NewPress(o Options) *Press { return &Press{o} }

// Want says which sheet is wanted.
type Want struct {
	Unit, Village string
	// Class is urgent, or normal for all the rest.
	Class notifications.Class
	Kind  Kind
	// By is kept as who made it.
	By string
}

// pick is a row that goes on the sheet.
type pick struct {
	row     notifications.Row
	verdict Verdict
}

// Print puts what is due on a new sheet. Where nothing is, it gives the newest
// open sheet of the kind again, or ErrNothing. A kill at any point loses no
// row: the sheet is kept before its rows turn printed, each row names it, and
// what is printed and on no sheet goes on the next one.
func (p *Press) Print(ctx context.Context, w Want) (Sheet, error) {
	if err := p.mayPrint(ctx, w.Unit); err != nil {
		return Sheet{}, err
	}
	now := p.o.Now()
	there, err := p.open(ctx, w.Unit)
	if err != nil {
		return Sheet{}, err
	}
	if there, err = p.finishMaking(ctx, there, now); err != nil {
		return Sheet{}, err
	}
	picks, err := p.choose(ctx, w, there, now)
	if err != nil {
		return Sheet{}, err
	}
	if len(picks) > 0 {
		s, err := p.make(ctx, w, picks, now)
		if err != nil || len(s.Lines) > 0 {
			return s, err
		}
	}
	for _, s := range there {
		if s.Village == w.Village && s.Class == w.Class && s.Kind == w.Kind && s.State == Open {
			return s, nil
		}
	}
	return Sheet{}, ErrNothing
}

func (p *Press) mayPrint(ctx context.Context, unit string) error {
	holds, err := p.o.Holds.List(ctx)
	if err != nil {
		return err
	}
	for _, h := range holds {
		if h.Unit == "" || h.Unit == unit {
			return ErrHeld
		}
	}
	return nil
}

// open lists every sheet of the unit that is not closed, the newest first.
func (p *Press) open(ctx context.Context, unit string) ([]Sheet, error) {
	var all []Sheet
	below := ""
	for {
		found, err := p.o.Sheets.List(ctx, Filter{Unit: unit, Open: true}, below, pageSheets)
		if err != nil {
			return nil, fmt.Errorf("list sheets: %w", err)
		}
		all = append(all, found...)
		if len(found) < pageSheets {
			return all, nil
		}
		below = found[len(found)-1].ID
	}
}

// finishMaking ends what a press that died had begun.
func (p *Press) finishMaking(ctx context.Context, sheets []Sheet, now notifications.Millis) ([]Sheet, error) {
	for i, s := range sheets {
		if s.State != Making || s.Until > now {
			continue
		}
		done, err := p.finish(ctx, s, now)
		if err != nil {
			return nil, err
		}
		sheets[i] = done
	}
	return sheets, nil
}

// make keeps the sheet, prints its rows where nobody was faster, and opens it
// with those.
func (p *Press) make(ctx context.Context, w Want, picks []pick, now notifications.Millis) (Sheet, error) {
	s := Sheet{
		ID: p.o.NewID(now), Ver: 1, Unit: w.Unit, Village: w.Village, Class: w.Class, Kind: w.Kind,
		State: Making, By: w.By, At: now, Until: now + abandoned,
	}
	changes := make([]notifications.Change, len(picks))
	for i, c := range picks {
		s.Lines = append(s.Lines, Line{Number: i + 1, Row: c.row.ID, Part: c.row.Part, Until: c.row.Until})
		next := c.row
		next.State, next.Reason, next.EndedAt, next.Batch = notifications.Printed, "", 0, s.ID
		next.Contact = c.verdict.Contact // none for a letter, whatever address refused the row before
		changes[i] = notifications.Change{SeenGen: c.row.Gen, SeenState: c.row.State, Row: next}
	}
	if _, err := p.o.Sheets.Insert(ctx, s); err != nil {
		return Sheet{}, fmt.Errorf("keep the sheet: %w", err)
	}
	if _, err := p.o.Ledger.Change(ctx, changes); err != nil {
		return Sheet{}, fmt.Errorf("print rows: %w", err)
	}
	return p.finish(ctx, s, now)
}

// finish opens a sheet in the making with the rows that name it.
func (p *Press) finish(ctx context.Context, s Sheet, now notifications.Millis) (Sheet, error) {
	for range maxTries {
		rows, err := p.rows(ctx, s.Lines)
		if err != nil {
			return Sheet{}, err
		}
		var lines []Line
		for _, l := range s.Lines {
			if r, ok := rows[l.Row]; ok && r.State == notifications.Printed && r.Batch == s.ID {
				l.Number, l.Gen, l.Until, l.Start, l.Contact = len(lines)+1, r.Gen, r.Until, r.Told.Start, r.Contact
				lines = append(lines, l)
			}
		}
		s.Lines = lines
		s.tidy(now)
		ok, err := p.o.Sheets.Swap(ctx, s)
		if err != nil {
			return Sheet{}, fmt.Errorf("open the sheet: %w", err)
		}
		if ok {
			s.Ver++
			return s, nil
		}
		if s, err = p.get(ctx, s.ID); err != nil || s.State != Making {
			return s, err // somebody else has finished it
		}
	}
	return Sheet{}, ErrContended
}

func (p *Press) get(ctx context.Context, id string) (Sheet, error) {
	s, found, err := p.o.Sheets.Get(ctx, id)
	if err == nil && !found {
		err = ErrAbsent
	}
	return s, err
}

// rows reads the rows of lines, by id.
func (p *Press) rows(ctx context.Context, lines []Line) (map[string]notifications.Row, error) {
	byPart := map[int][]string{}
	var parts []int
	for _, l := range lines {
		if byPart[l.Part] == nil {
			parts = append(parts, l.Part)
		}
		byPart[l.Part] = append(byPart[l.Part], l.Row)
	}
	slices.Sort(parts)
	all := make(map[string]notifications.Row, len(lines))
	for _, part := range parts {
		slices.Sort(byPart[part])
		found, err := p.o.Rows.Many(ctx, part, byPart[part])
		if err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		for _, r := range found {
			all[r.ID] = r
		}
	}
	return all, nil
}

// Rows reads the rows of a sheet's lines, by id.
func (p *Press) Rows(ctx context.Context, s Sheet) (map[string]notifications.Row, error) {
	return p.rows(ctx, s.Lines)
}

// inOrder puts the lines of one person together, those first whose time is up
// first.
func inOrder(picks []pick) {
	first := map[string]notifications.Millis{}
	for _, c := range picks {
		if t, ok := first[c.row.Recipient]; !ok || c.row.Until < t {
			first[c.row.Recipient] = c.row.Until
		}
	}
	slices.SortFunc(picks, func(a, b pick) int {
		return cmp.Or(
			cmp.Compare(first[a.row.Recipient], first[b.row.Recipient]), cmp.Compare(a.verdict.Order, b.verdict.Order),
			cmp.Compare(a.row.Recipient, b.row.Recipient),
			cmp.Compare(a.row.Until, b.row.Until), cmp.Compare(a.row.ID, b.row.ID))
	})
}
