package app_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// docsRoot is where paths of documents start.
var docsRoot = filepath.Join("..", "..")

// docsRead gives a document of the project, by its path in the checkout.
func docsRead(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(docsRoot, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// docsSection is what stands under one heading of a document, to the next of any level.
type docsSection struct {
	title string
	body  string
}

// docsSections cuts a document at its headings; lines in fenced blocks are no headings.
func docsSections(text string) []docsSection {
	sections := []docsSection{{}}
	fenced := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if !fenced && strings.HasPrefix(line, "#") {
			sections = append(sections, docsSection{title: strings.TrimSpace(strings.TrimLeft(line, "#"))})
			continue
		}
		sections[len(sections)-1].body += line
	}
	return sections
}

// docsSectionOf gives the body under the heading; the test fails where there is none.
func docsSectionOf(t *testing.T, text, title string) string {
	t.Helper()
	for _, s := range docsSections(text) {
		if s.title == title {
			return s.body
		}
	}
	t.Fatalf("there is no heading %q", title)
	return ""
}

// docsFirstCells gives the names in backticks that begin the rows of all tables in the text.
func docsFirstCells(text string) []string {
	var names []string
	for _, found := range docsFirstCell.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}

var docsFirstCell = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

// docsSame compares two sets of names, whatever their order.
func docsSame(t *testing.T, what string, want, got []string) {
	t.Helper()
	want, got = slices.Clone(want), slices.Clone(got)
	sort.Strings(want)
	sort.Strings(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (- is missing from the document, + is not in the code):\n%s", what, diff)
	}
}

func TestDocsConfiguration(t *testing.T) {
	t.Parallel()
	var want []string
	for _, v := range config.Variables() {
		standard, file := "none", "no"
		if v.Default != "" {
			standard = "`" + v.Default + "`"
		}
		if v.File {
			file = "yes"
		}
		want = append(want, fmt.Sprintf("| `%s` | %s | %s | %s |", v.Name, standard, file, v.Meaning))
	}
	text := docsSectionOf(t, docsRead(t, "docs/configuration.md"), "All variables")
	var got []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "| `") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/configuration.md does not show config.Variables():\n%s", diff)
	}
}

func TestDocsMessages(t *testing.T) {
	t.Parallel()
	text := docsRead(t, "docs/messages.md")
	var reasons []string
	for _, r := range notifications.Reasons() {
		reasons = append(reasons, string(r))
	}
	docsSame(t, "reasons", reasons, docsFirstCells(docsSectionOf(t, text, "Reasons")))
	var states []string
	for _, s := range []notifications.State{
		notifications.Planned, notifications.Sending, notifications.Printed, notifications.Unknown,
		notifications.Sent, notifications.Dead, notifications.Suppressed, notifications.Expired,
	} {
		states = append(states, string(s))
	}
	docsSame(t, "states", states, docsFirstCells(docsSectionOf(t, text, "States")))
}

var docsPackage = regexp.MustCompile("`((?:cmd|internal|notifications|scheduler|tools)(?:/[a-z0-9]+)*)`")

// TestDocsArchitecture: a package that is named is there, and one that is there is named.
func TestDocsArchitecture(t *testing.T) {
	t.Parallel()
	m := archLoad(t)
	named := map[string]bool{}
	for _, found := range docsPackage.FindAllStringSubmatch(docsRead(t, "docs/architecture.md"), -1) {
		named[found[1]] = true
		if info, err := os.Stat(filepath.Join(docsRoot, found[1])); err != nil || !info.IsDir() {
			t.Errorf("docs/architecture.md names %s, which is not there", found[1])
		}
	}
	for _, p := range m.packages {
		if !named[p.path] && archLayer(p.path) != "command of its own" {
			t.Errorf("docs/architecture.md does not name %s", p.path)
		}
	}
}

// TestDocsJobs holds the list of jobs to the timetable.
func TestDocsJobs(t *testing.T) {
	t.Parallel()
	text := docsSectionOf(t, docsRead(t, "docs/operations.md"), "Jobs")
	docsSame(t, "jobs", docsTimetable(t), docsFirstCells(text))
}

// docsTimetable reads the names of the jobs out of the function that lists them.
func docsTimetable(t *testing.T) []string {
	t.Helper()
	p := archLoad(t).find("internal/app")
	var names []string
	p.inspect(func(n ast.Node) {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Name.Name != "timetable" {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			key, isName := pair.Key.(*ast.Ident)
			value, isText := pair.Value.(*ast.BasicLit)
			if isName && isText && key.Name == "Name" && value.Kind == token.STRING {
				names = append(names, docsUnquote(t, value.Value))
			}
			return true
		})
	})
	if len(names) == 0 {
		t.Fatal("internal/app has no function timetable with jobs")
	}
	return names
}

var docsMetric = regexp.MustCompile(`"(sunday_[a-z0-9_]+)"`)

