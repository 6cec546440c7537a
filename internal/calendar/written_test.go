package calendar_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

func TestNoSuchDay(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"2026-02-30": true, "30/02/2026": true, "31. 4. 2026": true, "ngày 29 tháng 2 năm 2027": true, "0/1/2026": true,
		"29/2/2028": false, "2026-11-29": false, "11/29/2026": false, "30/2": false, "mai": false, "": false,
	} {
		if got := calendar.NoSuchDay(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}
