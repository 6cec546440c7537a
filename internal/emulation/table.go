package emulation

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

//go:embed tables/2026.1.json
var tables embed.FS

// defaultTable is the newest suggested table; its weights are a proposal that
// follows the criteria of DOMAIN.md section 2, not a law.
const defaultTable = "tables/2026.1.json"

// DefaultTable gives the suggested table for a year, as its version 1.
func DefaultTable(year int) (Table, error) {
	data, err := tables.ReadFile(defaultTable)
	if err != nil {
		return Table{}, fmt.Errorf("default score table: %w", err)
	}
	t, err := ParseTable(data)
	if err != nil {
		return Table{}, err
	}
	t.Year = year
	t.Version = 1
	t.ID = TableID(year, t.Version)
	return t, nil
}

// TableID is "YEAR.VERSION".
func TableID(year, version int) string {
	return strconv.Itoa(year) + "." + strconv.Itoa(version)
}

// ParseTable reads a table's JSON and checks it.
func ParseTable(data []byte) (Table, error) {
	var t Table
	if err := json.Unmarshal(data, &t); err != nil {
		return Table{}, ErrTable.Because(err)
	}
	t.Head = record.Head{ID: TableID(t.Year, t.Version)}
	return t, CheckTable(t)
}

// ErrTable: what was given is no score table.
var ErrTable = fault.New(fault.Invalid, "scorecard.table")

// CheckTable names everything that is wrong with a table: no criteria, an id
// that is missing or there twice, an unknown metric, a formula that cannot be
// compiled, points out of -100 to 100.
func CheckTable(t Table) error {
	var check fault.Check
	if t.Year < 2000 || t.Year > 9999 || t.Version < 1 {
		check.Add("year", "scorecard.table")
	}
	if t.MinSample < 0 || t.ReportDays < 0 || t.ReportDays > 366 {
		check.Add("min_sample", "scorecard.table")
	}
	seen := map[string]bool{}
	for _, c := range t.criteria() {
		checkCriterion(&check, c, seen[c.ID])
		seen[c.ID] = true
	}
	if len(seen) == 0 {
		check.Add("groups", "scorecard.table")
	}
	return check.Err()
}

func checkCriterion(check *fault.Check, c Criterion, twice bool) {
	const most = 100_000
	if c.ID == "" || twice || c.Max < -most || c.Max > most {
		check.Add("criteria."+c.ID, "scorecard.table")
	}
	for _, need := range c.Needs {
		if _, known := env(nil)[need]; !known {
			check.Add("criteria."+c.ID+".needs", "scorecard.formula")
		}
	}
	if c.Formula == "" {
		return
	}
	if _, err := CompileFormula(c.Formula); err != nil {
		check.Add("criteria."+c.ID+".formula", "scorecard.formula")
	}
}

func (t Table) criteria() []Criterion {
	var all []Criterion
	for _, g := range t.Groups {
		all = append(all, g.Criteria...)
	}
	return all
}

// Criterion finds a criterion by its id.
func (t Table) Criterion(id string) (Criterion, bool) {
	for _, c := range t.criteria() {
		if c.ID == id {
			return c, true
		}
	}
	return Criterion{}, false
}
