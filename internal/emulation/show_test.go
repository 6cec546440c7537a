package emulation_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/emulation"
)

func TestLine_Margin(t *testing.T) {
	t.Parallel()
	points := int64(16_400)
	sample := emulation.Criterion{Needs: []string{emulation.MetricSatisfied}}
	for name, tc := range map[string]struct {
		line emulation.Line
		c    emulation.Criterion
		want int64
	}{
		// 1.96 * sqrt(0.82 * 0.18 / 200) of 20 points
		"a sample":      {emulation.Line{Max: 20_000, Auto: &points, Numerator: 164, Denominator: 200}, sample, 1_065},
		"all agree":     {emulation.Line{Max: 20_000, Auto: &points, Numerator: 200, Denominator: 200}, sample, 0},
		"no score":      {emulation.Line{Max: 20_000, Numerator: 0, Denominator: 20}, sample, 0},
		"nobody":        {emulation.Line{Max: 20_000, Auto: &points}, sample, 0},
		"a whole count": {emulation.Line{Max: 25_000, Auto: &points, Numerator: 3, Denominator: 4}, emulation.Criterion{Needs: []string{emulation.MetricHeld}}, 0},
	} {
		if got := tc.line.Margin(tc.c); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}
