package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

// Dates as celebrated in Vietnam. In 1985, 2007 and 2030 the calendar of UTC+8
// has another day, in 1985 another month.
func TestTet(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]calendar.Date{
		1968: "1968-01-29", 1985: "1985-01-21", 2000: "2000-02-05", 2007: "2007-02-17", 2020: "2020-01-25",
		2021: "2021-02-12", 2022: "2022-02-01", 2023: "2023-01-22", 2024: "2024-02-10", 2025: "2025-01-29",
		2026: "2026-02-17", 2027: "2027-02-06", 2028: "2028-01-26", 2029: "2029-02-13", 2030: "2030-02-02",
	} {
		if got := calendar.Tet(year); got != want {
			t.Errorf("%d: got %s, want %s", year, got, want)
		}
	}
}

func TestTet_EveryYear(t *testing.T) {
	t.Parallel()
	for year := 1900; year <= 2199; year++ {
		tet := calendar.Tet(year)
		if tet.Year() != year {
			t.Errorf("%d: %q", year, tet)
		}
		found := false
		for i := range 40 { // Hung Kings, or the day off in its place
			d := tet.AddDays(65 + i)
			if day, month, _, leap := calendar.Lunar(d); day == 10 && month == 3 && !leap {
				found = calendar.IsHoliday(d)
			}
		}
		if !found {
			t.Errorf("%d: no Hung Kings' day", year)
		}
	}
}

func TestLunar(t *testing.T) {
	t.Parallel()
	type lunar struct {
		day, month, year int
		leap             bool
	}
	for d, want := range map[calendar.Date]lunar{
		"2024-04-18": {10, 3, 2024, false}, // Hung Kings
		"2025-04-07": {10, 3, 2025, false},
		"2023-03-22": {1, 2, 2023, true},
		"2020-05-23": {1, 4, 2020, true},
		"2025-07-25": {1, 6, 2025, true},
		"2025-08-23": {1, 7, 2025, false},
		"2026-02-16": {29, 12, 2025, false},
		"2025-12-20": {1, 11, 2025, false},
		"2026-01-01": {13, 11, 2025, false},
		"2026-09-25": {15, 8, 2026, false}, // mid-autumn
		"":           {},
		"nonsense":   {},
	} {
		var got lunar
		got.day, got.month, got.year, got.leap = calendar.Lunar(d)
		if got != want {
			t.Errorf("%s: got %v, want %v", d, got, want)
		}
	}
}

func TestLunar_DaysFollowEachOther(t *testing.T) {
	t.Parallel()
	first := calendar.Date("1900-01-31") // 1/1 Canh Ty
	rapid.Check(t, func(t *rapid.T) {
		d := first.AddDays(rapid.IntRange(0, 300*365).Draw(t, "days"))
		day, month, year, leap := calendar.Lunar(d)
		nextDay, nextMonth, nextYear, nextLeap := calendar.Lunar(d.AddDays(1))
		switch {
		case nextDay == day+1 && nextMonth == month && nextYear == year && nextLeap == leap && day < 30:
		case nextDay != 1 || day < 29:
			t.Fatalf("%s is day %d, the next %d", d, day, nextDay)
		case nextMonth == month && nextLeap && !leap && nextYear == year:
		case nextMonth == month%12+1 && !nextLeap && nextYear == year+month/12:
		default:
			t.Fatalf("%s: %d/%d/%d leap %v, then %d/%d leap %v", d, day, month, year, leap, nextMonth, nextYear, nextLeap)
		}
	})
}

func TestHolidays(t *testing.T) {
	t.Parallel()
	want := map[calendar.Date]bool{
		"2026-01-01": true,
		"2026-02-16": true, "2026-02-17": true, "2026-02-18": true, "2026-02-19": true, "2026-02-20": true,
		"2026-04-26": true, "2026-04-27": true, // Hung Kings on a Sunday, and the Monday in its place
		"2026-04-30": true, "2026-05-01": true, "2026-09-01": true, "2026-09-02": true,
	}
	for d := calendar.Date("2026-01-01"); d.Year() == 2026; d = d.AddDays(1) {
		if got := calendar.IsHoliday(d); got != want[d] {
			t.Errorf("%s: got %v", d, got)
		}
	}
	for d, holiday := range map[calendar.Date]bool{
		"2022-01-03": true, "2023-05-02": true, "2023-05-03": true, "2023-05-04": false, // 29 April to 1 May with 2 make-up days
		"2023-09-04": true, "2024-09-03": true, "2025-09-01": true, "2021-09-03": true,
		"": false, "x": false, "0001-01-01": false, "1899-01-01": false, "2199-01-01": true, "9999-12-31": false,
	} {
		if got := calendar.IsHoliday(d); got != holiday {
			t.Errorf("%s: got %v", d, got)
		}
	}
}

func TestAddWorkingDays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		from calendar.Date
		n    int
		want calendar.Date
	}{
		{"2026-10-02", 0, "2026-10-02"},
		{"2026-10-02", 1, "2026-10-05"}, // Friday to Monday
		{"2026-10-04", 10, "2026-10-16"},
		{"2026-02-13", 1, "2026-02-23"}, // over Tet
		{"2026-02-23", -1, "2026-02-13"},
		{"2025-12-31", 1, "2026-01-02"},
		{"2026-04-24", 2, "2026-04-29"},
		{"", 3, ""},
	} {
		if got := calendar.AddWorkingDays(tc.from, tc.n); got != tc.want {
			t.Errorf("%s + %d: got %s, want %s", tc.from, tc.n, got, tc.want)
		}
	}
}

// In 2025 offices closed from 27 January, and worked on 26 April instead of 2
// May: decisions that the law leaves to each year.
func TestWorkdays_Decisions(t *testing.T) {
	t.Parallel()
	w := calendar.Workdays{
		Off:  []calendar.Date{"2025-01-27", "2025-05-02"},
		Work: []calendar.Date{"2025-02-03", "2025-04-26"},
	}
	for d, want := range map[calendar.Date]bool{
		"2025-01-27": false, "2025-02-03": true, "2025-05-02": false, "2025-04-26": true, "2025-04-27": false,
	} {
		if got := w.IsWorking(d); got != want {
			t.Errorf("%s: got %v", d, got)
		}
	}
	if got := w.Add("2025-04-25", 2); got != "2025-04-28" {
		t.Errorf("got %s", got)
	}
}

func TestWorkdays_AddAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := calendar.Date("2020-01-02").AddDays(rapid.IntRange(0, 4000).Draw(t, "start"))
		n := rapid.IntRange(1, 60).Draw(t, "n")
		end := calendar.AddWorkingDays(start, n)
		var w calendar.Workdays
		count := 0
		for d := start.AddDays(1); d <= end; d = d.AddDays(1) {
			if w.IsWorking(d) {
				count++
			}
		}
		if count != n || !w.IsWorking(end) || end.Weekday() == time.Sunday {
			t.Fatalf("%s + %d = %s, %d working days", start, n, end, count)
		}
	})
}
