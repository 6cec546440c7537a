package table

import (
	"bytes"
	"errors"
	"io"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Refusals of a file as a whole.
var (
	// ErrUnknown: the file is no table that is read here.
	ErrUnknown = fault.New(fault.Invalid, "table.unknown")
	// ErrOldExcel: a workbook of Excel 97, or one with a password.
	ErrOldExcel = fault.New(fault.Invalid, "table.old_excel")
	// ErrBroken: it began like a table and does not go on like one; "line" is
	// where. ErrDamaged: nobody knows where.
	ErrBroken  = fault.New(fault.Invalid, "table.broken")
	ErrDamaged = fault.New(fault.Invalid, "table.damaged")
	// ErrTooLarge: more than the bounds; "mb" or "max" says how much is read.
	ErrTooLarge = fault.New(fault.TooLarge, "table.too_large")
	// ErrTooManyRows: with "max".
	ErrTooManyRows = fault.New(fault.TooLarge, "table.too_many_rows")
	ErrEmpty       = fault.New(fault.Invalid, "table.empty")
)

// Refusals of one row.
var (
	ErrQuote     = fault.New(fault.Invalid, "table.quote")
	ErrLongCell  = fault.New(fault.Invalid, "table.long_cell") // with "max", in bytes
	ErrLongRow   = fault.New(fault.Invalid, "table.long_row")  // with "max", in columns
	ErrCharacter = fault.New(fault.Invalid, "table.character")
)

// Limits bound what a file may cost. All have to be set; see Bounds.
type Limits struct {
	FileBytes     int64
	UnzippedBytes int64 // of all parts of a workbook that are read, together
	SharedBytes   int64 // of a workbook's table of texts, which is kept in memory
	Rows          int
	Columns       int
	CellBytes     int
}

// Bounds are the limits of the program's imports.
func Bounds() Limits {
	const mega = 1 << 20
	return Limits{
		FileBytes: 128 * mega, UnzippedBytes: 512 * mega, SharedBytes: 64 * mega,
		Rows: 1_000_000, Columns: 200, CellBytes: 4 << 10,
	}
}

// Cell is what stands in one place of a table.
type Cell struct {
	// Text is in NFC without what cannot be seen; a number as its shortest digits.
	Text string
	// Number says that a workbook holds a number there, which may be a day.
	Number bool
	// Formula says that there is a formula: it is not evaluated, and Text is empty.
	Formula bool
	// Error says that a workbook holds an error value such as #N/A.
	Error bool
}

// Row is one line of a table.
type Row struct {
	// Line counts from 1 as spreadsheets and editors do.
	Line  int
	Cells []Cell
	// Err refuses the row, at Column (from 1, 0 for the whole row).
	Err    error
	Column int
}

// Cell gives the cell of a column, from 0; beyond the row's end it is empty.
func (r Row) Cell(column int) Cell {
	if column < 0 || column >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[column]
}

// Empty reports whether nothing stands in the row.
func (r Row) Empty() bool {
	for _, c := range r.Cells {
		if c != (Cell{}) {
			return false
		}
	}
	return r.Err == nil
}

// source is one format's rows.
type source interface {
	next() (Row, error)
	// done is about how much of the file was read, in bytes of it.
	done() int64
}

// Reader gives the rows of a table.
type Reader struct {
	rows   source
	limits Limits
	size   int64
	count  int
	format string
	book   workbook
}

// Formats.
const (
	CSV  = "csv"
	XLSX = "xlsx"
)

var (
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
)

// Open looks at the first bytes of a file, whatever it is called, and reads it
// as what it is. Nothing is kept of it on disk.
func Open(file io.ReaderAt, size int64, limits Limits) (*Reader, error) {
	if size > limits.FileBytes {
		return nil, ErrTooLarge.With("mb", limits.FileBytes>>20)
	}
	start := make([]byte, min(size, 512))
	if _, err := file.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	r := &Reader{limits: limits, size: size}
	var err error
	switch {
	case size == 0:
		return nil, ErrEmpty
	case bytes.HasPrefix(start, oleMagic):
		return nil, ErrOldExcel
	case bytes.HasPrefix(start, zipMagic):
		r.format = XLSX
		r.rows, r.book, err = openXLSX(file, size, limits)
	default:
		r.format = CSV
		r.rows, err = openCSV(file, size, limits)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Next gives the next row that is not empty, io.EOF after the last.
func (r *Reader) Next() (Row, error) {
	for {
		row, err := r.rows.next()
		if err != nil {
			return Row{}, err
		}
		if row.Empty() {
			continue
		}
		if r.count++; r.count > r.limits.Rows {
			return Row{}, ErrTooManyRows.With("max", r.limits.Rows)
		}
		return row, nil
	}
}

// Format is CSV or XLSX.
func (r *Reader) Format() string { return r.format }

// Date1904 says from which year a workbook counts days: from 1904, as Excel for
// Mac did.
func (r *Reader) Date1904() bool { return r.book.date1904 }

// Others is how many sheets of a workbook are neither hidden nor read.
func (r *Reader) Others() int { return r.book.others }

// Progress is about how many of how many bytes were read.
func (r *Reader) Progress() (done, of int64) { return min(r.rows.done(), r.size), r.size }
