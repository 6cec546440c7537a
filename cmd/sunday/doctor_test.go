package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestRun_Doctor: the page names what it is of, counts its verdicts, and fits on
// paper.
func TestRun_Doctor(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	environ := []string{"SUNDAY_DATA=" + dir}
	page := func(lang, bad, lookedAt string) string {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := run(t.Context(), []string{"doctor", "--clock", "none", "--lang", lang}, environ, &out, &errOut); code != 1 || !strings.Contains(errOut.String(), bad) {
			t.Errorf("exit code %d: %s", code, errOut.String())
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 && !strings.HasPrefix(line, lookedAt) {
				t.Errorf("%d columns: %s", n, line)
			}
		}
		return out.String()
	}
	english := []string{"Looked at: SQLite in " + dir, "mails from: no SUNDAY_MAIL_FROM", "bad      store", "unknown  indexes, holds, worker", "  2 bad ", "Read and seen to by"}
	vietnamese := []string{"Đã xem: SQLite trong " + dir, "hỏng     Cơ sở dữ liệu", "chưa rõ  Bên trong dữ liệu", "  2 hỏng     sai, phải sửa", "Người đọc và xử lý"}
	polish := []string{"Zbadano: SQLite w " + dir, "źle      Baza danych", "nieznane Wnętrze bazy", "  2 źle      błąd, trzeba naprawić", "Przeczytane i załatwione"}
	for _, tt := range []struct {
		lang, bad string
		wants     []string
	}{{"en", "things are bad", english}, {"vi", "mục bị hỏng", vietnamese}, {"pl", "złe rzeczy: 2 z", polish}} {
		for got := page(tt.lang, tt.bad, tt.wants[0]); len(tt.wants) > 0; tt.wants = tt.wants[1:] {
			if !strings.Contains(got, tt.wants[0]) {
				t.Errorf("the page does not say %q:\n%s", tt.wants[0], got)
			}
		}
	}
}
