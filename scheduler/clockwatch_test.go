package scheduler_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/scheduler"
)

const sunday = int64(1_795_917_600_000)

func ms(d time.Duration) int64 { return d.Milliseconds() }

func TestStartClock(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		lastGood int64
		others   bool
		want     scheduler.ClockDoubt
	}{
		{"the first start ever", 0, false, ""},
		{"a second later", sunday - 1000, false, ""},
		{"a day later", sunday - ms(scheduler.ClockStale), false, ""},
		{"more than a day later", sunday - ms(scheduler.ClockStale) - 1, false, scheduler.ClockLater},
		{"a little earlier, as of another machine", sunday + ms(scheduler.ClockBack), false, ""},
		{"earlier", sunday + ms(scheduler.ClockBack) + 1, false, scheduler.ClockEarlier},
		{"off another worker", sunday - 1000, true, scheduler.ClockOthers},
		{"off another worker, the first good tick ever", 0, true, scheduler.ClockOthers},
	}
	for _, tt := range tests {
		w := scheduler.StartClock(scheduler.ClockTick{Wall: sunday}, tt.lastGood, tt.others)
		if w.Doubt() != tt.want {
			t.Errorf("%s: in doubt %q, want %q", tt.name, w.Doubt(), tt.want)
		}
		good := sunday
		if tt.want != "" && tt.lastGood != 0 {
			good = tt.lastGood
		}
		if w.Good().Wall != good {
			t.Errorf("%s: the last good tick is %d, want %d", tt.name, w.Good().Wall, good)
		}
	}
}

// TestClockWatch goes through lists of ticks: how far each clock goes on, and
// what is in doubt then.
func TestClockWatch(t *testing.T) {
	t.Parallel()
	const s, jump, slack = time.Second, scheduler.ClockJumped, scheduler.ClockSlack
	type step struct {
		wall, process time.Duration
		others        bool
		want          scheduler.ClockDoubt
	}
	tests := map[string][]step{
		"both go on":             {{s, s, false, ""}, {time.Hour, time.Hour, false, ""}},
		"just within the slack":  {{s + slack, s, false, ""}, {s - slack, s, false, ""}},
		"a jump ahead":           {{s + slack + 1*time.Millisecond, s, false, jump}, {s, s, false, jump}, {s, s, false, jump}, {s, s, false, ""}},
		"a jump back":            {{-time.Hour, s, false, jump}, {s, s, false, jump}, {s, s, false, jump}, {s, s, false, ""}},
		"a machine that slept":   {{8 * time.Hour, s, false, jump}, {s, s, false, jump}, {s, s, false, jump}, {s, s, false, ""}},
		"a jump while in doubt":  {{time.Hour, s, false, jump}, {s, s, false, jump}, {s, s, false, jump}, {-time.Hour, s, false, jump}, {s, s, false, jump}, {s, s, false, jump}, {s, s, false, ""}},
		"others stop no good":    {{s, s, true, ""}, {s, s, true, ""}},
		"others keep the doubt":  {{time.Hour, s, false, jump}, {s, s, false, jump}, {s, s, true, scheduler.ClockOthers}, {s, s, false, scheduler.ClockOthers}, {s, s, false, scheduler.ClockOthers}, {s, s, false, ""}},
		"slow drift is no jump ": {{s + slack, s, false, ""}, {s + slack, s, false, ""}, {s + slack, s, false, ""}},
	}
	for name, steps := range tests {
		at := scheduler.ClockTick{Wall: sunday}
		w := scheduler.StartClock(at, 0, false)
		good := at
		for i, st := range steps {
			at = scheduler.ClockTick{Wall: at.Wall + ms(st.wall), Process: at.Process + st.process}
			w = w.Tick(at, st.others)
			if st.want == "" {
				good = at
			}
			if w.Doubt() != st.want || w.Good() != good {
				t.Errorf("%s, tick %d: in doubt %q with the last good %v, want %q, %v", name, i+1, w.Doubt(), w.Good(), st.want, good)
			}
		}
	}
}

// TestClockWatch_Any: whatever the clocks do, a tick is good only after an
// agreeing one, a doubt ends only after three agreeing ticks, and always then.
func TestClockWatch_Any(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := scheduler.ClockTick{Wall: sunday}
		lastGood := sunday + rapid.Int64Range(-ms(60*time.Hour), ms(time.Hour)).Draw(t, "last good")
		w := scheduler.StartClock(at, lastGood, rapid.Bool().Draw(t, "others"))
		agreed := 0
		for range rapid.IntRange(1, 30).Draw(t, "ticks") {
			before := w
			process := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "process"))
			off := time.Duration(rapid.SampledFrom([]int64{0, 0, 0, 0, 119_000, -119_000, 121_000, -121_000, 1e9}).Draw(t, "off")) * time.Millisecond
			others := rapid.Bool().Draw(t, "others")
			at = scheduler.ClockTick{Wall: at.Wall + ms(process) + ms(off), Process: at.Process + process.Truncate(time.Millisecond)}
			w = w.Tick(at, others)

			agrees := off.Abs() <= scheduler.ClockSlack
			switch {
			case !agrees || before.Doubt() != "" && others:
				agreed = 0
			case before.Doubt() != "":
				agreed++
			}
			held := !agrees || before.Doubt() != "" && agreed < scheduler.ClockTicks
			if (w.Doubt() != "") != held {
				t.Fatalf("in doubt %q, want one: %v", w.Doubt(), held)
			}
			if held && w.Good() != before.Good() || !held && w.Good() != at {
				t.Fatalf("the last good tick is %v, held %v", w.Good(), held)
			}
			if !held {
				agreed = 0
			}
		}
	})
}
