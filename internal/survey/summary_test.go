package survey_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/survey"
)

func TestSummarise(t *testing.T) {
	t.Parallel()
	p := func(n int) *int { return &n }
	share := func(n int64) *int64 { return &n }
	tests := []struct {
		name   string
		counts []int
		want   survey.Figure
	}{
		{"nothing to hide", []int{0, 3, 3, 5, 9}, survey.Figure{
			Answers: p(20), Satisfied: share(700), Mean: share(4000), Counts: [5]*int{p(0), p(3), p(3), p(5), p(9)},
		}},
		{"all the same", []int{0, 0, 0, 0, 12}, survey.Figure{
			Answers: p(12), Satisfied: share(1000), Mean: share(5000), Counts: [5]*int{p(0), p(0), p(0), p(0), p(12)},
		}},
		// Two among six unsatisfied people: the side is hidden but for its total,
		// and the mean with it, as it would tell the levels apart.
		{"a pair among six", []int{0, 2, 4, 5, 9}, survey.Figure{
			Answers: p(20), Satisfied: share(700), Counts: [5]*int{nil, nil, nil, p(5), p(9)},
		}},
		// One unsatisfied person: neither the share nor any level is shown.
		{"one alone", []int{0, 0, 1, 5, 6}, survey.Figure{
			Answers: p(12), Counts: [5]*int{},
		}},
		{"rounded half up", []int{0, 0, 5, 0, 11}, survey.Figure{
			Answers: p(16), Satisfied: share(688), Mean: share(4375), Counts: [5]*int{p(0), p(0), p(5), p(0), p(11)},
		}},
		{"too few for this item", []int{0, 0, 0, 4, 5}, survey.Figure{}},
	}
	for _, tt := range tests {
		got, shown := survey.Summarise(survey.Histogram{Answers: 20, Counts: [][]int{tt.counts}})
		if !shown {
			t.Fatalf("%s: 20 answers are not shown", tt.name)
		}
		if diff := cmp.Diff([]survey.Figure{tt.want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestSummarise_FewAnswers(t *testing.T) {
	t.Parallel()
	for n := range survey.MinShown + 1 {
		figures, shown := survey.Summarise(survey.Histogram{Answers: n, Counts: [][]int{{0, 0, 0, 0, n}}})
		if want := n == survey.MinShown; shown != want || (figures != nil) != want {
			t.Errorf("%d answers: shown is %v with %d figures", n, shown, len(figures))
		}
	}
}

// TestSummarise_NothingCanBeReckoned looks at every result of 10 to 15 answers
// as one who knows the rules of hiding would: among all results that look the
// same, no count of one or two people may be the same in all of them.
func TestSummarise_NothingCanBeReckoned(t *testing.T) {
	t.Parallel()
	for n := survey.MinShown; n <= 15; n++ {
		alike := map[string][][5]int{}
		everyResult(n, func(c [5]int) {
			look := looks(c)
			alike[look] = append(alike[look], c)
		})
		for look, results := range alike {
			for level := range 5 {
				first := results[0][level]
				if first != 1 && first != 2 {
					continue
				}
				if same(results, level) {
					t.Errorf("%s: level %d can only be %d, as in %v", look, level+1, first, results[0])
				}
			}
		}
	}
}

// TestSummarise_Large draws results that are too many to be tried one by one:
// a small count is never shown, and never hidden alone.
func TestSummarise_Large(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 40), 5, 5).Draw(t, "counts")
		figures, shown := survey.Summarise(survey.Histogram{Answers: 200, Counts: [][]int{counts}})
		if !shown {
			t.Fatal("200 answers are not shown")
		}
		hidden, sum := 0, 0
		for i, c := range figures[0].Counts {
			switch {
			case c == nil:
				hidden++
				sum += counts[i]
			case *c != counts[i] || *c == 1 || *c == 2:
				t.Fatalf("level %d shows %d of %v", i+1, *c, counts)
			}
		}
		if figures[0].Answers != nil && hidden > 0 && (hidden == 1 || sum < 3 || figures[0].Mean != nil) {
			t.Fatalf("%v hides %d levels of %d people", counts, hidden, sum)
		}
	})
}

func TestCount(t *testing.T) {
	t.Parallel()
	answers := []survey.Answer{
		{Levels: []int{5, 0}}, {Levels: []int{5, 3}}, {Levels: []int{1}}, {Levels: []int{9, -1}},
	}
	want := survey.Histogram{Answers: 4, Counts: [][]int{{1, 0, 0, 0, 2}, {0, 0, 1, 0, 0}}}
	if diff := cmp.Diff(want, survey.Count(2, answers)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func looks(c [5]int) string {
	figures, _ := survey.Summarise(survey.Histogram{Answers: 20, Counts: [][]int{c[:]}})
	f := figures[0]
	s := "satisfied " + opt(f.Satisfied) + ", mean " + opt(f.Mean) + ", of " + opt(f.Answers) + ":"
	for _, n := range f.Counts {
		s += " " + opt(n)
	}
	return s
}

func opt[N any](n *N) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}

func same(results [][5]int, level int) bool {
	for _, r := range results {
		if r[level] != results[0][level] {
			return false
		}
	}
	return true
}

func everyResult(n int, do func([5]int)) {
	for a := range n + 1 {
		for b := range n + 1 - a {
			for c := range n + 1 - a - b {
				for d := range n + 1 - a - b - c {
					do([5]int{a, b, c, d, n - a - b - c - d})
				}
			}
		}
	}
}
