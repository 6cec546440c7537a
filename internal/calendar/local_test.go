package calendar_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

func TestParse_Refuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "2026-10-11", "2026-10-11T7:30", "2026-10-11 07:30", "2026-10-11T07:30Z", "2026-10-11T24:00", "2026-02-29T00:00",
		"2026-10-11T07:30:00", "0000-01-01T00:00", "-001-01-01T00:00", "2026-13-01T00:00", "2026-10-11T07:30\n", "２026-10-11T07:30",
	} {
		if got, err := calendar.ParseLocal(s); !errors.Is(err, calendar.ErrLocal) || got != "" {
			t.Errorf("ParseLocal(%q) = %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "2026-2-1", "2025-02-29", "2026-10-11T07:30", "0000-01-01", "2026/10/11"} {
		if _, err := calendar.ParseDate(s); !errors.Is(err, calendar.ErrDate) {
			t.Errorf("ParseDate(%q): %v", s, err)
		}
	}
	for _, s := range []string{"", "7:30", "24:00", "07:60", "07:30:00", "07.30"} {
		if _, err := calendar.ParseClock(s); !errors.Is(err, calendar.ErrClock) {
			t.Errorf("ParseClock(%q): %v", s, err)
		}
	}
	if got, err := calendar.ParseClock("18:05"); got != "18:05" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzParseLocal(f *testing.F) {
	f.Add("2026-10-11T07:30")
	f.Add("2024-02-29T23:59")
	f.Fuzz(func(t *testing.T, s string) {
		l, err := calendar.ParseLocal(s)
		if err != nil {
			if !errors.Is(err, calendar.ErrLocal) || l != "" {
				t.Fatalf("%q, %v", l, err)
			}
			return
		}
		if string(l) != s || l.Date().At(l.Clock()) != l || l.Add(0) != l {
			t.Errorf("%q does not come back", s)
		}
		for _, zone := range zones {
			if _, _, err := calendar.Resolve(l, zone, calendar.Later); err != nil {
				t.Errorf("%s in %s: %v", l, zone, err)
			}
		}
	})
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-10-11")
	f.Add("9999-12-31")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.ParseDate(s)
		if err != nil {
			return
		}
		if string(d) != s || d.AddDays(0) != d || len(d) != 10 {
			t.Errorf("%q does not come back", s)
		}
		if day, month, _, _ := calendar.Lunar(d); day < 1 || day > 30 || month < 1 || month > 12 {
			t.Errorf("%s is lunar %d/%d", d, day, month)
		}
	})
}

func FuzzParseClock(f *testing.F) {
	f.Add("07:30")
	f.Fuzz(func(t *testing.T, s string) {
		if clock, err := calendar.ParseClock(s); err == nil && calendar.Date("2026-10-11").At(clock).Clock() != s {
			t.Errorf("%q does not come back", s)
		}
	})
}

func TestDaysBefore(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		l     calendar.Local
		days  int
		clock string
		want  calendar.Local
	}{
		{"2026-10-11T07:30", 2, "18:00", "2026-10-09T18:00"},
		{"2026-03-01T07:30", 1, "08:00", "2026-02-28T08:00"},
		{"2026-10-11T07:30", 0, "06:00", "2026-10-11T06:00"},
		{"2026-10-11T07:30", 1, "25:00", ""},
		{"", 1, "08:00", ""},
		{"0001-01-01T00:00", 1, "08:00", ""},
	} {
		if got := calendar.DaysBefore(tc.l, tc.days, tc.clock); got != tc.want {
			t.Errorf("%s - %d at %s: got %q, want %q", tc.l, tc.days, tc.clock, got, tc.want)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	if got := calendar.Local("2026-10-11T07:30").Weekday(); got != time.Sunday {
		t.Errorf("weekday %s", got)
	}
	if got := calendar.Local("2026-10-11T23:30").Add(time.Hour); got != "2026-10-12T00:30" {
		t.Errorf("added %s", got)
	}
	if got := calendar.Date("9999-12-31").AddDays(1); got != "" {
		t.Errorf("after the last year: %q", got)
	}
	if calendar.Local("x").Clock() != "" || calendar.Local("x").Add(1) != "" || calendar.Date("x").DaysSince("2026-01-01") != 0 {
		t.Error("what is none has parts")
	}
	rapid.Check(t, func(t *rapid.T) {
		d := calendar.Date("2000-01-01").AddDays(rapid.IntRange(0, 40_000).Draw(t, "start"))
		n := rapid.IntRange(-4000, 4000).Draw(t, "n")
		moved := d.AddDays(n)
		if moved.DaysSince(d) != n || (moved > d) != (n > 0) || moved.Weekday() != time.Weekday(((int(d.Weekday())+n)%7+7)%7) {
			t.Fatalf("%s + %d = %s", d, n, moved)
		}
	})
}

func TestDate_NextSunday(t *testing.T) {
	t.Parallel()
	for d, want := range map[calendar.Date]calendar.Date{
		"2026-11-28": "2026-11-29", "2026-11-29": "2026-11-29", "2026-11-30": "2026-12-06", "2026-02-30": "", "": "",
	} {
		if got := d.NextSunday(); got != want {
			t.Errorf("after %q: %q, want %q", d, got, want)
		}
	}
	if got := calendar.Date("2026-11-28").Month(); got != time.November {
		t.Errorf("month %v", got)
	}
	if got := calendar.Date("x").Month(); got != 0 {
		t.Errorf("month %v of none", got)
	}
}
