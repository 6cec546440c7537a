package app_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

func TestArch_EveryPackageHasADoc(t *testing.T) {
	t.Parallel()
	for _, p := range archLoad(t).packages {
		doc, ok := p.files["doc.go"]
		if !ok {
			t.Errorf("%s has no doc.go", p.path)
			continue
		}
		want := "Package " + p.name + " "
		if p.name == "main" {
			want = "Command " + path.Base(p.path) + " "
		}
		if !strings.HasPrefix(doc.Doc.Text(), want) {
			t.Errorf("%s/doc.go does not start with %q", p.path, want)
		}
	}
}

// archClockHomes may ask the real clock; everything else is given one, so that a simulated Sunday is a real one.
var archClockHomes = []string{"internal/app", "cmd", "tools", "internal/store/storetest"}

func TestArch_NoTimeNow(t *testing.T) {
	t.Parallel()
	for _, p := range archLoad(t).packages {
		if slices.ContainsFunc(archClockHomes, func(home string) bool { return archWithin(p.path, home) }) {
			continue
		}
		for _, use := range p.selectors() {
			if use.path == "time" && slices.Contains([]string{"Now", "Since", "Until"}, use.name) {
				t.Errorf("%s: time.%s asks the real clock; take a now func() time.Time", use.at, use.name)
			}
		}
	}
}

// TestArch_SameFileNames lets a reader follow a noun through every layer with one glob.
func TestArch_SameFileNames(t *testing.T) {
	t.Parallel()
	m := archLoad(t)
	for _, noun := range archNouns {
		if m.find(noun) == nil {
			continue // not built yet: recommendation
		}
		file := path.Base(noun) + ".go"
		for _, dir := range []string{noun, "internal/store/sqlitestore", "internal/store/mongostore", "internal/store/storetest"} {
			if _, err := os.Stat(filepath.Join(m.root, dir, file)); err != nil {
				t.Errorf("%s has no %s", dir, file)
			}
		}
	}
}

// archNeverOnPeople are words that no field of a resident may bear: scores attach to units, never to people.
var archNeverOnPeople = []string{
	"score", "scores", "rank", "ranking", "rating", "grade", "points", "flag", "flags", "flagged", "blacklist",
	"religion", "religious", "creed", "faith", "ethnic", "ethnicity", "race", "politics", "political", "party",
	"member", "membership", "click", "clicks", "clicked", "opened", "opens", "tracking", "loyalty", "trust", "risk",
}

func TestArch_NothingJudgesAResident(t *testing.T) {
	t.Parallel()
	m := archLoad(t)
	resident := m.find("internal/resident")
	if resident == nil {
		t.Fatal("internal/resident is gone")
	}
	fields := archFields(resident)
	if len(fields) < 10 {
		t.Fatalf("found only the fields %v, which cannot be all", fields)
	}
	for _, field := range fields {
		if word := archJudges(field); word != "" {
			t.Errorf("internal/resident has the field %s: %q is never kept of a person", field, word)
		}
	}
	for _, store := range []string{"internal/store/sqlitestore", "internal/store/mongostore"} {
		for _, name := range archStoredNames(t, m, store) {
			if word := archJudges(name); word != "" {
				t.Errorf("%s stores %q of residents: %q is never kept of a person", store, name, word)
			}
		}
	}
}

// TestArch_JudgingNames proves that the words are found in every way of writing them.
func TestArch_JudgingNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"LoyaltyScore": "loyalty", "party_member": "party", "lastClick": "click", "Rank": "rank",
		"SortKey": "", "name": "", "Departure": "", "trace": "", "CreatedAt": "",
	} {
		if got := archJudges(name); got != want {
			t.Errorf("archJudges(%q) = %q, want %q", name, got, want)
		}
	}
}

// archFields lists the names of all struct fields of a package, in Go and as they are stored.
func archFields(p *archPackage) []string {
	var names []string
	p.inspect(func(n ast.Node) {
		st, ok := n.(*ast.StructType)
		if !ok {
			return
		}
		for _, field := range st.Fields.List {
			for _, name := range field.Names {
				names = append(names, name.Name)
			}
			names = append(names, archTagNames(field.Tag)...)
		}
	})
	return names
}

func archTagNames(tag *ast.BasicLit) []string {
	if tag == nil {
		return nil
	}
	text, err := strconv.Unquote(tag.Value)
	if err != nil {
		return nil
	}
	var names []string
	for _, key := range []string{"json", "bson"} {
		name, _, _ := strings.Cut(reflect.StructTag(text).Get(key), ",")
		names = append(names, name)
	}
	return names
}

var (
	archIdentifier    = regexp.MustCompile(`[A-Za-z_]+`)
	archResidentTable = regexp.MustCompile(`(?is)CREATE TABLE[^(]*resident.*?\n\)`)
)

// archStoredNames lists the identifiers in the literals of a store's resident.go, and in what creates its tables.
func archStoredNames(t *testing.T, m archModule, store string) []string {
	t.Helper()
	var names []string
	if p := m.find(store); p != nil && p.files["resident.go"] != nil {
		ast.Inspect(p.files["resident.go"], func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				names = append(names, archIdentifier.FindAllString(literal.Value, -1)...)
			}
			return true
		})
	}
	sources, err := filepath.Glob(filepath.Join(m.root, store, "*"))
	if err != nil {
		t.Fatal(err)
	}
	nested, err := filepath.Glob(filepath.Join(m.root, store, "*", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range append(sources, nested...) {
		text, err := os.ReadFile(source)
		if err != nil {
			continue // a folder
		}
		for _, table := range archResidentTable.FindAllString(string(text), -1) {
			names = append(names, archIdentifier.FindAllString(table, -1)...)
		}
	}
	return names
}

// archJudges gives the first forbidden word in a name, however it is written, or "".
func archJudges(name string) string {
	for _, word := range archWords(name) {
		if slices.Contains(archNeverOnPeople, word) {
			return word
		}
	}
	return ""
}

// archWords splits CamelCase and snake_case into lower-case words.
func archWords(name string) []string {
	var spaced strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			spaced.WriteByte(' ')
		}
		fmt.Fprintf(&spaced, "%c", unicode.ToLower(r))
	}
	return strings.FieldsFunc(spaced.String(), func(r rune) bool { return r == ' ' || r == '_' })
}
