package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The tests are inside the package, as nothing can import a program.

func mustRead(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMutants: each can be laid into the program as it is now, and every rule
// has two.
func TestMutants(t *testing.T) {
	t.Parallel()
	rules := map[string]map[string]bool{}
	for _, m := range mutants {
		if _, err := arm(m.file, mustRead(t, m.file), []mutant{m}); err != nil {
			t.Errorf("the code moved under a mutant; write tools/mutants/mutants.go anew there: %v", err)
		}
		if rules[m.rule] == nil {
			rules[m.rule] = map[string]bool{}
		}
		rules[m.rule][m.name] = true
	}
	for n := range 12 {
		if rule := fmt.Sprintf("L%d", n+1); len(rules[rule]) < 2 {
			t.Errorf("%s has %d mutants, want two", rule, len(rules[rule]))
		}
	}
}

// TestMutants_Table: the table names each mutant at its rule, and no others, and
// a seed for two of each rule at least. Which are still without one it says.
func TestMutants_Table(t *testing.T) {
	t.Parallel()
	table := mustRead(t, tableFile)
	want, got := map[string]bool{}, map[string]bool{}
	seeds := map[string]map[string]bool{}
	for _, m := range mutants {
		want[m.id()] = true
		if seeds[m.rule] == nil {
			seeds[m.rule] = map[string]bool{}
		}
		if seed, _ := m.seedOf(table); seed != 0 {
			seeds[m.rule][m.name] = true
		} else {
			t.Logf("no seed is known to notice %q: look for one with go run ./tools/mutants -only %q -write", m.id(), m.name)
		}
	}
	for rule, some := range seeds {
		if len(some) < 2 {
			t.Errorf("%s has seeds for %d mutants at %s, want two", tableFile, len(some), rule)
		}
	}
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		if rule, is := strings.CutPrefix(cells[0], "| L"); is && len(cells) == 4 {
			for one := range strings.SplitSeq(strings.TrimSuffix(cells[3], " |\n"), "; ") {
				name, _, _ := strings.Cut(one, " (")
				got["L"+rule+" "+name] = true
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s names other mutants than there are (-mutants +table):\n%s", tableFile, diff)
	}
}

const sample = `package sample

// most is the most.
const most = 2

func plain(n int) int { return n + most }

func wide(to *int) {
	if *to > most {
		*to = 0
	}
}
`

// TestArm: what mutants change stands beside what it was, in bodies and values.
func TestArm(t *testing.T) {
	t.Parallel()
	got, err := arm("sample.go", sample, []mutant{
		{"L1", "one", "sample.go", "most = 2", "most = 3"},
		{"L1", "another", "sample.go", "most = 2", "most = 4"},
		{"L2", "less", "sample.go", "n + most", "n - most"},
		{"L3", "all", "sample.go", "*to > most", "true"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "sample.go", got, parser.AllErrors); err != nil {
		t.Fatalf("%v in:\n%s", err, got)
	}
	for _, want := range []string{
		`var most = armed.Pick("L1 another", 4, armed.Pick("L1 one", 3, 2))`,
		"if armed.Is(\"L2 less\") {\n//line L2 less:1\n return n - most \n//line sample.go:6\n}; return n + most }",
		"if true {\n\t\t*to = 0\n\t}\n\nreturn\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "const") {
		t.Errorf("the value is still a constant:\n%s", got)
	}
}

// TestArm_Moved: a mutant whose code is elsewhere, or there twice, is refused.
func TestArm_Moved(t *testing.T) {
	t.Parallel()
	for was, want := range map[string]string{
		"n * most": "stands 0 times", "most": "stands 5 times", "package sample": "not inside one function",
	} {
		_, err := arm("sample.go", sample, []mutant{{"L1", "gone", "sample.go", was, "0"}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "L1, gone") {
			t.Errorf("arm of %q: %v, want %s", was, err, want)
		}
	}
}

// TestTable: a seed is read from the mutant's own place, and written there.
func TestTable(t *testing.T) {
	t.Parallel()
	m := mutant{rule: "L1", name: "one goes"}
	table := "| L10 | says | tests | one goes (9) |\n| L1 | says | tests | none; one goes; one goes twice (4) |\n"
	if seed, named := m.seedOf(table); seed != 0 || !named {
		t.Errorf("seed %d, named %v, want none yet", seed, named)
	}
	table = m.noted(m.noted(table, 7), 12)
	if seed, named := m.seedOf(table); seed != 12 || !named {
		t.Errorf("seed %d, named %v in:\n%s", seed, named, table)
	}
	if !strings.Contains(table, "none; one goes (12); one goes twice (4)") || !strings.Contains(table, "one goes (9)") {
		t.Errorf("another place was written: %s", table)
	}
	if _, named := (mutant{rule: "L2", name: "one goes"}).seedOf(table); named {
		t.Error("a rule that is not there names it")
	}
}
