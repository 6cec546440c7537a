package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMutants_Documented: docs/messages.md names each mutant at its rule.
func TestMutants_Documented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "messages.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if rule, rest, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | "); ok {
			lines[rule] = rest
		}
	}
	for _, m := range mutants {
		if !strings.Contains(lines[m.rule], m.name) {
			t.Errorf("docs/messages.md does not name the mutant %q at %s", m.name, m.rule)
		}
	}
}

// TestMutants: each can be applied to the program as it is now, and every rule
// has two. It is inside the package, as nothing can import a program.
func TestMutants(t *testing.T) {
	t.Parallel()
	rules := map[string]int{}
	for _, m := range mutants {
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(m.file)))
		if err != nil {
			t.Errorf("%s, %s: %v", m.rule, m.name, err)
			continue
		}
		if _, err := m.apply(string(text)); err != nil {
			t.Errorf("%s, %s: %v", m.rule, m.name, err)
		}
		rules[m.rule]++
	}
	for _, rule := range []string{"L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9", "L10", "L11", "L12"} {
		if rules[rule] < 2 {
			t.Errorf("%s has %d mutants, want two", rule, rules[rule])
		}
	}
}
