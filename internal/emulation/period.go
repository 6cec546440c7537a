package emulation

import (
	"fmt"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
)

// ErrPeriod: a period is a year "2026" or a month "2026-11".
var ErrPeriod = fault.New(fault.Invalid, "scorecard.period")

// Period is a year, or a month of it.
type Period struct {
	Year int
	// Month is 1 to 12, 0 for the whole year.
	Month int
}

// ParsePeriod reads "2026" or "2026-11" and nothing else (years 2000 to 9999).
func ParsePeriod(s string) (Period, error) {
	if len(s) != len("2026") && len(s) != len("2026-11") {
		return Period{}, ErrPeriod
	}
	year, err := strconv.Atoi(s[:4])
	if err != nil || year < 2000 {
		return Period{}, ErrPeriod
	}
	p := Period{Year: year}
	if len(s) > 4 {
		p.Month, err = strconv.Atoi(s[5:])
		if err != nil || p.Month < 1 || p.Month > 12 {
			return Period{}, ErrPeriod
		}
	}
	if p.String() != s {
		return Period{}, ErrPeriod
	}
	return p, nil
}

// String is the form that ParsePeriod reads.
func (p Period) String() string {
	if p.Month == 0 {
		return fmt.Sprintf("%04d", p.Year)
	}
	return fmt.Sprintf("%04d-%02d", p.Year, p.Month)
}

// has reports whether what a fact tells of falls into the period.
func (p Period) has(f Fact) bool {
	return f.Year == p.Year && (p.Month == 0 || f.Month == p.Month)
}

// CardID is the id of a unit's card for a period.
func CardID(unit string, p Period) string { return id.Hash("card", unit, p.String()) }
