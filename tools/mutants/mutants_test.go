package main

import (
	"os"
	"path/filepath"
	"testing"
)

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
