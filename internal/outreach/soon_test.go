package outreach_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
)

// The confirmation carries the reminders that came too late, from however many
// days before the event they were: days are those of the clocks on the wall.
func TestWriter_ConfirmationSaysInHowManyDays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.writer()
	f, p := scene()
	for _, tt := range []struct {
		before     time.Duration
		vi, en, pl string
	}{
		{time.Hour, "hôm nay", "is today", "jest dzisiaj"},
		{8 * time.Hour, "ngày mai", "is tomorrow", "jest jutro"}, // 23:00 of the day before
		{31 * time.Hour, "ngày mai", "is tomorrow", "jest jutro"},
		{32 * time.Hour, "Còn 2 ngày nữa", "in 2 days", "za 2 dni"},
		{7 * 24 * time.Hour, "Còn 7 ngày nữa", "in 7 days", "za 7 dni"},
		{22 * 24 * time.Hour, "Còn 22 ngày nữa", "in 22 days", "za 22 dni"},
		{-24 * time.Hour, "", "", ""},
	} {
		for locale, want := range map[string]string{"vi": tt.vi, "en": tt.en, "pl": tt.pl} {
			p.Resident.Locale = locale
			row, links := rowAndLinks(w, f, p, outreach.RuleConfirmation)
			m, err := w.Write(b.ctx, f, p, row, links, millis(before(tt.before)))
			b.must(err)
			line := ""
			for text := range strings.SplitSeq(m.Text.String(), "\n") {
				if name, value, ok := strings.Cut(text, ": "); ok && strings.Contains("Nhắc bạn Reminder Przypomnienie", name) {
					line = value
				}
			}
			if !strings.Contains(line, want) || (want == "") != (line == "") {
				t.Errorf("%s, %s before: %q, want %q", locale, tt.before, line, want)
			}
		}
	}
}
