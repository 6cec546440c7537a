package table

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/xuri/excelize/v2"
)

// Writer takes a table row by row. Close ends it and has to be called.
type Writer interface {
	Write(cells []string) error
	Close() error
}

// NewWriter writes a table of a format, CSV or XLSX; bom puts a byte order mark
// before a CSV, by which older spreadsheets know UTF-8. A workbook goes out when
// it is closed.
func NewWriter(out io.Writer, format string, bom bool) (Writer, error) {
	if format == XLSX {
		return newXLSX(out)
	}
	if bom {
		if _, err := io.WriteString(out, "\uFEFF"); err != nil {
			return nil, err
		}
	}
	return &csvWriter{csv.NewWriter(out)}, nil
}

type csvWriter struct{ rows *csv.Writer }

// Write implements Writer; what a spreadsheet would take for a formula is guarded.
func (w *csvWriter) Write(cells []string) error {
	guarded := make([]string, len(cells))
	for i, c := range cells {
		guarded[i] = Guard(c)
	}
	return w.rows.Write(guarded)
}

// Close implements Writer.
func (w *csvWriter) Close() error {
	w.rows.Flush()
	return w.rows.Error()
}

type xlsxWriter struct {
	out    io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	line   int
}

func newXLSX(out io.Writer) (*xlsxWriter, error) {
	var opt excelize.Options
	if f, ok := out.(*os.File); ok {
		// What does not fit into memory waits beside the file, not in a folder that
		// others read.
		opt.TmpDir = filepath.Dir(f.Name())
	}
	file := excelize.NewFile(opt)
	stream, err := file.NewStreamWriter(file.GetSheetName(0))
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &xlsxWriter{out: out, file: file, stream: stream}, nil
}

// Write implements Writer. All cells are texts, which no spreadsheet takes for
// formulas; only what Unguard would change on its way back is guarded.
func (w *xlsxWriter) Write(cells []string) error {
	w.line++
	values := make([]any, len(cells))
	for i, c := range cells {
		if Unguard(c) != c {
			c = "'" + c
		}
		values[i] = c
	}
	at, err := excelize.CoordinatesToCellName(1, w.line)
	if err != nil {
		return err
	}
	return w.stream.SetRow(at, values)
}

// Close implements Writer.
func (w *xlsxWriter) Close() error {
	if err := w.stream.Flush(); err != nil {
		return errors.Join(err, w.file.Close())
	}
	_, err := w.file.WriteTo(w.out)
	return errors.Join(err, w.file.Close())
}
