package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

// TestRun_Import takes over the sample lists of docs/import.md as it says.
func TestRun_Import(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	environ := []string{"SUNDAY_DATA=" + dir}
	samples := filepath.Join("..", "..", "docs", "samples")
	do := func(line ...string) string {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := run(t.Context(), line, environ, &out, &errOut); code != 0 {
			t.Fatalf("sunday %s: %d %s", strings.Join(line, " "), code, errOut.String())
		}
		return out.String()
	}
	figures := func(line ...string) app.ImportDone {
		t.Helper()
		var done app.ImportDone
		if err := json.Unmarshal([]byte(do(append(line, "--json")...)), &done); err != nil {
			t.Fatal(err)
		}
		return done
	}
	units := []string{"import", "units", filepath.Join(samples, "villages.csv"), "--unit", "24829"}
	if done := figures(units...); done.New != 4 || done.Refused != 0 {
		t.Errorf("villages: %+v", done)
	}
	do("account", "add", "lan", "--unit", "24829", "--role", "organizer")
	residents := []string{"import", "residents", filepath.Join(samples, "residents.csv"), "--as", "lan", "--unit", "24829"}
	said := do(append(residents, "--dry-run")...)
	for _, want := range []string{"nothing was written", "5 rows: 5 new, 0 changed, 0 unchanged, 0 refused", "reminders: 3", "1 resident may be messaged for nothing"} {
		if !strings.Contains(said, want) {
			t.Errorf("the dry run does not say %q:\n%s", want, said)
		}
	}
	if done := figures(residents...); done.New != 5 || done.Refused != 0 || done.MayMessage["reminders"] != 3 {
		t.Errorf("residents: %+v", done)
	}
	if done := figures(residents...); done.Unchanged != 5 {
		t.Errorf("again: %+v", done)
	}

	bad := filepath.Join(dir, "bad.csv")
	if err := os.WriteFile(bad, []byte("tên;SĐT\nLan;secret-12\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(dir, "report.csv")
	said = do("import", "residents", bad, "--as", "lan", "--unit", "24829", "--report", report, "--lang", "vi")
	written, err := os.ReadFile(report)
	for _, want := range []string{"1 dòng: mới 0, thay đổi 0, giữ nguyên 0, không nhận 1\n", "nhắc lịch: 0\n", "Dòng 2, cột B (phone): "} {
		if !strings.Contains(said, want) {
			t.Errorf("in Vietnamese it does not say %q:\n%s", want, said)
		}
	}
	if err != nil || !strings.Contains(string(written), "dòng,cột,mục,đã nhận,lý do\n2,B,phone,không,") || strings.Contains(said+string(written), "secret") {
		t.Errorf("%v\n%s\n%s", err, said, written)
	}
}
