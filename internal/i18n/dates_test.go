package i18n_test

import (
	"strings"
	"testing"
	"time"
)

func at(hour, minute int) time.Time {
	return time.Date(2026, time.November, 29, hour, minute, 0, 0, time.FixedZone("+07", 7*3600))
}

func TestPrinter_FormatDate(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	tests := []struct {
		lang string
		t    time.Time
		want string
	}{
		{"vi", at(7, 0), "Chủ nhật 29/11/2026, 7 giờ sáng"},
		{"vi", at(7, 5), "Chủ nhật 29/11/2026, 7 giờ 05 sáng"},
		{"vi", at(0, 30), "Chủ nhật 29/11/2026, 0 giờ 30"},
		{"vi", at(11, 30), "Chủ nhật 29/11/2026, 11 giờ 30 trưa"},
		{"vi", at(14, 0), "Chủ nhật 29/11/2026, 2 giờ chiều"},
		{"vi", at(19, 15), "Chủ nhật 29/11/2026, 7 giờ 15 tối"},
		{"vi", at(22, 0), "Chủ nhật 29/11/2026, 10 giờ đêm"},
		{"kpm", at(7, 0), "Chủ nhật 29/11/2026, 7 giờ sáng"},
		{"en", at(7, 0), "Sunday 29 November 2026, 7:00"},
		{"en", at(19, 5), "Sunday 29 November 2026, 19:05"},
		{"pl", at(7, 0), "niedziela, 29 listopada 2026, 7:00"},
	}
	for _, tt := range tests {
		if got := c.For(tt.lang).FormatDate(tt.t); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.lang, got, tt.want)
		}
	}
}

// Near its day nobody says the year.
func TestPrinter_Near(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	tests := []struct {
		lang string
		days int
		want string
	}{
		{"vi", 6, "Chủ nhật 29/11, 7 giờ sáng"}, {"en", 6, "Sunday 29 November, 7:00"}, {"pl", 6, "niedziela, 29 listopada, 7:00"},
		{"vi", -6, "Chủ nhật 29/11, 7 giờ sáng"}, {"vi", 200, "Chủ nhật 29/11/2026, 7 giờ sáng"},
	}
	for _, tt := range tests {
		if got := c.For(tt.lang).Near(at(7, 0).AddDate(0, 0, -tt.days)).FormatDate(at(7, 0)); got != tt.want {
			t.Errorf("%s, %d days before: got %q, want %q", tt.lang, tt.days, got, tt.want)
		}
	}
	want := "Chủ nhật 29/11, từ 7 giờ sáng đến 11 giờ trưa"
	if got := c.For("vi").Near(at(0, 0)).FormatRange(at(7, 0), at(11, 0)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPrinter_FormatRange(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	tests := []struct {
		lang       string
		start, end time.Time
		want       string
	}{
		{"vi", at(7, 0), at(11, 30), "Chủ nhật 29/11/2026, từ 7 giờ sáng đến 11 giờ 30 trưa"},
		{"en", at(7, 0), at(11, 30), "Sunday 29 November 2026, 7:00 to 11:30"},
		{"pl", at(7, 0), at(11, 30), "niedziela, 29 listopada 2026, od 7:00 do 11:30"},
		{"en", at(23, 0), at(24, 0), "Sunday 29 November 2026, 23:00 to Monday 30 November 2026, 0:00"},
	}
	for _, tt := range tests {
		if got := c.For(tt.lang).FormatRange(tt.start, tt.end); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.lang, got, tt.want)
		}
	}
}

func TestPrinter_FormatClock_EveryHourIsItsOwn(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	for _, lang := range c.Languages() {
		seen := map[string]int{}
		for hour := range 24 {
			got := c.For(lang).FormatClock(at(hour, 0))
			if other, twice := seen[got]; twice {
				t.Errorf("%s says %q at %d and at %d", lang, got, other, hour)
			}
			if strings.ContainsAny(got, "{}") {
				t.Errorf("%s leaves a place in %q", lang, got)
			}
			seen[got] = hour
		}
	}
}

func TestCatalogue_Negotiate(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	tests := []struct{ accept, explicit, want string }{
		{"", "", "vi"},
		{"pl,en;q=0.8", "", "pl"},
		{"de-DE,de;q=0.9,en;q=0.5", "", "en"},
		{"en;q=0.1,pl;q=0.9", "", "pl"},
		{"en", "pl", "pl"},
		{"en", "tlh", "en"},
		{"kpm", "", "vi"},
		{"en;q=nonsense", "", "vi"},
		{strings.Repeat("en,", 1000), "", "vi"},
		{"en", strings.Repeat("a-", 1000), "en"},
	}
	for _, tt := range tests {
		if got := c.Negotiate(tt.accept, tt.explicit); got != tt.want {
			t.Errorf("Negotiate(%.20q, %.20q) is %s, want %s", tt.accept, tt.explicit, got, tt.want)
		}
	}
}

func FuzzNegotiate(f *testing.F) {
	c := mustOpen(f)
	f.Add("pl,en;q=0.8", "")
	f.Add("*;q=0", "en-")
	f.Fuzz(func(t *testing.T, accept, explicit string) {
		got := c.Negotiate(accept, explicit)
		if got != "vi" && got != "en" && got != "pl" {
			t.Errorf("Negotiate(%q, %q) is %q", accept, explicit, got)
		}
	})
}
