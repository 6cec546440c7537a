package exchange

import (
	"errors"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// Figures are what became of a list.
type Figures struct {
	Format    string `json:"format"`
	Rows      int    `json:"rows"`
	New       int    `json:"new"`
	Changed   int    `json:"changed"`
	Unchanged int    `json:"unchanged"`
	Refused   int    `json:"refused"`
	// NoProof are rows taken without the consent that they name, since the text,
	// the day or the source is missing.
	NoProof int `json:"consent_without_proof"`
	// Kept are rows that would undo what the person refused: that stays refused.
	Kept int `json:"refusals_kept"`
	// Silent are residents of the list who may be messaged for nothing, and
	// MayMessage those who may be, by purpose.
	Silent     int                      `json:"may_not_be_messaged"`
	MayMessage map[resident.Purpose]int `json:"may_be_messaged,omitempty"`
	// Unread are columns that were not read, by letter.
	Unread []string `json:"columns_not_read,omitempty"`
	// Others are sheets of a workbook that were not read.
	Others int `json:"sheets_not_read,omitempty"`
}

// opened notes what of a list is not read.
func (f *Figures) opened(s *Sheet) {
	for _, at := range s.Unread {
		f.Unread = append(f.Unread, Letters(at))
	}
	f.Others = s.Others()
}

func (f *Figures) count(done resident.Imported, noProof bool) {
	f.Rows++
	switch done.Fate {
	case resident.New:
		f.New++
	case resident.Changed:
		f.Changed++
	case resident.Unchanged:
		f.Unchanged++
	case resident.Refused:
		f.Refused++
		return
	}
	if noProof {
		f.NoProof++
	}
	if done.Kept {
		f.Kept++
	}
	if len(done.Purposes) == 0 {
		f.Silent++
	}
	for _, p := range done.Purposes {
		f.MayMessage[p]++
	}
}

// Remark is what a row is refused for, or a word about one that is taken. It
// names places, never what stands there.
type Remark struct {
	Line int
	// Column is the column's number, from 1; 0 where the row as a whole is meant.
	Column int
	// Field is what the column says, or would if the list had one.
	Field Field
	Err   error
	// Note says that the row is taken nevertheless.
	Note bool
}

func remarkAt(sheet *Sheet, line int, f Field, err error) Remark {
	r := Remark{Line: line, Field: f, Err: err}
	if at, ok := sheet.Columns[f]; ok {
		r.Column = at + 1
	}
	return r
}

// remarksOf gives a remark for each field that an error names, or one for the row.
func remarksOf(sheet *Sheet, line int, err error) (all []Remark) {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) == 0 {
		return []Remark{{Line: line, Err: err}}
	}
	for _, field := range f.Fields {
		one := fault.New(fault.Invalid, field.Code)
		one.Args = field.Args
		name := strings.Replace(strings.TrimSuffix(field.Name, ".vi"), "names", string(FieldName), 1)
		all = once(all, remarkAt(sheet, line, Field(name), one))
	}
	return all
}

// once adds a remark on a row unless it is there: several consents of a person
// rest on one cell.
func once(all []Remark, r Remark) []Remark {
	if slices.ContainsFunc(all, func(o Remark) bool { return o.Field == r.Field && o.Err.Error() == r.Err.Error() }) {
		return all
	}
	return append(all, r)
}

// Words gives a remark's reason in words.
func Words(p *i18n.Printer, r Remark) string { return p.Fault(r.Err) }
