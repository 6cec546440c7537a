package app_test

import (
	"go/ast"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// docsStored is every stored type under the heading of docs/stored-fields.md that lists its fields.
func docsStored() map[string]reflect.Type {
	return map[string]reflect.Type{
		"Head": reflect.TypeFor[record.Head](), "Dirt": reflect.TypeFor[record.Dirt](), "Entry": reflect.TypeFor[record.Entry](),
		"units": reflect.TypeFor[unit.Unit](), "accounts": reflect.TypeFor[account.Account](), "tokens": reflect.TypeFor[account.Token](),
		"credentials": reflect.TypeFor[account.Credential](), "sessions": reflect.TypeFor[account.Session](),
		"contacts": reflect.TypeFor[contact.Contact](), "residents": reflect.TypeFor[resident.Resident](),
		"consent_texts": reflect.TypeFor[resident.ConsentText](), "events": reflect.TypeFor[event.Event](),
		"rules": reflect.TypeFor[reminder.Rule](), "registrations": reflect.TypeFor[registration.Registration](),
		"rolls": reflect.TypeFor[registration.Roll](), "forms": reflect.TypeFor[registration.SentForm](), "attendance": reflect.TypeFor[attendance.Entry](),
		"surveys": reflect.TypeFor[survey.Survey](), "survey_answers": reflect.TypeFor[survey.Answer](),
		"facts": reflect.TypeFor[emulation.Fact](), "score_tables": reflect.TypeFor[emulation.Table](),
		"scorecards": reflect.TypeFor[emulation.Card](), "audit_lines": reflect.TypeFor[audit.Line](),
		"audit_blocks": reflect.TypeFor[audit.Block](), "rows": reflect.TypeFor[notifications.Row](),
		"sheets": reflect.TypeFor[paper.Sheet](), "holds": reflect.TypeFor[notifications.Hold](), "leases": reflect.TypeFor[scheduler.LeaseRow](),
		"jobs": reflect.TypeFor[scheduler.JobState](),
	}
}

// docsShared are types that many documents have; they are listed once, and elsewhere by their name alone.
var docsShared = map[reflect.Type]string{
	reflect.TypeFor[record.Head](): "Head", reflect.TypeFor[record.Dirt](): "Dirt", reflect.TypeFor[record.Entry](): "Entry",
}

// docsFields lists the fields of a stored type as they are stored: nested ones as "place.name", those of a list as
// "slots[].id".
func docsFields(typ reflect.Type, before string) []string {
	var names []string
	for f := range typ.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			if shared := docsShared[f.Type]; shared != "" {
				names = append(names, before+shared)
				continue
			}
			names = append(names, docsFields(f.Type, before)...)
			continue
		}
		if name == "" {
			name = f.Name // a field without a tag is stored under its name in Go
		}
		names = append(names, docsNested(f.Type, before+name)...)
	}
	return names
}

func docsNested(typ reflect.Type, name string) []string {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Struct {
		typ, name = typ.Elem(), name+"[]"
	}
	if typ.Kind() != reflect.Struct || docsShared[typ] != "" {
		return []string{name}
	}
	return docsFields(typ, name+".")
}

// TestDocsStoredFields is the golden list: a field that is added fails until the page says what it is for and how
// long it is kept.
func TestDocsStoredFields(t *testing.T) {
	t.Parallel()
	page := docsRead(t, "docs/stored-fields.md")
	for title, typ := range docsStored() {
		docsSame(t, "fields of "+title, docsFields(typ, ""), docsFirstCells(docsSectionOf(t, page, title)))
	}
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if strings.HasPrefix(line, "| `") && (len(cells) != 3 || strings.TrimSpace(cells[1]) == "" || strings.TrimSpace(cells[2]) == "") {
			t.Errorf("not three filled cells: %s", line)
		}
	}
}

// TestDocsStoredFields_EveryPort: a port that is added to the stores needs a heading for what it keeps.
func TestDocsStoredFields_EveryPort(t *testing.T) {
	t.Parallel()
	kept := map[string]string{
		"Audit": "audit_lines", "Units": "units", "Accounts": "accounts", "Credentials": "credentials", "Sessions": "sessions", "Contacts": "contacts", "Residents": "residents",
		"Texts": "consent_texts", "Events": "events", "Rules": "rules", "Registrations": "registrations", "Rolls": "rolls", "Forms": "forms",
		"Attendance": "attendance", "Surveys": "surveys", "Boxes": "survey_answers", "Emulation": "facts", "Cards": "scorecards",
		"Ledger": "rows", "Reports": "rows", "Paper": "rows", "Sheets": "sheets", "Holds": "holds", "Leases": "leases", "Jobs": "jobs",
		"Settings": "settings", "Health": "settings",
	}
	set := reflect.TypeFor[store.Set]()
	for port := range set.Fields() {
		title := kept[port.Name]
		if title == "" {
			t.Errorf("store.Set has the port %s: add what it keeps to docsStored and to docs/stored-fields.md", port.Name)
			continue
		}
		docsSectionOf(t, docsRead(t, "docs/stored-fields.md"), title)
	}
}

// docsNoJudgement are the fields whose name has a forbidden word with another meaning.
var docsNoJudgement = []string{"registrations party"} // a number of people

