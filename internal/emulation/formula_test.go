package emulation_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/emulation"
)

var metrics = map[string]emulation.Metric{
	emulation.MetricHeld:      {Numerator: 3, Denominator: 4},
	emulation.MetricNotice:    {Numerator: 2, Denominator: 3},
	emulation.MetricSatisfied: {Numerator: 1, Denominator: 16},
}

func TestFormula_Share(t *testing.T) {
	t.Parallel()
	tests := []struct {
		formula string
		want    int64
	}{
		{"held", 750}, {"notice", 667}, {"satisfied", 63},
		{"held_num * 100", 300}, {"ratio(held_num, held_den)", 750}, {"ratio(held, 900)", 833},
		{"held > 700 ? 1000 : held", 1000}, {"held >= 900 and notice > 0 ? 1000 : notice", 667},
		{"held + notice", 1000}, {"held - 2000", 0}, {"-held", 0}, {"ratio(1, 0)", 0}, {"ratio(5, -1)", 0},
		{"not (held == 750) ? 0 : 12", 12},
	}
	for _, tt := range tests {
		f, err := emulation.CompileFormula(tt.formula)
		if err != nil {
			t.Errorf("%s: %v", tt.formula, err)
			continue
		}
		if got, err := f.Share(metrics); got != tt.want || err != nil {
			t.Errorf("%s is %d (%v), want %d", tt.formula, got, err, tt.want)
		}
	}
}

func TestCompileFormula_Refuses(t *testing.T) {
	t.Parallel()
	for _, formula := range []string{
		"", "held / 2", "held % 2", "held ** 2", "1.5", `"held"`, "[1, 2]", "1..1000000000", "{a: 1}", "nil",
		"unknown", "len([1])", "all([1], # > 0)", "held.x", "held[0]", "ratio(1)", "ratio(1, 2, 3)", "ratio", "ratio(held == 1, 2)",
		"held == 1", "now()", "let x = 1; x", "held in [1]", "$env", `held matches "a"`, "filter([1], true)", "held ?? 1",
		"held" + strings.Repeat(" + held", 79), strings.Repeat(" ", 501), strings.Repeat("(", 400),
	} {
		if _, err := emulation.CompileFormula(formula); !errors.Is(err, emulation.ErrFormula) {
			t.Errorf("%.40q: got %v, want ErrFormula", formula, err)
		}
	}
}

func FuzzFormula(f *testing.F) {
	for _, seed := range []string{"held", "ratio(held_num, held_den) - 1", "held > 1 ? notice : 0", "held / 0", "1..9", "((("} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		formula, err := emulation.CompileFormula(text)
		if err != nil {
			return
		}
		first, err := formula.Share(metrics)
		if err != nil || first < 0 || first > 1000 {
			t.Fatalf("%q is %d, %v", text, first, err)
		}
		if again, err := formula.Share(metrics); again != first || err != nil {
			t.Fatalf("%q is %d and then %d, %v", text, first, again, err)
		}
	})
}

func TestDefaultTable(t *testing.T) {
	t.Parallel()
	table := mustTable(t)
	var sum int64
	automatic := 0
	for _, g := range table.Groups {
		for _, c := range g.Criteria {
			for _, lang := range []string{"vi", "en", "pl"} {
				if c.Names[lang] == "" || g.Names[lang] == "" {
					t.Errorf("%s or its group has no name in %s", c.ID, lang)
				}
			}
			if g.ID != "bonus" && g.ID != "penalty" {
				sum += c.Max
			}
			if c.Formula != "" {
				automatic++
			}
		}
	}
	if sum != 100_000 || automatic != 3 || table.MinSample != 30 {
		t.Errorf("%d points, %d automatic figures, sample of %d; want 100000, 3, 30", sum, automatic, table.MinSample)
	}
	if later, err := emulation.DefaultTable(2031); err != nil || later.ID != "2031.1" || later.Year != 2031 {
		t.Errorf("for 2031 it is %s of %d (%v)", later.ID, later.Year, err)
	}
}

func TestParseTable_Refuses(t *testing.T) {
	t.Parallel()
	const head = `{"year":2026,"version":1,"groups":[{"id":"g","criteria":[`
	for name, data := range map[string]string{
		"no JSON":         `{`,
		"no criteria":     `{"year":2026,"version":1}`,
		"no year":         `{"version":1,"groups":[{"criteria":[{"id":"a","max":1}]}]}`,
		"id twice":        head + `{"id":"a","max":1},{"id":"a","max":1}]}]}`,
		"too many points": head + `{"id":"a","max":100001}]}]}`,
		"formula":         head + `{"id":"a","max":1,"formula":"held/2"}]}]}`,
		"unknown need":    head + `{"id":"a","max":1,"formula":"held","needs":["religion"]}]}]}`,
	} {
		if _, err := emulation.ParseTable([]byte(data)); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
}

func FuzzParseTable(f *testing.F) {
	f.Add([]byte(`{"year":2026,"version":1,"groups":[{"id":"g","criteria":[{"id":"a","max":1,"formula":"held"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := emulation.ParseTable(data)
		if err != nil {
			return
		}
		if _, err := emulation.Compute(table, year(), who, emulation.Period{Year: 2026}, cut); err != nil {
			t.Errorf("a table that was read cannot be computed: %v", err)
		}
	})
}

func TestParsePeriod(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]emulation.Period{"2026": {Year: 2026}, "2026-11": {Year: 2026, Month: 11}, "2000-01": {Year: 2000, Month: 1}} {
		if got, err := emulation.ParsePeriod(text); got != want || err != nil || got.String() != text {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "26", "1999", "2026-", "2026-1", "2026-13", "2026-00", "2026/11", "+026", "2026-+1", "20 6"} {
		if _, err := emulation.ParsePeriod(text); !errors.Is(err, emulation.ErrPeriod) {
			t.Errorf("%q: got %v, want ErrPeriod", text, err)
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	f.Add("2026-11")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := emulation.ParsePeriod(text); err == nil && p.String() != text {
			t.Errorf("%q is %q", text, p)
		}
	})
}
