package exchange

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/table"
)

// Cells that are refused.
var (
	ErrFormula    = fault.New(fault.Invalid, "import.formula")
	ErrErrorValue = fault.New(fault.Invalid, "import.error_value")
	// NoteNoProof is said of a row that is taken without its consent.
	NoteNoProof = fault.New(fault.Invalid, "import.no_proof")
)

// Taker takes rows in batches; resident.Import is one.
type Taker interface {
	Take(ctx context.Context, rows []resident.ImportRow) ([]resident.Imported, error)
}

// Residents is a list of residents on its way in.
type Residents struct {
	Table *table.Reader
	Into  Taker
	Units *Places
	// Unit keeps the residents of rows that name none; an id.
	Unit string
	// Zone is where days begin.
	Zone *time.Location
	// Tell is called with each row that is refused or needs a word, in order.
	Tell func(Remark) error
	// Progress is called now and then with how much of the file is read.
	Progress func(done, of int64)
}

// batchRows is how many rows are taken at once, and written by one commit: with
// half as many SQLite writes most pages of its indexes almost twice as often.
// Other writers wait for that commit, for less than a second.
const batchRows = 2000

// Run reads the whole list and returns its figures. An error of a row refuses
// the row; any other ends the run, and what was taken before it stays.
func (in Residents) Run(ctx context.Context) (Figures, error) {
	f := Figures{Format: in.Table.Format(), MayMessage: map[resident.Purpose]int{}}
	for _, p := range resident.Purposes() {
		f.MayMessage[p] = 0
	}
	sheet, err := OpenSheet(in.Table, ResidentColumns())
	if err != nil {
		return f, err
	}
	if in.Unit == "" && !sheet.Has(FieldUnit) {
		return f, ErrNoUnit
	}
	f.opened(sheet)
	for {
		batch, err := in.read(ctx, sheet)
		if err != nil {
			return f, err
		}
		if len(batch) == 0 {
			return f, ctx.Err()
		}
		if err := in.take(ctx, sheet, batch, &f); err != nil {
			return f, err
		}
		in.Progress(sheet.Progress())
	}
}

// read reads and understands a batch of rows, none at the end.
func (in Residents) read(ctx context.Context, sheet *Sheet) ([]*reading, error) {
	var batch []*reading
	for len(batch) < batchRows {
		row, err := sheet.Next()
		if errors.Is(err, io.EOF) {
			return batch, nil
		}
		if err != nil {
			return nil, err
		}
		r := &reading{in: &in, sheet: sheet, row: row}
		if err := r.resident(ctx); err != nil {
			return nil, err
		}
		batch = append(batch, r)
	}
	return batch, nil
}

func (in Residents) take(ctx context.Context, sheet *Sheet, batch []*reading, f *Figures) error {
	var rows []resident.ImportRow
	for _, r := range batch {
		if !r.refused {
			rows = append(rows, r.out)
		}
	}
	done, err := in.Into.Take(ctx, rows)
	if err != nil {
		return err
	}
	for _, r := range batch {
		if r.refused {
			f.Rows, f.Refused = f.Rows+1, f.Refused+1
		} else {
			f.count(done[0], r.noProof)
			if done[0].Err != nil {
				r.remarks = remarksOf(sheet, r.row.Line, done[0].Err)
			}
			done = done[1:]
		}
		for _, remark := range r.remarks {
			if err := in.Tell(remark); err != nil {
				return err
			}
		}
	}
	return nil
}

// reading is one row as it is understood.
type reading struct {
	in    *Residents
	sheet *Sheet
	row   table.Row

	out     resident.ImportRow
	remarks []Remark
	refused bool
	noProof bool
}

// cell gives the text of a field, and refuses the row where there is no plain
// value.
func (r *reading) cell(f Field) table.Cell {
	c := r.seen(f)
	switch {
	case c.Formula:
		r.refuse(f, ErrFormula)
	case c.Error:
		r.refuse(f, ErrErrorValue)
	}
	return c
}

// seen is what stands in the cell of a field, whatever it is.
func (r *reading) seen(f Field) table.Cell {
	at, ok := r.sheet.Columns[f]
	if !ok {
		return table.Cell{}
	}
	return r.row.Cell(at)
}

func (r *reading) refuse(f Field, err error) {
	r.refused = true
	r.remarks = once(r.remarks, remarkAt(r.sheet, r.row.Line, f, err))
}

// word gives the meaning of a cell's word, "" of an empty one.
func (r *reading) word(f Field, v vocabulary) string {
	c := r.cell(f).Text
	if c == "" {
		return ""
	}
	m, err := v.meaning(c)
	if err != nil {
		r.refuse(f, err)
	}
	return m
}

