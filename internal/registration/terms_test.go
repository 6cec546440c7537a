package registration_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

const dalat = "Asia/Ho_Chi_Minh"

// when reads a wall time there; the empty one is none.
func when(t testing.TB, local, zone string) calendar.Instant {
	t.Helper()
	if local == "" {
		return 0
	}
	at, _, err := calendar.Resolve(calendar.Local(local), zone, calendar.Later)
	must(t, err)
	return at
}

func TestTermsAt(t *testing.T) {
	t.Parallel()
	const sunday7 = "2026-11-29T07:00"
	tests := map[string]struct {
		now, start, zone string
		as               registration.State
		until, next      string
	}{
		"by day":                         {"2026-11-27T14:00", sunday7, dalat, registration.Registered, "", ""},
		"the evening's first hour":       {"2026-11-27T20:59", sunday7, dalat, registration.Registered, "", ""},
		"in quiet hours":                 {"2026-11-27T21:00", sunday7, dalat, registration.Offered, "2026-11-28T11:00", "2026-11-28T07:00"},
		"after midnight":                 {"2026-11-28T00:30", sunday7, dalat, registration.Offered, "2026-11-28T11:00", "2026-11-28T07:00"},
		"the night's last minute":        {"2026-11-28T06:59", sunday7, dalat, registration.Offered, "2026-11-28T11:00", "2026-11-28T07:00"},
		"the morning":                    {"2026-11-28T07:00", sunday7, dalat, registration.Registered, "", ""},
		"12 hours before":                {"2026-11-28T19:00", sunday7, dalat, registration.Offered, "2026-11-28T21:00", ""},
		"the night before":               {"2026-11-28T22:00", sunday7, dalat, registration.Offered, "2026-11-29T06:00", ""},
		"just an hour to answer":         {"2026-11-29T05:00", sunday7, dalat, registration.Offered, "2026-11-29T06:00", ""},
		"too late":                       {"2026-11-29T05:01", sunday7, dalat, registration.Waitlisted, "", ""},
		"it has begun":                   {"2026-11-29T08:00", sunday7, dalat, registration.Waitlisted, "", ""},
		"a night before an evening":      {"2026-11-28T22:00", "2026-11-29T19:30", dalat, registration.Offered, "2026-11-29T11:00", "2026-11-29T07:00"},
		"late by day":                    {"2026-11-29T14:00", "2026-11-29T19:00", dalat, registration.Offered, "2026-11-29T16:00", ""},
		"late by day, to the last hour":  {"2026-11-29T16:30", "2026-11-29T19:00", dalat, registration.Offered, "2026-11-29T18:00", ""},
		"a night with 13 hours":          {"2026-11-28T21:30", "2026-11-29T10:30", dalat, registration.Offered, "2026-11-29T09:30", ""},
		"the clocks go forward":          {"2026-03-28T23:00", "2026-03-30T09:00", "Europe/Warsaw", registration.Offered, "2026-03-29T11:00", "2026-03-29T07:00"},
		"another zone's day":             {"2026-11-28T14:00", "2026-11-30T09:00", "Europe/Warsaw", registration.Registered, "", ""},
		"the last quiet minute and late": {"2026-11-29T06:59", "2026-11-29T18:00", dalat, registration.Offered, "2026-11-29T11:00", ""},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := when(t, c.now, c.zone)
			want := registration.Terms{Now: now, As: c.as, Until: when(t, c.until, c.zone), Next: when(t, c.next, c.zone)}
			if d := cmp.Diff(want, registration.TermsAt(now, when(t, c.start, c.zone), c.zone)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Whatever the time, an offer leaves an hour to answer, and an hour to get there.
func TestTermsAt_Bounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{dalat, "Europe/Warsaw", "America/New_York", "UTC"}).Draw(t, "zone")
		now := calendar.Instant(rapid.Int64Range(1_700_000_000_000, 1_900_000_000_000).Draw(t, "now"))
		start := now.Add(time.Duration(rapid.Int64Range(-5, 72*60).Draw(t, "minutes")) * time.Minute)
		got := registration.TermsAt(now, start, zone)
		switch got.As {
		case registration.Registered:
			if start.Sub(now) <= 12*time.Hour || got.Until != 0 || got.Next != 0 {
				t.Fatalf("given at once: %+v", got)
			}
		case registration.Offered:
			if got.Until.Sub(now) < time.Hour || start.Sub(got.Until) < time.Hour || got.Until.Sub(now) > 15*time.Hour {
				t.Fatalf("offered: %+v", got)
			}
		default:
			if got.Until != 0 || start.Sub(now) >= 2*time.Hour {
				t.Fatalf("nobody is asked %s before: %+v", start.Sub(now), got)
			}
		}
		if got.Next != 0 && (got.Next <= now || registration.TermsAt(got.Next, start, zone).As != registration.Registered) {
			t.Fatalf("the next terms give no more: %+v", got)
		}
	})
}
