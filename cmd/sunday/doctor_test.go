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
	page := func() string {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := run(t.Context(), []string{"doctor", "--clock", "none"}, environ, &out, &errOut); code != 1 || !strings.Contains(errOut.String(), "things are bad") {
			t.Errorf("exit code %d: %s", code, errOut.String())
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 && !strings.HasPrefix(line, "Looked at") {
				t.Errorf("%d columns: %s", n, line)
			}
		}
		return out.String()
	}
	for _, want := range []string{"Looked at: SQLite in " + dir, "mails from: no SUNDAY_MAIL_FROM", "bad      store", "unknown  indexes, holds, worker", "  2 bad ", "Read and seen to by"} {
		if got := page(); !strings.Contains(got, want) {
			t.Errorf("the page does not say %q:\n%s", want, got)
		}
	}
}
