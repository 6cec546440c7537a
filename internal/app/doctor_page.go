package app

import (
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// pageColumns is how wide the page is, to be printed and signed.
const pageColumns = 100

// verdicts are told at the end, the worst first.
var verdicts = []Verdict{Bad, Look, Unknown, Fine}

// page is all that was found in words: what was looked at, all findings, how many
// there are of each verdict, and a line to sign.
func (d doctor) page(found []Finding) string {
	host, err := os.Hostname()
	if err != nil {
		host = d.T("doctor.host")
	}
	var b strings.Builder
	b.WriteString(d.T("doctor.title", "host", host, "at", d.Now().UTC().Format(time.DateTime), "version", d.Version))
	b.WriteString("\n" + d.lookedAt() + "\n\n")
	for _, f := range found {
		wrapped(&b, fmt.Sprintf("%-8s %-22s ", d.verdict(f.Verdict), d.name(f.Check)), f.Says)
		if f.Do != "" {
			wrapped(&b, fmt.Sprintf("%-32s-> ", ""), f.Do)
		}
	}
	b.WriteString("\n")
	for _, v := range verdicts {
		fmt.Fprintf(&b, "%3d %-8s %s\n", countIn(found, v), d.verdict(v), d.T("doctor.means."+string(v)))
	}
	b.WriteString("\n" + d.T("doctor.sign"))
	return b.String()
}

func (d doctor) verdict(v Verdict) string { return d.T("doctor.verdict." + string(v)) }

// name is what the page calls that which was looked at.
func (d doctor) name(check string) string {
	if id, ok := checkNames[check]; ok {
		return d.T(id)
	}
	return check
}

// lookedAt names the installation that the settings are of.
func (d doctor) lookedAt() string {
	c := d.Config
	store := d.T("doctor.looked_at.sqlite", "folder", c.DataDir)
	if c.MongoURI != "" {
		store = d.T("doctor.looked_at.mongodb", "name", c.MongoDatabase)
	}
	pages, sender := d.set("SUNDAY_BASE_URL", c.BaseURL), d.set("SUNDAY_MAIL_FROM", c.MailFrom.Address)
	return d.T("doctor.looked_at", "store", store, "pages", pages, "sender", sender)
}

// set is the value of a setting, or that it has none.
func (d doctor) set(name, value string) string {
	if value == "" {
		return d.T("doctor.looked_at.unset", "setting", name)
	}
	return value
}

// wrapped writes a paragraph behind its head, in lines of the page's width.
func wrapped(b *strings.Builder, head, words string) {
	width := utf8.RuneCountInString(head)
	indent := strings.Repeat(" ", width)
	column := width
	b.WriteString(head)
	for i, word := range strings.Fields(words) {
		switch n := utf8.RuneCountInString(word); {
		case i == 0:
			column += n
		case column+1+n > pageColumns:
			b.WriteString("\n" + indent)
			column = width + n
		default:
			b.WriteString(" ")
			column += 1 + n
		}
		b.WriteString(word)
	}
	b.WriteString("\n")
}
