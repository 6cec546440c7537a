package exchange

import (
	"errors"
	"io"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/table"
)

// Refusals of a list for its headings.
var (
	// ErrNoHeader: no row near the top names columns that are known.
	ErrNoHeader = fault.New(fault.Invalid, "import.no_header")
	// ErrForbidden: the columns "column" are of what is never kept of people.
	ErrForbidden = fault.New(fault.Forbidden, "import.forbidden_column")
	// ErrTwoColumns: "column" and "other" say the same.
	ErrTwoColumns = fault.New(fault.Invalid, "import.two_columns")
	// ErrNoUnit: neither the list nor whoever imports it says which unit keeps the
	// records.
	ErrNoUnit = fault.New(fault.Invalid, "import.no_unit")
)

// headerWithin is how many rows may stand above the headings: titles, dates.
const headerWithin = 20

// Sheet is a table whose columns are known.
type Sheet struct {
	*table.Reader
	// Columns is where each field stands, from 0.
	Columns map[Field]int
	// Unread are columns with headings that nobody knows, from 0.
	Unread []int

	started bool // the row below the headings was read
}

// OpenSheet reads to the row of headings: the first in which two are known, or
// all that there are. A column of what is never kept of a person refuses the
// list, wherever in the first rows it stands.
func OpenSheet(t *table.Reader, columns Columns) (*Sheet, error) {
	for range headerWithin {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil, ErrNoHeader
		}
		if err != nil {
			return nil, err
		}
		s, known, filled, err := readHeader(t, row, columns)
		if known >= 2 || known == 1 && filled == 1 && !errors.Is(err, ErrForbidden) {
			return s, err
		}
	}
	return nil, ErrNoHeader
}

func readHeader(t *table.Reader, row table.Row, columns Columns) (s *Sheet, known, filled int, err error) {
	s = &Sheet{Reader: t, Columns: map[Field]int{}}
	for at, cell := range row.Cells {
		if cell.Text == "" {
			continue
		}
		filled++
		field := columns.field(cell.Text)
		switch {
		case Forbidden(cell.Text) != "":
			known++
		case field == "":
			s.Unread = append(s.Unread, at)
		default:
			known++
			if other, twice := s.Columns[field]; twice {
				err = ErrTwoColumns.With("column", Letters(other), "other", Letters(at))
			}
			s.Columns[field] = at
		}
	}
	if forbidden := forbiddenIn(row); len(forbidden) > 0 {
		err = ErrForbidden.With("column", strings.Join(forbidden, ", "))
	}
	return s, known, filled, err
}

// Next gives the next row below the headings. Headings may have a second row,
// for the columns under one that they share: what is never kept of a person
// refuses the list there too.
func (s *Sheet) Next() (table.Row, error) {
	row, err := s.Reader.Next()
	if err != nil || s.started {
		return row, err
	}
	s.started = true
	if forbidden := forbiddenIn(row); len(forbidden) > 0 && s.saysNothing(row) {
		return table.Row{}, ErrForbidden.With("column", strings.Join(forbidden, ", "))
	}
	return row, nil
}

// saysNothing reports whether nothing stands in the columns that are known.
func (s *Sheet) saysNothing(row table.Row) bool {
	for _, at := range s.Columns {
		if row.Cell(at) != (table.Cell{}) {
			return false
		}
	}
	return true
}

func forbiddenIn(row table.Row) (columns []string) {
	for at, cell := range row.Cells {
		if Forbidden(cell.Text) != "" {
			columns = append(columns, Letters(at))
		}
	}
	return columns
}

// Has tells whether the list has a column for the field.
func (s *Sheet) Has(f Field) bool {
	_, ok := s.Columns[f]
	return ok
}

// Letters names a column, from 0, as spreadsheets do: A to Z, AA and so on.
func Letters(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}
