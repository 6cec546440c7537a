package table_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/table"
)

// read gives all rows of a file as texts; a refused one as its error's text.
func read(file []byte, limits table.Limits) ([][]string, error) {
	r, err := table.Open(bytes.NewReader(file), int64(len(file)), limits)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if row.Err != nil {
			rows = append(rows, []string{fmt.Sprint(row.Line, " ", row.Column, " ", row.Err)})
			continue
		}
		texts := []string{}
		for _, c := range row.Cells {
			switch {
			case c.Formula:
				c.Text = "FORMULA"
			case c.Error:
				c.Text = "ERROR"
			}
			texts = append(texts, c.Text)
		}
		rows = append(rows, texts)
	}
}

func utf16(tb testing.TB, s string, order unicode.Endianness) []byte {
	tb.Helper()
	b, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(s)
	if err != nil {
		tb.Fatal(err)
	}
	return []byte(b)
}

// windows1258 writes Vietnamese as it was written before Unicode: most tones
// are characters of their own behind their letter.
func windows1258(tb testing.TB, s string) []byte {
	tb.Helper()
	var out []byte
	for _, r := range s {
		for _, c := range tones(string(r)) {
			b, ok := charmap.Windows1258.EncodeRune(c)
			if !ok {
				tb.Fatalf("%q is not in Windows-1258", c)
			}
			out = append(out, b)
		}
	}
	return out
}

// tones takes the tone off a letter and leaves its other marks, unless the whole
// letter is in the code page.
func tones(letter string) []rune {
	if _, ok := charmap.Windows1258.EncodeRune([]rune(letter)[0]); ok {
		return []rune(letter)
	}
	parts := []rune(norm.NFD.String(letter))
	for i := 1; i < len(parts); i++ {
		rest := norm.NFC.String(string(append(append([]rune{}, parts[:i]...), parts[i+1:]...)))
		one := []rune(rest)
		if _, ok := charmap.Windows1258.EncodeRune(one[0]); ok && len(one) == 1 {
			return []rune{one[0], parts[i]}
		}
	}
	return []rune(letter)
}