func (r *reading) resident(ctx context.Context) error {
	if r.row.Err != nil {
		r.refused = true
		r.remarks = []Remark{{Line: r.row.Line, Column: r.row.Column, Err: r.row.Err}}
		return nil //nolint:nilerr // it is the row's, and stands in the report
	}
	if r.total() {
		r.refuse(FieldName, ErrTotal)
		return nil
	}
	r.out = resident.ImportRow{
		Line: r.row.Line, ID: r.cell(FieldID).Text, Key: r.cell(FieldKey).Text, Unit: r.in.Unit,
		Name: r.cell(FieldName).Text, Household: r.cell(FieldHousehold).Text,
		Kind:  resident.Kind(r.word(FieldKind, kindWords)),
		Reach: resident.Reach(r.word(FieldReach, reachWords)),
	}
	if tag := r.cell(FieldLocale).Text; tag != "" {
		if r.out.Locale = tag; localeWords[Squeeze(tag)] != "" {
			r.out.Locale = localeWords[Squeeze(tag)]
		}
	}
	for _, c := range []resident.ContactInput{
		{Kind: contact.Phone, Value: r.cell(FieldPhone).Text}, {Kind: contact.Email, Value: r.cell(FieldEmail).Text},
	} {
		if c.Value == "" {
			continue
		}
		// asked here too: whoever mends the row wants to know all that is wrong
		// with it, and one that is refused here is not looked at any further
		if _, err := contact.Normal(c.Kind, c.Value); err != nil {
			r.refuse(Field(c.Kind), err)
		}
		r.out.Contacts = append(r.out.Contacts, c)
	}
	r.consents()
	return r.place(ctx)
}

// place finds the unit and the village that the row names.
func (r *reading) place(ctx context.Context) error {
	if named := r.cell(FieldUnit).Text; named != "" {
		found, err := r.in.Units.Unit(ctx, named)
		if refused := r.lookedUp(FieldUnit, err); refused != nil {
			return refused
		}
		r.out.Unit = found
	}
	if r.out.Unit == "" && !r.refused {
		r.refuse(FieldUnit, ErrUnit)
	}
	named := r.cell(FieldVillage)
	if named.Text == "" || named.Formula || named.Error || r.out.Unit == "" {
		return nil
	}
	found, err := r.in.Units.Village(ctx, r.out.Unit, named.Text)
	r.out.Village = found
	return r.lookedUp(FieldVillage, err)
}

// lookedUp refuses the row for an error of ours, and gives back any other.
func (r *reading) lookedUp(f Field, err error) error {
	if fault.KindOf(err) == fault.Invalid {
		r.refuse(f, err)
		err = nil
	}
	return err
}

// consents reads who agreed to what: purposes, and for each or for all of them
// the text that was shown, the day and the source. Where one of the three is
// missing, the row makes nobody who may be messaged.
func (r *reading) consents() {
	purposes := listed(r.cell(FieldConsent).Text)
	if len(purposes) == 0 {
		return
	}
	texts, days, sources := r.listed(FieldConsentText), r.listed(FieldConsentDate), r.listed(FieldConsentSource)
	if len(texts) == 0 || len(days) == 0 || len(sources) == 0 {
		r.noProof = true
		r.remarks = append(r.remarks, remarkAt(r.sheet, r.row.Line, FieldConsent, NoteNoProof))
		r.remarks[len(r.remarks)-1].Note = true
		return
	}
	for _, one := range []struct {
		f    Field
		list []table.Cell
	}{{FieldConsentText, texts}, {FieldConsentDate, days}, {FieldConsentSource, sources}} {
		if len(one.list) != 1 && len(one.list) != len(purposes) {
			r.refuse(one.f, ErrLists)
			return
		}
	}
	for i, word := range purposes {
		r.consent(word, pick(texts, i), pick(days, i), pick(sources, i))
	}
}

func (r *reading) consent(word string, said, day, source table.Cell) {
	meant, err := purposeWords.meaning(word)
	if err != nil {
		r.refuse(FieldConsent, ErrPurpose)
		return
	}
	d := resident.Dated{Choice: resident.Choice{Purpose: resident.Purpose(meant), Given: true}}
	locale := r.out.Locale
	if locale == "" {
		locale = "vi"
	}
	if d.Text, err = consentText(said.Text, d.Purpose, locale); err != nil {
		r.refuse(FieldConsentText, err)
	}
	if d.At, err = Day(day, r.sheet.Date1904(), r.in.Zone); err != nil {
		r.refuse(FieldConsentDate, err)
	}
	if d.Source, err = sourceWords.meaning(source.Text); err != nil {
		r.refuse(FieldConsentSource, resident.ErrSource)
	}
	r.out.Consents = append(r.out.Consents, d)
}

// listed cuts the cell of a field; a number stays one.
func (r *reading) listed(f Field) []table.Cell {
	c := r.cell(f)
	if c.Number {
		return []table.Cell{c}
	}
	var cells []table.Cell
	for _, part := range listed(c.Text) {
		cells = append(cells, table.Cell{Text: part})
	}
	return cells
}

func pick(cells []table.Cell, i int) table.Cell {
	if len(cells) == 1 {
		return cells[0]
	}
	return cells[i]
}