// TestDocsStoredFields_NothingJudges: no field of what is kept of people is named like a judgement of them.
func TestDocsStoredFields_NothingJudges(t *testing.T) {
	t.Parallel()
	for _, title := range []string{"residents", "contacts", "registrations", "attendance"} {
		fields := docsFields(docsStored()[title], "")
		if len(fields) < 8 {
			t.Fatalf("%s has only the fields %v, which cannot be all", title, fields)
		}
		for _, field := range fields {
			for part := range strings.SplitSeq(field, ".") {
				if word := archJudges(part); word != "" && !slices.Contains(docsNoJudgement, title+" "+field) {
					t.Errorf("%s has the field %s: %q is never kept of a person", title, field, word)
				}
			}
		}
	}
}

// TestDocsSettings holds the list of settings to the names in the code.
func TestDocsSettings(t *testing.T) {
	t.Parallel()
	m := archLoad(t)
	var want []string
	setting := func(name string) bool { return strings.HasPrefix(name, "setting") }
	for path, belongs := range map[string]func(string) bool{
		"internal/app":               setting,
		"internal/sim/demo":          setting,
		"internal/store/sqlitestore": docsSettingKey,
		"internal/store/mongostore":  docsSettingKey,
	} {
		for _, value := range docsConstants(t, m.find(path), belongs) {
			if !slices.Contains(want, value) {
				want = append(want, value)
			}
		}
	}
	docsSame(t, "settings", want, docsFirstCells(docsSectionOf(t, docsRead(t, "docs/stored-fields.md"), "settings")))
}

func docsSettingKey(name string) bool {
	return slices.Contains([]string{"versionKey", "lowestKey", "lowestVersionKey", "pingKey"}, name)
}

// docsConstants gives the texts of the package's constants whose names belong.
func docsConstants(t *testing.T, p *archPackage, belongs func(name string) bool) []string {
	t.Helper()
	var values []string
	p.inspect(func(n ast.Node) {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != len(spec.Names) {
			return
		}
		for i, name := range spec.Names {
			if literal, ok := spec.Values[i].(*ast.BasicLit); ok && belongs(name.Name) {
				values = append(values, docsUnquote(t, literal.Value))
			}
		}
	})
	if len(values) == 0 {
		t.Fatalf("%s has no such constants", p.path)
	}
	return values
}

var (
	docsTable  = regexp.MustCompile(`(?is)CREATE TABLE (\w+) \((.*?)\n\)`)
	docsColumn = regexp.MustCompile(`(\w+)\s+(?:TEXT|INTEGER|BLOB|REAL)\b`)
	docsAdded  = regexp.MustCompile(`(?i)ALTER TABLE (\w+) ADD COLUMN (\w+)`)
)

// TestDocsStores: what a store keeps beside the fields of the types, be it a table, a collection, a column or a
// field for an index, is on the page too.
func TestDocsStores(t *testing.T) {
	t.Parallel()
	page := docsRead(t, "docs/stored-fields.md")
	extra := docsFirstCells(docsSectionOf(t, page, "Copies for the stores"))
	known := slices.Clone(extra)
	for _, typ := range docsStored() {
		for _, field := range docsFields(typ, "") {
			whole := strings.ReplaceAll(field, "[]", "")
			known = append(known, strings.ReplaceAll(whole, ".", "_"), whole[strings.LastIndexByte(whole, '.')+1:])
		}
	}
	places := docsSectionOf(t, page, "Where it is kept")
	used := map[string]bool{}
	for table, columns := range docsSQLite(t) {
		if !strings.Contains(places, "`"+table+"`") {
			t.Errorf("the page does not name SQLite's table %s", table)
		}
		for _, column := range columns {
			used[column] = true
			if !slices.Contains(known, column) {
				t.Errorf("%s.%s is stored and not listed", table, column)
			}
		}
	}
	for _, c := range mongostore.Schema() {
		if !strings.Contains(places, "`"+c.Name+"`") {
			t.Errorf("the page does not name MongoDB's collection %s", c.Name)
		}
		for _, index := range c.Indexes {
			for _, key := range index.Keys {
				used[key.Key] = true
				if !slices.Contains(known, key.Key) {
					t.Errorf("%s.%s is indexed and not listed", c.Name, key.Key)
				}
			}
		}
	}
	for _, name := range extra {
		if !used[name] && !docsInMongo(t, name) {
			t.Errorf("%s is listed and in no store", name)
		}
	}
}

// docsSQLite gives the columns of every table that the migrations make.
func docsSQLite(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(docsRoot, "internal", "store", "sqlitestore", "migrations", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	tables := map[string][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		made := docsTable.FindAllStringSubmatch(string(text), -1)
		if n := strings.Count(string(text), "CREATE TABLE "); n != len(made) {
			t.Errorf("%s makes %d tables, and %d are read here: close each on a line of its own", file, n, len(made))
		}
		for _, table := range made {
			for _, column := range docsColumn.FindAllStringSubmatch(table[2], -1) {
				tables[table[1]] = append(tables[table[1]], column[1])
			}
		}
		for _, added := range docsAdded.FindAllStringSubmatch(string(text), -1) {
			tables[added[1]] = append(tables[added[1]], added[2])
		}
	}
	return tables
}

// docsInMongo reports whether the MongoDB store writes a field of the name that no index has.
func docsInMongo(t *testing.T, name string) bool {
	t.Helper()
	found := false
	archLoad(t).find("internal/store/mongostore").inspect(func(n ast.Node) {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Value == `"`+name+`"` {
			found = true
		}
	})
	return found
}
