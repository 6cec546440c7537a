package desk

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// MaxEntries is how many results one form may bring.
const MaxEntries = paper.MaxLines

const maxForm = 64

// Order is which sheet is wanted.
type Order struct {
	Unit, Village string
	// Urgent chooses the urgent call list, else what is not urgent.
	Urgent bool
	Kind   paper.Kind
}

// Print makes a sheet of what is due, or gives the open one again where nothing
// new is: ErrNothing, ErrHeld.
func (s *Service) Print(ctx context.Context, act actor.Actor, o Order) (paper.Sheet, error) {
	if err := s.may(act, ScopeWrite, o.Unit, o.Village); err != nil {
		return paper.Sheet{}, err
	}
	var c fault.Check
	if !o.Kind.Valid() {
		c.Add("kind", "sheet.kind")
	}
	if err := c.Err(); err != nil {
		return paper.Sheet{}, err
	}
	if err := s.village(ctx, o.Unit, o.Village); err != nil {
		return paper.Sheet{}, err
	}
	want := paper.Want{Unit: o.Unit, Village: o.Village, Class: notifications.Normal, Kind: o.Kind, By: audit.By(act)}
	if o.Urgent {
		want.Class = notifications.Urgent
	}
	sheet, err := s.p.Press.Print(ctx, want)
	if err != nil {
		return paper.Sheet{}, told(err)
	}
	return sheet, s.note(ctx, act, sheet, "sheet.print")
}

// Page lists the sheets of a unit, or of one of its villages, the newest first.
func (s *Service) Page(ctx context.Context, act actor.Actor, f paper.Filter, r page.Request) (page.List[paper.Sheet], error) {
	var none page.List[paper.Sheet]
	if err := s.may(act, ScopeRead, f.Unit, f.Village); err != nil {
		return none, err
	}
	below := ""
	if r.After != nil {
		if len(r.After.Values) != 1 {
			return none, page.ErrCursor
		}
		below = r.After.Values[0]
	}
	found, err := s.p.Sheets.List(ctx, f, below, r.Size()+1)
	return page.Cut(found, r.Size(), func(one paper.Sheet) page.Key { return page.Key{Values: []string{one.ID}} }), err
}

// Shown is a line as whoever works it off sees it.
type Shown struct {
	paper.Line
	// Resident is the person's id, Name may be empty. Both are, once the row
	// names nobody any more.
	Resident, Name string
	// Phone is empty for a visit or a letter; Words are what there is to say, in
	// Language. All are empty for a line whose result would no longer count.
	Phone, Words, Language string
	// Live lines wait for a result that would count; Void ones are overtaken, and
	// there is no new line.
	Live, Void bool
}

// Show gives a sheet with names and numbers to call. That they were revealed
// is an entry of the log, made before they are given out.
func (s *Service) Show(ctx context.Context, act actor.Actor, id string) (paper.Sheet, []Shown, error) {
	sheet, err := s.sheet(ctx, act, ScopeRead, id)
	if err != nil {
		return paper.Sheet{}, nil, err
	}
	rows, err := s.p.Press.Rows(ctx, sheet)
	if err != nil {
		return paper.Sheet{}, nil, err
	}
	if err := s.note(ctx, act, sheet, "sheet.reveal", "name", "contacts"); err != nil {
		return paper.Sheet{}, nil, err
	}
	people, err := s.people(ctx, sheet, rows)
	if err != nil {
		return paper.Sheet{}, nil, err
	}
	out := make([]Shown, len(sheet.Lines))
	var live []notifications.Row
	var place []int
	for i, l := range sheet.Lines {
		row := rows[l.Row]
		who := people[residentOf(row)]
		out[i] = Shown{Line: l, Resident: who.ID, Name: who.Name}
		named := row
		if who.ErasedAt != 0 { // their rows lose them in a moment
			named.Recipient = ""
		}
		out[i].Void = l.Void(named)
		if sheet.Live(l, row, s.now()) {
			live, place = append(live, row), append(place, i)
		}
	}
	return sheet, out, s.fill(ctx, out, live, place)
}

// fill adds what live lines say.
func (s *Service) fill(ctx context.Context, out []Shown, live []notifications.Row, place []int) error {
	if len(live) == 0 {
		return nil
	}
	said, err := s.p.Lines.InHand(ctx, s.now(), live)
	if err != nil {
		return err
	}
	for n, i := range place {
		l := said[n]
		if l == nil {
			continue
		}
		out[i].Live, out[i].Phone, out[i].Words, out[i].Language = true, l.Phone, l.Words, l.Language
	}
	return nil
}

// Enter takes in results in the order of the entries. The form's id makes it
// safe to send again.
func (s *Service) Enter(ctx context.Context, act actor.Actor, id, form string, entries []paper.Entry) (paper.Sheet, []paper.Answer, error) {
	sheet, err := s.sheet(ctx, act, ScopeWrite, id)
	if err != nil {
		return paper.Sheet{}, nil, err
	}
	var c fault.Check
	if form == "" || len(form) > maxForm {
		c.Add("form", "form_id")
	}
	if len(entries) > MaxEntries {
		c.Add("results", "list.too_long", "max", MaxEntries)
	}
	for _, e := range entries {
		if !e.Outcome.Valid() {
			c.Add("results", "sheet.outcome")
			break
		}
	}
	if err := c.Err(); err != nil {
		return paper.Sheet{}, nil, err
	}
	if err := s.note(ctx, act, sheet, "sheet.enter", "lines"); err != nil {
		return paper.Sheet{}, nil, err
	}
	sheet, answers, err := s.p.Press.Enter(ctx, id, form, audit.By(act), entries)
	return sheet, answers, told(err)
}

// Undo takes the last entry of a line back, while nothing has come of it:
// ErrMoved, ErrLate, ErrEmpty, ErrOnlyPerson.
func (s *Service) Undo(ctx context.Context, act actor.Actor, id string, number int, form string) (paper.Sheet, error) {
	sheet, err := s.sheet(ctx, act, ScopeWrite, id)
	if err != nil {
		return paper.Sheet{}, err
	}
	var c fault.Check
	if form == "" || len(form) > maxForm {
		c.Add("form", "form_id")
	}
	if err := c.Err(); err != nil {
		return paper.Sheet{}, err
	}
	if _, there := sheet.Line(number); !there {
		return paper.Sheet{}, record.ErrAbsent
	}
	if err := s.note(ctx, act, sheet, "sheet.undo", "lines"); err != nil {
		return paper.Sheet{}, err
	}
	sheet, err = s.p.Press.Undo(ctx, id, number, form, audit.By(act))
	return sheet, told(err)
}

// Names gives the names of the people of a duty, in its order, to those who may
// work it off. That they were shown is an entry of the log.
func (s *Service) Names(ctx context.Context, act actor.Actor, d Duty) ([]string, error) {
	if err := s.may(act, ScopeRead, d.Unit, d.Village); err != nil {
		return nil, err
	}
	entry := audit.Of(act, s.p.Now(), d.Unit, audit.Thing("unit", d.Unit), "duty.reveal", "name")
	if err := s.p.Log.Record(ctx, entry); err != nil {
		return nil, err
	}
	found, err := s.p.Residents.Many(ctx, d.Residents)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(found))
	for _, r := range found {
		if r.Unit == d.Unit {
			out = append(out, r.Name)
		}
	}
	return out, nil
}
