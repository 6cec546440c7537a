package table_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/table"
)

// FuzzOpen: whatever bytes come, they are refused in words of ours or give rows
// within the bounds, in order.
func FuzzOpen(f *testing.F) {
	const rows = `<worksheet><sheetData><row r="2"><c r="A2" t="s"><v>0</v></c><c><f>A1</f><v>1</v></c></row></sheetData></worksheet>`
	f.Add([]byte("Họ tên;SĐT\n\"Lan\";0912345678\n"))
	f.Add([]byte("sep=,\na,'=b\n\"x"))
	f.Add(utf16(f, "a\tb\n", unicode.LittleEndian))
	f.Add(windows1258(f, "Tên,Thôn\nĐào,Đạ Tẻh\n"))
	f.Add(bare(f, rows, "<sst><si><t>một</t></si></sst>"))
	limits := table.Limits{FileBytes: 1 << 20, UnzippedBytes: 1 << 20, SharedBytes: 1 << 18, Rows: 1000, Columns: 20, CellBytes: 100}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := table.Open(bytes.NewReader(file), int64(len(file)), limits)
		for last, count := 0, 0; err == nil; count++ {
			var row table.Row
			if row, err = r.Next(); err != nil {
				break
			}
			if row.Line <= last || len(row.Cells) > limits.Columns || count >= limits.Rows {
				t.Fatalf("line %d after %d, %d cells", row.Line, last, len(row.Cells))
			}
			last = row.Line
			for _, c := range row.Cells {
				if len(c.Text) > 3*limits.CellBytes || !utf8.ValidString(c.Text) || strings.ContainsRune(c.Text, 0) {
					t.Fatalf("a wrong cell of %d bytes", len(c.Text))
				}
			}
		}
		if _, ours := errors.AsType[*fault.Error](err); !ours && !errors.Is(err, io.EOF) {
			t.Errorf("got %v", err)
		}
	})
}
