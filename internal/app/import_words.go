package app

import (
	"strconv"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/exchange"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// importWords are the lines that say what became of a list. Report is the file
// that has all remarks, "" for none.
func importWords(p *i18n.Printer, done ImportDone, report string) (lines []string) {
	count := func(id string, n int, data map[string]any) {
		if n > 0 {
			lines = append(lines, p.Count(id, n, data))
		}
	}
	if done.DryRun {
		lines = append(lines, p.Text("import.dry", nil))
	}
	lines = append(lines, p.Count("import.rows", done.Rows, map[string]any{
		"new": done.New, "changed": done.Changed, "unchanged": done.Unchanged, "refused": done.Refused,
	}))
	if len(done.Unread) > 0 {
		lines = append(lines, p.Text("import.unread", map[string]any{"columns": strings.Join(done.Unread, ", ")}))
	}
	count("import.others", done.Others, nil)
	if done.MayMessage != nil {
		lines = append(lines, p.Text("import.may", nil))
		for _, purpose := range resident.Purposes() {
			lines = append(lines, "  "+p.Text("import.may.for", map[string]any{
				"purpose": p.Text("import.purpose."+string(purpose), nil), "people": done.MayMessage[purpose],
			}))
		}
	}
	count("import.silent", done.Silent, nil)
	count("import.no_proof", done.NoProof, nil)
	count("import.kept", done.Kept, nil)
	if done.More == 0 {
		return append(lines, done.Remarks...)
	}
	for _, k := range done.Kinds[:min(len(done.Kinds), maxShown)] {
		count("import.kind", k.Count, map[string]any{"first": k.First})
	}
	if all := done.More + len(done.Remarks); report == "" {
		count("import.all", all, nil)
	} else {
		count("import.all.in", all, map[string]any{"file": report})
	}
	return lines
}

// remarkWords is a remark with the place that it is about.
func remarkWords(p *i18n.Printer, m exchange.Remark) string {
	at := "import.at.row"
	switch {
	case m.Column > 0 && m.Field != "":
		at = "import.at.cell"
	case m.Column > 0:
		at = "import.at.column"
	case m.Field != "":
		at = "import.at.field"
	}
	return p.Text(at, map[string]any{"line": m.Line, "column": columnOf(m), "field": string(m.Field), "reason": exchange.Words(p, m)})
}

// reportHeadings are the headings of the table of all remarks.
func reportHeadings(p *i18n.Printer) []string {
	return []string{
		p.Text("import.report.row", nil), p.Text("import.report.column", nil), p.Text("import.report.field", nil),
		p.Text("import.report.taken", nil), p.Text("import.report.reason", nil),
	}
}

// reportRow is a remark below reportHeadings. The field is called as
// docs/import.md has it, which the headings of a list may be in every language.
func reportRow(p *i18n.Printer, m exchange.Remark) []string {
	taken := "import.report.no"
	if m.Note {
		taken = "import.report.yes"
	}
	return []string{strconv.Itoa(m.Line), columnOf(m), string(m.Field), p.Text(taken, nil), exchange.Words(p, m)}
}

// columnOf is the letter of the column, "" where the row as a whole is meant.
func columnOf(m exchange.Remark) string {
	if m.Column == 0 {
		return ""
	}
	return exchange.Letters(m.Column - 1)
}
