package calendar_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

var zones = []string{
	"Asia/Ho_Chi_Minh", "Europe/Warsaw", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia",
	"America/New_York", "Africa/Casablanca", "Antarctica/Troll", "Asia/Kathmandu", "UTC",
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		local   calendar.Local
		zone    string
		earlier string
		later   string
		reading calendar.Reading
	}{
		{"2026-10-11T07:30", "Asia/Ho_Chi_Minh", "2026-10-11T00:30:00Z", "2026-10-11T00:30:00Z", calendar.Plain},
		{"2026-03-29T02:30", "Europe/Warsaw", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", calendar.Gap},
		{"2026-03-29T03:00", "Europe/Warsaw", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", calendar.Plain},
		{"2026-03-29T01:59", "Europe/Warsaw", "2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z", calendar.Plain},
		{"2026-10-25T02:30", "Europe/Warsaw", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", calendar.Overlap},
		{"2026-10-25T03:00", "Europe/Warsaw", "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z", calendar.Plain},
		{"2026-03-08T00:30", "America/Havana", "2026-03-08T04:30:00Z", "2026-03-08T05:30:00Z", calendar.Gap},
		{"2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z", calendar.Overlap},
		{"2011-12-30T12:00", "Pacific/Apia", "2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z", calendar.Gap}, // a day that was not
		{"2011-12-29T23:59", "Pacific/Apia", "2011-12-30T09:59:00Z", "2011-12-30T09:59:00Z", calendar.Plain},
	} {
		for policy, want := range map[calendar.Policy]string{calendar.Earlier: tc.earlier, calendar.Later: tc.later} {
			got, reading, err := calendar.Resolve(tc.local, tc.zone, policy)
			if err != nil || reading != tc.reading || got.Time().Format(time.RFC3339) != want {
				t.Errorf("%s %s: got %s %s %v, want %s %s", tc.local, tc.zone, got.Time().Format(time.RFC3339), reading, err, want, tc.reading)
			}
		}
		_, reading, err := calendar.Resolve(tc.local, tc.zone, calendar.Reject)
		want := map[calendar.Reading]error{calendar.Gap: calendar.ErrGap, calendar.Overlap: calendar.ErrOverlap}[tc.reading]
		if !errors.Is(err, want) || reading != tc.reading {
			t.Errorf("%s %s: rejected with %v, want %v", tc.local, tc.zone, err, want)
		}
	}
}

func TestResolve_Refuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		local calendar.Local
		zone  string
		want  error
	}{
		{"2026-10-11T07:30", "Asia/Hochiminh", calendar.ErrZone},
		{"2026-10-11T07:30", "", calendar.ErrZone},
		{"2026-10-11T07:30", "Local", calendar.ErrZone},
		{"2026-10-11T07:30", "../../etc/passwd", calendar.ErrZone},
		{"2026-02-30T07:30", "UTC", calendar.ErrLocal},
		{"", "UTC", calendar.ErrLocal},
	} {
		_, _, err := calendar.Resolve(tc.local, tc.zone, calendar.Earlier)
		if !errors.Is(err, tc.want) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q %q: got %v, want %v", tc.local, tc.zone, err, tc.want)
		}
	}
	if calendar.CheckZone("Asia/Ho_Chi_Minh") != nil || calendar.CheckZone("Nowhere") == nil {
		t.Error("CheckZone")
	}
}

// Whatever a clock shows, reading it gives back the moment, or one of the two.
func TestResolve_Inverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		minutes := rapid.Int64Range(-10*365*24*60, 80*365*24*60).Draw(t, "minutes")
		moment := calendar.Instant(minutes * 60_000)
		local := calendar.LocalOf(moment, zone)
		if _, offset := calendar.InZone(moment, zone).Zone(); offset%60 != 0 {
			return // an offset with seconds: the wall time is cut
		}
		early, reading, err := calendar.Resolve(local, zone, calendar.Earlier)
		if err != nil {
			t.Fatal(err)
		}
		late, _, err := calendar.Resolve(local, zone, calendar.Later)
		if err != nil {
			t.Fatal(err)
		}
		if (early != moment && late != moment) || (reading == calendar.Plain) != (early == late) || reading == calendar.Gap {
			t.Fatalf("%s %s: %d read as %d, %d (%s)", local, zone, moment, early, late, reading)
		}
	})
}

func TestInZone(t *testing.T) {
	t.Parallel()
	i := calendar.FromTime(time.Date(2026, 10, 10, 17, 30, 0, 999_999, time.UTC))
	if got := calendar.DateOf(i, "Asia/Ho_Chi_Minh"); got != "2026-10-11" {
		t.Errorf("date %s", got)
	}
	if got := calendar.LocalOf(i, "Asia/Ho_Chi_Minh"); got != "2026-10-11T00:30" {
		t.Errorf("local %s", got)
	}
	if got := calendar.LocalOf(i, "Nowhere"); got != "2026-10-10T17:30" {
		t.Errorf("unknown zone: %s", got)
	}
	later := i.Add(90 * time.Second)
	if later.Sub(i) != 90*time.Second || later.Time().Sub(i.Time()) != 90*time.Second {
		t.Error("Add and Sub disagree")
	}
}