func TestOpen_Encodings(t *testing.T) {
	t.Parallel()
	const list = "Họ và tên;Thôn\nNguyễn Thị Đào;Đạ Tẻh\nLê Văn Ưu;Ka Đô\n"
	want := [][]string{{"Họ và tên", "Thôn"}, {"Nguyễn Thị Đào", "Đạ Tẻh"}, {"Lê Văn Ưu", "Ka Đô"}}
	for name, file := range map[string][]byte{
		"UTF-8":        []byte(list),
		"BOM":          []byte("\uFEFF" + list),
		"decomposed":   []byte(norm.NFD.String(list)),
		"UTF-16LE":     utf16(t, list, unicode.LittleEndian),
		"UTF-16BE":     utf16(t, list, unicode.BigEndian),
		"Windows-1258": windows1258(t, list),
		"tabs":         []byte(strings.ReplaceAll(list, ";", "\t")),
		"commas, CRLF": []byte(strings.NewReplacer(";", ",", "\n", "\r\n").Replace(list)),
		"said":         []byte("sep=;\r\n" + list),
		"CR":           []byte(strings.ReplaceAll(list, "\n", "\r")),
		"said, CR":     []byte(strings.ReplaceAll("sep=;\n"+list, "\n", "\r")),
		"a stray sign": []byte(strings.Replace(list, "Lê", "L\x07ê", 1)),
		"quotes":       []byte("\"Họ và tên\";\"Thôn\"\n\"Nguyễn Thị Đào\";\"Đạ Tẻh\"\n\n;\n\"Lê Văn Ưu\";\"Ka Đô\""),
	} {
		got, err := read(file, table.Bounds())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

// TestOpen_OneBrokenByte: a list in UTF-8 of which one letter broke stays one.
func TestOpen_OneBrokenByte(t *testing.T) {
	t.Parallel()
	file := strings.Repeat("Nguyễn Thị Đào,Đạ Tẻh\n", 3) + "Nguy\xE1n,Thôn\n"
	got, err := read([]byte(file), table.Bounds())
	if err != nil || len(got) != 4 || got[0][1] != "Đạ Tẻh" || got[3][0] != "4 1 invalid: table.character" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestOpen_CSVRows(t *testing.T) {
	t.Parallel()
	limits := table.Bounds()
	limits.CellBytes, limits.Columns = 20, 3
	file := "a,b\n=1+1,'=kept\n x ,y\n\"quo\"te,1\nlong enough to be refused,1\n1,2,3,4\n'-5,+84912\n"
	want := [][]string{
		{"a", "b"},
		{"FORMULA", "=kept"},
		{"x", "y"},
		{"4 0 invalid: table.quote"},
		{"5 1 invalid: table.long_cell"},
		{"6 0 invalid: table.long_row"},
		{"-5", "+84912"},
	}
	got, err := read([]byte(file), limits)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestOpen_Refused(t *testing.T) {
	t.Parallel()
	few := table.Bounds()
	few.Rows, few.FileBytes = 2, 3<<20
	other := zipOf(t, map[string]string{"word/document.xml": "<w/>"})
	for name, test := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":        {nil, table.ErrEmpty},
		"a page":         {[]byte("<html><table><tr><td>Name"), table.ErrUnknown},
		"a PDF":          {[]byte("%PDF-1.7\n1 0 obj"), table.ErrUnknown},
		"a picture":      {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), table.ErrUnknown},
		"UTF-16 unsaid":  {utf16(t, "a;b", unicode.LittleEndian)[2:], table.ErrUnknown},
		"an old one":     {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"), table.ErrOldExcel},
		"another zip":    {other, table.ErrUnknown},
		"half a zip":     {other[:len(other)/2], table.ErrDamaged},
		"many rows":      {[]byte("a\nb\nc\n"), table.ErrTooManyRows},
		"a big file":     {make([]byte, 3<<20+1), table.ErrTooLarge},
		"an open quote":  {[]byte("a,\"" + strings.Repeat("x,\n", 1<<19)), table.ErrBroken},
		"a bare heading": {[]byte("PK\x03\x04"), table.ErrDamaged},
	} {
		if _, err := read(test.file, few); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

// workbook makes one as Excel does.
func workbook(tb testing.TB, fill func(f *excelize.File)) []byte {
	tb.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := errors.Join(f.Write(&b), f.Close()); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func set(tb testing.TB, f *excelize.File, sheet, cell string, v any) {
	tb.Helper()
	if err := f.SetCellValue(sheet, cell, v); err != nil {
		tb.Fatal(err)
	}
}

func TestOpen_XLSX(t *testing.T) {
	t.Parallel()
	file := workbook(t, func(f *excelize.File) {
		set(t, f, "Sheet1", "A1", "hidden")
		for _, sheet := range []string{"Danh sách", "Thôn 2"} {
			if _, err := f.NewSheet(sheet); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetSheetVisible("Sheet1", false); err != nil {
			t.Log(err)
		}
		f.SetActiveSheet(1)
		if err := f.SetSheetVisible("Sheet1", false); err != nil {
			t.Fatal(err)
		}
		set(t, f, "Danh sách", "A1", norm.NFD.String("Họ và tên"))
		set(t, f, "Danh sách", "B1", "Điện thoại")
		set(t, f, "Danh sách", "A4", "K'Ho Brin")
		set(t, f, "Danh sách", "B4", 84912345678)
		set(t, f, "Danh sách", "D4", 45962.5)
		if err := errors.Join(
			f.SetCellFormula("Danh sách", "C4", "HYPERLINK(\"http://example.org\")"),
			f.SetCellRichText("Danh sách", "E4", []excelize.RichTextRun{{Text: "hai "}, {Text: "phần"}}),
		); err != nil {
			t.Fatal(err)
		}
		set(t, f, "Danh sách", "F4", true)
	})
	got, err := read(file, table.Bounds())
	want := [][]string{{"Họ và tên", "Điện thoại"}, {"K'Ho Brin", "84912345678", "FORMULA", "45962.5", "hai phần", "1"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	r, err := table.Open(bytes.NewReader(file), int64(len(file)), table.Bounds())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if r.Others() != 1 {
		t.Errorf("%d sheets were not read, want the one that is not hidden", r.Others())
	}
	if err != nil || row.Line != 4 || !row.Cell(3).Number || row.Cell(4).Number || row.Cell(99) != (table.Cell{}) {
		t.Errorf("got %+v, %v", row, err)
	}
}

const (
	topRels  = `<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookRels = `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`
	book     = `<workbook><workbookPr date1904="1"/><sheets><sheet name="a" r:id="r1"/></sheets></workbook>`
)

func zipOf(tb testing.TB, parts map[string]string) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// bare makes a workbook of one sheet by hand.
func bare(tb testing.TB, sheet, texts string) []byte {
	tb.Helper()
	return zipOf(tb, map[string]string{
		"_rels/.rels": topRels, "xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": bookRels,
		"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": texts,
	})
}

func TestOpen_XLSXByHand(t *testing.T) {
	t.Parallel()
	const texts = `<sst><si><t>một</t></si><si><t/></si><si><r><t>b</t></r><rPh><t>no</t></rPh><r><t>c</t></r></si></sst>`
	file := bare(t, `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>2</v></c><c t="s"><v>7</v></c></row>`+
		`<row r="5"><c r="B5" t="inlineStr"><is><t>x</t></is></c><c t="str"><f>A1</f><v>y</v></c><c t="e"><v>#N/A</v></c><c><v>8.4912345678E+10</v></c></row></sheetData></worksheet>`, texts)
	got, err := read(file, table.Bounds())
	want := [][]string{{"một", "bc", "ERROR"}, {"", "x", "FORMULA", "ERROR", "84912345678"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	r, err := table.Open(bytes.NewReader(file), int64(len(file)), table.Bounds())
	if err != nil || !r.Date1904() || r.Format() != table.XLSX {
		t.Errorf("got %v, %v", r, err)
	}
}

func TestOpen_Bombs(t *testing.T) {
	t.Parallel()
	limits := table.Bounds()
	limits.UnzippedBytes, limits.SharedBytes = 8<<20, 1<<20
	const open, shut = `<worksheet><sheetData>`, `</sheetData></worksheet>`
	long := strings.Repeat("a", 2<<20)
	for name, test := range map[string]struct {
		file []byte
		want error
	}{
		"a sheet":      {bare(t, open+strings.Repeat("<row/>", 2<<20)+shut, ""), table.ErrTooLarge},
		"texts":        {bare(t, open+shut, "<sst>"+strings.Repeat("<si><t>"+long[:1000]+"</t></si>", 2000)+"</sst>"), table.ErrTooLarge},
		"a text":       {bare(t, open+`<row><c t="str"><v>`+long+`</v></c></row>`+shut, ""), table.ErrTooLarge},
		"an attribute": {bare(t, open+`<row r="`+long+`"/>`+shut, ""), table.ErrTooLarge},
		"a comment":    {bare(t, open+"<!-- > -->"+shut, ""), table.ErrDamaged},
		"entities":     {bare(t, `<!DOCTYPE x [<!ENTITY a "b">]>`+open+shut, ""), table.ErrDamaged},
		"a far cell":   {bare(t, open+`<row><c r="A9"/><c r="ZZZZZZZZ1"><v>1</v></c></row>`+shut, ""), table.ErrBroken},
		"back again":   {bare(t, open+`<row r="5"/><row r="2"/>`+shut, ""), table.ErrBroken},
		"cut off":      {bare(t, open+`<row r="5">`, ""), table.ErrBroken},
		"no end":       {bare(t, open+`<row r="5"></row>`, ""), table.ErrBroken},
		"no sheet":     {zipOf(t, map[string]string{"xl/workbook.xml": book}), table.ErrUnknown},
		"many parts":   {manyParts(t), table.ErrTooLarge},
		"relations": {zipOf(t, map[string]string{
			"xl/workbook.xml": book, "xl/worksheets/sheet1.xml": open + shut,
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>` +
				strings.Repeat("<Relationship/>", 500_000),
		}), table.ErrTooLarge},
	} {
		if rows, err := read(test.file, limits); !errors.Is(err, test.want) {
			t.Errorf("%s: got %d rows, %v, want %v", name, len(rows), err, test.want)
		}
	}
	lied := bytes.Replace(bare(t, open+shut, ""), []byte("PK\x05\x06"), []byte("PK\x05\x07"), 1)
	if _, err := read(lied, limits); !errors.Is(err, table.ErrDamaged) {
		t.Errorf("without its end: %v", err)
	}
}

func manyParts(tb testing.TB) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 20_000 {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("part-with-a-name-%d", i)}); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestGuard_properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("'=+-@\t\ra"))).Draw(t, "s")
		g := table.Guard(s)
		if g != "" && strings.ContainsRune("=+-@\t\r", rune(g[0])) {
			t.Errorf("%q is a formula", g)
		}
		if back := table.Unguard(g); back != s {
			t.Errorf("%q came back as %q", s, back)
		}
	})
}

func TestWriter_comesBack(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"Họ và tên", "phone"}, {"K'Ho \"Brin\"", "+84912345678"}, {"=1+1", "'-x"}, {"a,b;c", "@x"}, {"", "-"}}
	for _, format := range []string{table.CSV, table.XLSX} {
		var b bytes.Buffer
		w, err := table.NewWriter(&b, format, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := read(b.Bytes(), table.Bounds())
		if diff := cmp.Diff(rows, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", format, err, diff)
		}
		if format == table.CSV && (!strings.HasPrefix(b.String(), "\uFEFF") || !strings.Contains(b.String(), "'=1+1,''-x")) {
			t.Errorf("not guarded: %q", b.String())
		}
	}
}
