package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// TestRun_Export: what goes out comes in again and changes nothing, in both
// formats, and the log names who took it, why and how many.
func TestRun_Export(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	environ := []string{"SUNDAY_DATA=" + dir}
	do := func(want int, line ...string) string {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := run(t.Context(), line, environ, &out, &errOut); code != want {
			t.Fatalf("sunday %s: %d %s", strings.Join(line, " "), code, errOut.String())
		}
		return out.String() + errOut.String()
	}
	samples := filepath.Join("..", "..", "docs", "samples")
	do(0, "import", "units", filepath.Join(samples, "villages.csv"), "--unit", "24829")
	do(0, "account", "add", "lan", "--unit", "24829", "--role", "organizer")
	do(0, "account", "add", "mai", "--unit", "24829", "--role", "viewer")
	do(0, "import", "residents", filepath.Join(samples, "residents.csv"), "--as", "lan", "--unit", "24829")

	export := []string{"--unit", "24829", "--as", "lan", "--reason", "move"}
	for list, rows := range map[string]int{"residents": 5, "units": 5} {
		for _, format := range []string{"csv", "xlsx"} {
			file := filepath.Join(dir, list+"."+format)
			var out app.Exported
			if err := json.Unmarshal([]byte(do(0, append([]string{"export", list, file, "--bom", "--json"}, export...)...)), &out); err != nil || out.Rows != rows {
				t.Errorf("%s: got %+v, %v", file, out, err)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", file, info.Mode(), err)
			}
			in := []string{"import", list, file, "--json"}
			if list == "residents" {
				in = append(in, "--as", "lan")
			}
			var done app.ImportDone
			if err := json.Unmarshal([]byte(do(0, in...)), &done); err != nil || done.Unchanged != rows || done.Rows != rows {
				t.Errorf("%s comes back as %+v, %v", file, done, err)
			}
		}
	}
	written, err := os.ReadFile(filepath.Join(dir, "residents.csv"))
	if err != nil || !strings.HasPrefix(string(written), "\uFEFFid,unit,") || !strings.Contains(string(written), ",'+84912345678,") {
		t.Errorf("%v\n%s", err, written)
	}
	for _, list := range []string{"events", "registrations", "attendance"} {
		do(0, append([]string{"export", list, filepath.Join(dir, list+".csv"), "--from", "2026-01-01"}, export...)...)
	}
	other := filepath.Join(dir, "other.csv")
	said := do(1, "export", "residents", other, "--unit", "24829", "--as", "mai", "--reason", "work")
	if _, err := os.Stat(other); err == nil || !strings.Contains(said, "needs a role") {
		t.Errorf("a viewer: %v %s", err, said)
	}
	do(1, append([]string{"export", "residents", filepath.Join(dir, "residents.csv")}, export...)...) // it is there
	do(2, "export", "residents", other, "--unit", "24829", "--as", "lan", "--reason", "Lan asked for it")
	checkExportLog(t, environ)
}

func checkExportLog(t *testing.T, environ []string) {
	t.Helper()
	c, err := config.Load(environ)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	list, err := a.Store().Audit.Page(t.Context(), audit.Filter{Unit: unit.StateID("24829")}, page.Request{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, l := range list.Items {
		counts[l.Act]++
		switch l.Act {
		case "resident.export":
			if !strings.HasPrefix(l.Actor, "account:") || !slices.Contains(l.Fields, "reason:move") || !slices.Contains(l.Fields, "phone") {
				t.Errorf("got %+v", l.Entry)
			}
		case "resident.exported", "unit.exported":
			if !slices.Equal(l.Fields, []string{"rows:5"}) {
				t.Errorf("got %+v", l.Entry)
			}
		}
	}
	for act, want := range map[string]int{"resident.export": 2, "resident.exported": 2, "unit.exported": 2, "event.exported": 1, "registration.exported": 1, "attendance.exported": 1} {
		if counts[act] != want {
			t.Errorf("%s: %d entries, want %d", act, counts[act], want)
		}
	}
}
