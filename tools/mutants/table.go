package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
)

// tableFile names each mutant at its rule, with the seed that notices it.
const tableFile = "docs/messages.md"

// known is where the table says which seed notices a mutant.
func (m mutant) known() *regexp.Regexp {
	return regexp.MustCompile(`(?m)(^\| ` + m.rule + ` \|.*[|;] ` + regexp.QuoteMeta(m.name) + `)(?: \((\d+)\))?(;| \|)`)
}

// seedOf is the seed that a text says notices the mutant. Named is false where
// the text does not name it at its rule, the seed 0 where it names none.
func (m mutant) seedOf(table string) (seed uint64, named bool) {
	found := m.known().FindStringSubmatch(table)
	if found == nil {
		return 0, false
	}
	seed, err := strconv.ParseUint(found[2], 10, 64)
	return seed, err == nil || found[2] == ""
}

// noted is the text with the seed that notices the mutant.
func (m mutant) noted(table string, seed uint64) string {
	return m.known().ReplaceAllString(table, fmt.Sprintf("${1} (%d)${3}", seed))
}

// note writes the seeds that noticed into the table of the checkout.
func note(seeds map[string]uint64) error {
	text, err := os.ReadFile(tableFile)
	if err != nil {
		return err
	}
	table := string(text)
	for _, m := range mutants {
		if seed := seeds[m.id()]; seed != 0 {
			table = m.noted(table, seed)
		}
	}
	return os.WriteFile(tableFile, []byte(table), 0o600) //nolint:gosec // its name is a constant
}