// TestDocsMetrics holds the list of metrics to the names in the code.
func TestDocsMetrics(t *testing.T) {
	t.Parallel()
	var want []string
	for _, p := range archLoad(t).packages {
		p.inspect(func(n ast.Node) {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return
			}
			key, isName := pair.Key.(*ast.Ident)
			value, isText := pair.Value.(*ast.BasicLit)
			if isName && isText && key.Name == "Name" && docsMetric.MatchString(value.Value) {
				want = append(want, docsUnquote(t, value.Value))
			}
		})
	}
	if len(want) == 0 {
		t.Fatal("found no metric in the code")
	}
	docsSame(t, "metrics", want, docsFirstCells(docsSectionOf(t, docsRead(t, "docs/operations.md"), "Metrics")))
}

func docsUnquote(t *testing.T, literal string) string {
	t.Helper()
	text, err := strconv.Unquote(literal)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// docsAll lists every page of the project, by its path in the checkout.
func docsAll(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md"} {
		found, err := filepath.Glob(filepath.Join(docsRoot, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			rel, err := filepath.Rel(docsRoot, f)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, filepath.ToSlash(rel))
		}
	}
	if len(all) < 15 {
		t.Fatalf("found only the pages %v, which cannot be all", all)
	}
	return all
}

var docsLink = regexp.MustCompile(`(?:\]\(|src=")([^)"\s]+)[)"]`)

// TestDocsLinks follows every link from page to page, and every picture.
func TestDocsLinks(t *testing.T) {
	t.Parallel()
	for _, page := range docsAll(t) {
		for _, found := range docsLink.FindAllStringSubmatch(docsRead(t, page), -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			target, heading, _ := strings.Cut(found[1], "#")
			to := path.Join(path.Dir(page), target)
			if target == "" {
				to = page
			}
			if _, err := os.Stat(filepath.Join(docsRoot, filepath.FromSlash(to))); err != nil {
				t.Errorf("%s links to %s, which is not there", page, found[1])
				continue
			}
			if heading != "" && !slices.Contains(docsAnchors(t, to), heading) {
				t.Errorf("%s links to %s, and %s has no such heading", page, found[1], to)
			}
		}
	}
}

var docsNoAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)

// docsAnchors lists what a link may name after #: headings as code hosts turn them into anchors.
func docsAnchors(t *testing.T, page string) []string {
	t.Helper()
	var anchors []string
	for _, s := range docsSections(docsRead(t, page)) {
		plain := docsNoAnchor.ReplaceAllString(strings.ToLower(s.title), "")
		anchors = append(anchors, strings.ReplaceAll(plain, " ", "-"))
	}
	return anchors
}

var docsADR = regexp.MustCompile(`^(\d{4})-[a-z0-9-]+\.md$`)

// TestDocsADR: decisions are numbered without gaps, say what was decided and what was not, and stand in the list.
func TestDocsADR(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(filepath.Join(docsRoot, "docs", "adr"))
	if err != nil {
		t.Fatal(err)
	}
	list := docsRead(t, "docs/adr/README.md")
	number := 0
	for _, entry := range entries {
		if entry.Name() == "README.md" {
			continue
		}
		number++
		found := docsADR.FindStringSubmatch(entry.Name())
		if found == nil || found[1] != fmt.Sprintf("%04d", number) {
			t.Errorf("docs/adr/%s should be number %04d", entry.Name(), number)
		}
		text := docsRead(t, "docs/adr/"+entry.Name())
		for _, part := range []string{"# " + strconv.Itoa(number) + ". ", "**Rejected:**"} {
			if !strings.Contains(text, part) {
				t.Errorf("docs/adr/%s has no %q", entry.Name(), part)
			}
		}
		if !strings.Contains(list, "]("+entry.Name()+")") {
			t.Errorf("docs/adr/README.md does not list %s", entry.Name())
		}
	}
	if number == 0 {
		t.Error("docs/adr has no decision")
	}
}

// docsSemver is how the last elements of some import paths name a major version.
var docsSemver = regexp.MustCompile(`/v\d+$`)

// TestDocsLibraries: each library that the program imports is in the decision on libraries, and each named there
// is in go.mod.
func TestDocsLibraries(t *testing.T) {
	t.Parallel()
	named := docsFirstCells(docsRead(t, "docs/adr/0010-libraries.md"))
	module := docsRead(t, "go.mod")
	for _, name := range named {
		if !strings.Contains(module, "\t"+name+" v") {
			t.Errorf("docs/adr/0010-libraries.md names %s, which is not in go.mod", name)
		}
	}
	for _, p := range archLoad(t).packages {
		for _, imported := range p.imports {
			first, _, _ := strings.Cut(imported, "/")
			if !strings.Contains(first, ".") || docsCovers(named, imported) {
				continue
			}
			t.Errorf("%s imports %s, which docs/adr/0010-libraries.md does not name", p.path, docsSemver.ReplaceAllString(imported, ""))
		}
	}
}

func docsCovers(modules []string, imported string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return archWithin(imported, m) })
}
