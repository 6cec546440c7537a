package exchange_test

import (
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/exchange"
	"github.com/sunday-with-the-people/sunday/internal/table"
)

func TestDay(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2026, 11, 1, 0, 0, 0, 0, zone).UnixMilli()
	for _, s := range []string{"2026-11-01", "2026/11/1", "1/11/2026", "01-11-2026", "1.11.2026", "1/11/2026 08:30", "2026-11-01T07:00:00+07:00", "ngày 1 tháng 11 năm 2026", "1 tháng 11, năm 2026", "Ngày 01 tháng 11 năm 2026.", "ngày 1/11/2026", "1.11.2026 r.", "1.11.2026r.", "01 / 11 / 2026"} {
		if got, err := exchange.Day(table.Cell{Text: s}, false, zone); err != nil || int64(got) != want {
			t.Errorf("%q: got %d, %v, want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"", "x", "31/2/2026", "11/13/2026", "1/11/26", "1/11/1899", "0/1/2026", "46327", "2026-11-01x"} {
		if got, err := exchange.Day(table.Cell{Text: s}, false, zone); err == nil {
			t.Errorf("%q: got %d", s, got)
		}
	}
	for digits, from1904 := range map[string]bool{"46327": false, "46327.75": false, "44865": true} {
		if got, err := exchange.Day(table.Cell{Text: digits, Number: true}, from1904, zone); err != nil || int64(got) != want {
			t.Errorf("%s: got %d, %v, want %d", digits, got, err, want)
		}
	}
	for _, digits := range []string{"1", "2026", "20261101", "-5"} {
		if got, err := exchange.Day(table.Cell{Text: digits, Number: true}, false, zone); err == nil {
			t.Errorf("%s: got %d", digits, got)
		}
	}
}

// FuzzDay: what is taken for a day is one of this century, at its start.
func FuzzDay(f *testing.F) {
	for _, s := range []string{"2026-11-01", "1/11/2026 08:30", "ngày 1 tháng 11 năm 2026", "46327.5"} {
		f.Add(s, false, false)
		f.Add(s, true, true)
	}
	f.Fuzz(func(t *testing.T, s string, number, from1904 bool) {
		at, err := exchange.Day(table.Cell{Text: s, Number: number}, from1904, time.UTC)
		if err != nil {
			return
		}
		if day := at.Time(); day.Year() < 2000 || day.Year() > 2099 || !day.Equal(day.Truncate(24*time.Hour)) {
			t.Errorf("%q is taken for %v", s, day)
		}
	})
}
