package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/sunday-with-the-people/sunday/internal/text"
)

// lookAhead is how much of a text is looked at to find its separator.
const lookAhead = 16 << 10

// rowBytes is how much of a file is read for one row.
const rowBytes = 1 << 20

type csvRows struct {
	rows   *csv.Reader
	budget *budget
	limits Limits
	// skipped are lines before the first that the csv reader sees.
	skipped int
	last    int // the line of the row before
}

func openCSV(file io.ReaderAt, size int64, limits Limits) (*csvRows, error) {
	decoded, err := decode(file, size)
	if err != nil {
		return nil, err
	}
	b := &budget{of: decoded, left: rowBytes}
	start := bufio.NewReaderSize(b, lookAhead)
	head, err := start.Peek(lookAhead)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if markup(head) {
		return nil, ErrUnknown
	}
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		head = bytes.ReplaceAll(head, []byte{'\r'}, []byte{'\n'})
		start = bufio.NewReaderSize(returns{start}, lookAhead)
	}
	c := &csvRows{budget: b, limits: limits}
	separator, said := separatorOf(head)
	if said {
		if _, err := start.ReadSlice('\n'); err != nil && !errors.Is(err, io.EOF) {
			return nil, ErrUnknown
		}
		c.skipped = 1
	}
	c.rows = csv.NewReader(start)
	c.rows.Comma = separator
	c.rows.FieldsPerRecord = -1
	c.rows.ReuseRecord = true
	return c, nil
}

// returns reads a text whose lines end as those of Macs once did, and those of
// "CSV (Macintosh)" still do.
type returns struct{ of io.Reader }

func (r returns) Read(p []byte) (int, error) {
	n, err := r.of.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// strayControls is how many bytes of a text one control character may stand
// among: some programs leave one in a cell, and files of other kinds are full of
// them.
const strayControls = 50

// markup tells pages, letters and other files from tables.
func markup(head []byte) bool {
	head = bytes.TrimSpace(head)
	for _, begin := range []string{"<", "%PDF", "{\\rtf", "{\"", "\x1f\x8b", "Rar!", "7z\xbc\xaf"} {
		if bytes.HasPrefix(head, []byte(begin)) {
			return true
		}
	}
	controls := 0
	for _, b := range head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' {
			controls++
		}
	}
	return controls*strayControls > len(head)
}

// separatorOf gives what separates the cells of a text: what its first line says
// in so many words ("sep=;", as Excel writes), else what its first lines have
// most of outside quotes.
func separatorOf(head []byte) (separator rune, said bool) {
	if rest, ok := bytes.CutPrefix(head, []byte("sep=")); ok && len(rest) > 0 && strings.IndexByte(",;\t", rest[0]) >= 0 {
		return rune(rest[0]), true
	}
	counts := map[rune]int{}
	quoted := false
	for _, r := range string(head) {
		switch {
		case r == '"':
			quoted = !quoted
		case !quoted:
			counts[r]++
		}
	}
	separator = ','
	for _, r := range ";\t" {
		if counts[r] > counts[separator] {
			separator = r
		}
	}
	return separator, false
}

func (c *csvRows) next() (Row, error) {
	c.budget.refill()
	cells, err := c.rows.Read()
	if errors.Is(err, io.EOF) {
		return Row{}, io.EOF
	}
	if errors.Is(err, errBudget) {
		return Row{}, ErrBroken.With("line", c.last+1)
	}
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		c.last = parse.StartLine + c.skipped
		return Row{Line: c.last, Err: ErrQuote}, nil
	}
	if err != nil {
		return Row{}, ErrBroken.With("line", c.last+1).Because(err)
	}
	line, _ := c.rows.FieldPos(0)
	c.last = line + c.skipped
	return c.row(c.last, cells), nil
}

func (c *csvRows) row(line int, texts []string) Row {
	row := Row{Line: line}
	if len(texts) > c.limits.Columns {
		row.Err = ErrLongRow.With("max", c.limits.Columns)
		return row
	}
	row.Cells = make([]Cell, len(texts))
	for i, one := range texts {
		cell, err := cellOf(one, c.limits.CellBytes)
		if err != nil && row.Err == nil {
			row.Err, row.Column = err, i+1
		}
		row.Cells[i] = cell
	}
	return row
}

func (c *csvRows) done() int64 { return c.budget.read }

// cellOf is a cell as somebody typed it into a text.
func cellOf(typed string, limit int) (Cell, error) {
	if len(typed) > limit {
		return Cell{}, ErrLongCell.With("max", limit)
	}
	if !utf8.ValidString(typed) || strings.ContainsRune(typed, utf8.RuneError) {
		return Cell{}, ErrCharacter
	}
	if trimmed := strings.TrimSpace(typed); len(trimmed) > 1 && trimmed[0] == '=' {
		return Cell{Formula: true}, nil
	}
	return Cell{Text: Unguard(text.Clean(typed))}, nil
}

// budget bounds how much is read for one row, so that a quote that nobody closed
// does not bring the whole file into memory.
type budget struct {
	of   io.Reader
	left int64
	read int64
}

var errBudget = errors.New("a row is too long")

func (b *budget) refill() { b.left = rowBytes }

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errBudget
	}
	n, err := b.of.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	b.read += int64(n)
	return n, err
}
