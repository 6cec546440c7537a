package table

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/text"
)

// sheet reads the rows of one sheet, as its part is unzipped.
type sheet struct {
	xml    *xml.Decoder
	read   *readTo
	texts  shared
	limits Limits

	line int
	over bool
}

// readTo remembers how far into the file somebody read.
type readTo struct {
	io.ReaderAt
	furthest int64
}

func newSheet(read *readTo, body io.Reader, texts shared, limits Limits) *sheet {
	return &sheet{xml: xml.NewDecoder(body), read: read, texts: texts, limits: limits}
}

// ReadAt implements io.ReaderAt.
func (r *readTo) ReadAt(p []byte, at int64) (int, error) {
	n, err := r.ReaderAt.ReadAt(p, at)
	r.furthest = at + int64(n)
	return n, err
}

func (s *sheet) done() int64 { return s.read.furthest }

func (s *sheet) next() (Row, error) {
	for !s.over {
		token, err := s.xml.RawToken()
		if errors.Is(err, io.EOF) {
			// A sheet that ends without its end was cut off.
			return Row{}, ErrBroken.With("line", s.line+1)
		}
		if err != nil {
			return Row{}, broken(err, s.line+1)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "row" {
				return s.row(token)
			}
		case xml.EndElement:
			s.over = token.Name.Local == "sheetData" || token.Name.Local == "worksheet"
		}
	}
	return Row{}, io.EOF
}

// row reads from the start of a row to its end. A row that says no number
// follows the one before; numbers only grow.
func (s *sheet) row(start xml.StartElement) (Row, error) {
	line := s.line + 1
	if said := attr(start, "r"); said != "" {
		n, err := strconv.Atoi(said)
		if err != nil || n < line {
			return Row{}, ErrBroken.With("line", line)
		}
		line = n
	}
	s.line = line
	row, column := Row{Line: line}, 0
	for {
		token, err := s.xml.RawToken()
		if err != nil {
			return Row{}, broken(unexpected(err), line)
		}
		switch token := token.(type) {
		case xml.EndElement:
			if token.Name.Local == "row" {
				return row, nil
			}
		case xml.StartElement:
			if token.Name.Local != "c" {
				continue
			}
			if column, err = s.cell(&row, token, column); err != nil {
				return Row{}, err
			}
		}
	}
}

// unexpected tells an end in the middle from one at the end.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// cell reads a cell to its end, puts it into the row at its column, or else at
// the given one, and gives the next.
func (s *sheet) cell(row *Row, start xml.StartElement, at int) (int, error) {
	if said := attr(start, "r"); said != "" {
		column, ok := columnOf(said)
		if !ok || column < at {
			return at, ErrBroken.With("line", row.Line)
		}
		at = column
	}
	raw, formula, err := s.value(row.Line)
	if err != nil {
		return at, err
	}
	if at >= s.limits.Columns {
		row.Err = ErrLongRow.With("max", s.limits.Columns)
		return at + 1, nil
	}
	cell, err := s.typed(attr(start, "t"), raw, formula)
	if err != nil && row.Err == nil {
		row.Err, row.Column = err, at+1
	}
	for len(row.Cells) < at {
		row.Cells = append(row.Cells, Cell{})
	}
	row.Cells = append(row.Cells, cell)
	return at + 1, nil
}

// value gives what stands in the cell that began, of whatever type.
func (s *sheet) value(line int) (raw string, formula bool, err error) {
	var b []byte
	var inline textOf
	in := false
	for {
		token, err := s.xml.RawToken()
		if err != nil {
			return "", false, broken(unexpected(err), line)
		}
		switch token := token.(type) {
		case xml.StartElement:
			in = token.Name.Local == "v"
			formula = formula || token.Name.Local == "f"
		case xml.EndElement:
			if token.Name.Local == "c" {
				return string(b), formula, nil
			}
			in = false
		case xml.CharData:
			if in {
				b = append(b, token...)
				continue
			}
		}
		b = inline.take(token, b)
		if len(b) > longestRun {
			return "", false, ErrTooLarge.With("mb", longestRun>>20)
		}
	}
}

// typed is a cell by its type in the file. A formula is not looked at, nor the
// value that it had when the file was written.
func (s *sheet) typed(kind, raw string, formula bool) (Cell, error) {
	switch {
	case formula:
		return Cell{Formula: true}, nil
	case kind == "e":
		return Cell{Error: true}, nil
	case kind == "s":
		n, err := strconv.Atoi(strings.TrimSpace(raw))
		shown, ok := s.texts.text(n)
		if err != nil || !ok {
			return Cell{Error: true}, nil //nolint:nilerr // it points nowhere: the row says so
		}
		raw = shown
	case kind == "" || kind == "n":
		return number(raw), nil
	}
	if len(raw) > s.limits.CellBytes {
		return Cell{}, ErrLongCell.With("max", s.limits.CellBytes)
	}
	return Cell{Text: Unguard(text.Clean(raw))}, nil
}

// number gives a number in its shortest digits, whole ones without exponent:
// 8.4912E+10 is a phone number to whoever typed it.
func number(raw string) Cell {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return Cell{}
	}
	f, err := strconv.ParseFloat(raw, 64)
	const whole = 1 << 53
	switch {
	case err != nil || math.IsInf(f, 0) || math.IsNaN(f):
		return Cell{Error: true}
	case f == math.Trunc(f) && math.Abs(f) < whole:
		return Cell{Text: strconv.FormatInt(int64(f), 10), Number: true}
	}
	return Cell{Text: strconv.FormatFloat(f, 'f', -1, 64), Number: true}
}

// columnOf gives the column of a cell's name, from 0: "A1" is 0, "AB7" 27.
func columnOf(name string) (int, bool) {
	n := 0
	for i, c := range []byte(name) {
		if c < 'A' || c > 'Z' {
			return n - 1, i > 0
		}
		if n = n*26 + int(c-'A'+1); n > 1<<20 {
			return 0, false
		}
	}
	return 0, false
}
