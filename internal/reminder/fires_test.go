package reminder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
)

func TestFires(t *testing.T) {
	t.Parallel()
	const warsaw, saigon = "Europe/Warsaw", "Asia/Ho_Chi_Minh"
	after, news := []reminder.Audience{reminder.Attended}, []reminder.Audience{reminder.News}
	cases := map[string]struct {
		rule        reminder.Rule
		start       calendar.Local
		zone        string
		wish, until string // UTC
		reading     calendar.Reading
	}{
		"hours before": {reminder.Rule{MinutesBefore: 120, LateMinutes: 60}, "2026-11-29T07:00", saigon,
			"2026-11-28T22:00", "2026-11-28T23:00", calendar.Plain},
		"evening before": {reminder.Rule{DaysBefore: 1, At: "19:00", LateMinutes: 120}, "2026-11-29T07:00", saigon,
			"2026-11-28T12:00", "2026-11-28T14:00", calendar.Plain},
		"useful to the start only": {reminder.Rule{MinutesBefore: 30, LateMinutes: 120}, "2026-11-29T07:00", saigon,
			"2026-11-28T23:30", "2026-11-29T00:00", calendar.Plain},
		"in a gap": {reminder.Rule{At: "02:30", LateMinutes: 10}, "2026-03-29T09:00", warsaw,
			"2026-03-29T01:30", "2026-03-29T01:40", calendar.Gap},
		"in an overlap": {reminder.Rule{At: "02:30", LateMinutes: 10}, "2026-10-25T09:00", warsaw,
			"2026-10-25T00:30", "2026-10-25T00:40", calendar.Overlap},
		"over a change of clocks": {reminder.Rule{DaysBefore: 1, At: "19:00", LateMinutes: 10}, "2026-03-29T09:00", warsaw,
			"2026-03-28T18:00", "2026-03-28T18:10", calendar.Plain},
		"two hours after the end": {reminder.Rule{MinutesAfter: 120, Audience: after, LateMinutes: 60}, "2026-11-29T07:00", saigon,
			"2026-11-29T05:00", "2026-11-29T06:00", calendar.Plain},
		"the evening after": {reminder.Rule{DaysAfter: 1, At: "19:00", Audience: after, LateMinutes: 60}, "2026-11-29T07:00", saigon,
			"2026-11-30T12:00", "2026-11-30T13:00", calendar.Plain},
		"afterwards, not before the end": {reminder.Rule{At: "08:00", Audience: after, LateMinutes: 60}, "2026-11-29T07:00", saigon,
			"2026-11-29T03:00", "2026-11-29T04:00", calendar.Plain},
		"afterwards in a gap": {reminder.Rule{DaysAfter: 1, At: "02:30", Audience: after, LateMinutes: 10}, "2026-03-28T09:00", warsaw,
			"2026-03-29T01:30", "2026-03-29T01:40", calendar.Gap},
		"announced a week before": {reminder.Rule{DaysBefore: 7, At: "18:00", Audience: news, LateMinutes: 60}, "2026-11-29T07:00", saigon,
			"2026-11-22T11:00", "2026-11-22T12:00", calendar.Plain},
		"announced when it is published": {reminder.Rule{DaysBefore: 7, At: "18:00", Audience: news, LateMinutes: 60}, "1970-01-04T07:00", saigon,
			"1970-01-01T00:16", "1970-01-01T01:16", calendar.Plain},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start, _, err := calendar.Resolve(c.start, c.zone, calendar.Reject)
			if err != nil {
				t.Fatal(err)
			}
			wish, until, reading := reminder.Fires(c.rule, reminder.Times{
				Start: start, LocalStart: c.start, Zone: c.zone, Published: 1_000_000,
				End: start.Add(3 * time.Hour), LocalEnd: calendar.LocalOf(start.Add(3*time.Hour), c.zone),
			})
			got := []string{string(calendar.LocalOf(wish, "UTC")), string(calendar.LocalOf(until, "UTC"))}
			if got[0] != c.wish || got[1] != c.until || reading != c.reading {
				t.Errorf("fires %v (%v), want %s to %s (%v)", got, reading, c.wish, c.until, c.reading)
			}
		})
	}
}

func TestFires_AfterTheStartNever(t *testing.T) {
	t.Parallel()
	rule := reminder.Rule{At: "19:00", LateMinutes: 60}
	wish, until, _ := reminder.Fires(rule, reminder.Times{Start: 1000, LocalStart: "1970-01-01T00:00", Zone: "UTC"})
	if until >= wish {
		t.Errorf("useful from %d to %d, after the start", wish, until)
	}
}

func TestInput_Check(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		in   reminder.Input
		want string
	}{
		"default":     {reminder.Default(), ""},
		"neither":     {reminder.Input{}, "at=reminder.one_of"},
		"both":        {reminder.Input{MinutesBefore: 5, At: "19:00"}, "at=reminder.one_of"},
		"clock":       {reminder.Input{At: "25:00"}, "at=calendar.clock"},
		"too early":   {reminder.Input{MinutesBefore: 43_201}, "minutes_before=number.range"},
		"days":        {reminder.Input{At: "19:00", DaysBefore: 31}, "days_before=number.range"},
		"late":        {reminder.Input{At: "19:00", LateMinutes: 1441}, "late_minutes=number.range"},
		"unknown":     {reminder.Input{At: "19:00", OnUnknown: "shout"}, "on_unknown=reminder.on_unknown"},
		"the channel": {reminder.Input{At: "19:00", Channels: []string{"pigeon"}}, "channels.0=reminder.channel"},
		"all of it":   {reminder.Input{MinutesAfter: 5, Audience: []reminder.Audience{"attended", "not_recorded"}}, ""},
		"a stranger":  {reminder.Input{At: "19:00", Audience: []reminder.Audience{"everybody"}}, "audience.0=reminder.audience"},
		"twice":       {reminder.Input{At: "19:00", Audience: []reminder.Audience{"news", "news"}}, "audience.1=reminder.audience"},
		"mixed":       {reminder.Input{At: "19:00", Audience: []reminder.Audience{"registered", "news"}}, "audience=reminder.phase"},
		"too soon":    {reminder.Input{MinutesBefore: 5, Audience: []reminder.Audience{"attended"}}, "at=reminder.phase"},
		"too late":    {reminder.Input{MinutesAfter: 5}, "at=reminder.phase"},
		"both days":   {reminder.Input{At: "19:00", DaysBefore: 1, DaysAfter: 1, Overrides: "x"}, "at=reminder.one_of"},
		"off":         {reminder.Input{At: "19:00", Off: true}, "off=reminder.off"},
		"taken over":  {reminder.Input{Overrides: "x", Off: true}, ""},
		"type":        {reminder.Input{At: "19:00", Type: "party"}, "type=event.type"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.in.Check()
			if c.want == "" {
				if err != nil {
					t.Errorf("Check = %v", err)
				}
				return
			}
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "("+c.want+")") {
				t.Errorf("Check = %v, want %s alone", err, c.want)
			}
		})
	}
}
