package exchange

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/table"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Units is a list of units or villages on its way in.
type Units struct {
	Table *table.Reader
	// Take takes all rows, as unit.Service.Import does.
	Take func(ctx context.Context, rows []unit.ImportRow) ([]unit.Imported, error)
	// Parent is the unit above the rows that name none, a code or an id.
	Parent string
	Zone   *time.Location
	// Tell is called with each row that is refused, in order.
	Tell     func(Remark) error
	Progress func(done, of int64)
}

// maxUnits is how many units one list may have: those of a nation with all its
// villages.
const maxUnits = 200_000

// Run reads the whole list and returns its figures.
func (in Units) Run(ctx context.Context) (Figures, error) {
	f := Figures{Format: in.Table.Format()}
	sheet, err := OpenSheet(in.Table, UnitColumns())
	if err != nil {
		return f, err
	}
	f.opened(sheet)
	var rows []unit.ImportRow
	var remarks []Remark
	for {
		row, err := sheet.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && len(rows) >= maxUnits {
			err = table.ErrTooManyRows.With("max", maxUnits)
		}
		if err != nil {
			return f, err
		}
		r := &reading{sheet: sheet, row: row}
		if u, ok := in.read(r); ok {
			rows = append(rows, u)
			continue
		}
		f.Rows, f.Refused = f.Rows+1, f.Refused+1
		remarks = append(remarks, r.remarks...)
	}
	in.Progress(sheet.Progress())
	done, err := in.Take(ctx, rows)
	if err != nil {
		return f, err
	}
	remarks = append(remarks, f.countUnits(sheet, rows, done)...)
	slices.SortStableFunc(remarks, func(a, b Remark) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	for _, remark := range remarks {
		if err := in.Tell(remark); err != nil {
			return f, err
		}
	}
	return f, nil
}

// countUnits counts what became of the rows, and gives the remarks on them.
func (f *Figures) countUnits(sheet *Sheet, rows []unit.ImportRow, done []unit.Imported) (remarks []Remark) {
	for i, d := range done {
		f.Rows++
		switch {
		case d.New:
			f.New++
		case d.Changed:
			f.Changed++
		case d.Err == nil:
			f.Unchanged++
		default:
			f.Refused++
			remarks = append(remarks, remarksOf(sheet, rows[i].Line, d.Err)...)
		}
	}
	return remarks
}

// read understands one row, and tells whether it could.
func (in Units) read(r *reading) (unit.ImportRow, bool) {
	if r.row.Err != nil {
		r.remarks = []Remark{{Line: r.row.Line, Column: r.row.Column, Err: r.row.Err}}
		return unit.ImportRow{}, false
	}
	u := unit.ImportRow{
		Line: r.row.Line, ID: r.cell(FieldID).Text, Code: in.code(r, FieldCode), Parent: in.code(r, FieldParent),
		Kind: unit.Kind(strings.ToLower(r.cell(FieldKind).Text)), Cluster: r.cell(FieldCluster).Text,
		OfLine: r.cell(FieldLine).Text, Zone: r.cell(FieldZone).Text,
		Names: map[string]string{"vi": r.cell(FieldName).Text},
	}
	if kind, err := unitKindWords.meaning(string(u.Kind)); err == nil {
		u.Kind = unit.Kind(kind)
	}
	for field := range r.sheet.Columns {
		if tag, ok := strings.CutPrefix(string(field), string(FieldName)+"."); ok {
			if name := r.cell(field).Text; name != "" {
				u.Names[tag] = name
			}
		}
	}
	if u.Parent == "" {
		u.Parent = in.Parent
	}
	for field, to := range map[Field]*int64{FieldValidFrom: (*int64)(&u.ValidFrom), FieldValidUntil: (*int64)(&u.ValidUntil)} {
		c := r.cell(field)
		if c.Text == "" {
			continue
		}
		at, err := Day(c, r.sheet.Date1904(), in.Zone)
		if err != nil {
			r.refuse(field, err)
		}
		*to = int64(at)
	}
	return u, !r.refused
}

// code gives a code whose zeros a spreadsheet took away: those of the state have
// 2 digits at the top, 5 below.
func (in Units) code(r *reading, f Field) string {
	c := r.cell(f)
	if !c.Number || len(c.Text) >= codeDigits {
		return c.Text
	}
	top := f == FieldParent || r.cell(FieldParent).Text == "" && in.Parent == ""
	if top && len(c.Text) <= 2 {
		return strings.Repeat("0", 2-len(c.Text)) + c.Text
	}
	return strings.Repeat("0", codeDigits-len(c.Text)) + c.Text
}
