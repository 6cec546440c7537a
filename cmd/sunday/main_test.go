package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun_Refused: wrong usage is 2, what cannot be done is 1, each in one
// clear line with what to do. It is inside the package, as nothing can import
// a program.
func TestRun_Refused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line string
		code int
		says string
	}{
		{"frob", 2, "unknown command"},
		{"demo --speed 0", 2, "--speed is from"},
		{"demo --at yesterday", 2, "--at is a time such as"},
		{"demo --units 125", 2, "--units is from 1 to 124"},
		{"demo --units 0", 2, "--units is from 1 to 124"},
		{"demo --addr nonsense", 2, "--addr is host:port"},
		{"run --frob", 2, "unknown flag"},
		{"run extra", 2, "takes no argument"},
		{"worker", 1, "set SUNDAY_BASE_URL"},
		{"job frob", 2, "'sunday jobs' lists them"},
		{"account add lan --unit 99999", 1, `there is no unit "99999"`},
		{"account password hoa", 1, "no password"},
		{"account link hoa", 1, "'sunday account add' makes one"}, // what was refused made no account
		{"bench send --connections 0", 2, "--connections 1 to 200"},
		{"bench send --store oracle", 2, "--store is sqlite or mongodb"},
		{"bench send --store mongodb", 2, "needs SUNDAY_MONGODB_URI"},
		{"bench send --smtp nonsense", 2, "--smtp: "},
		{"bench plan --rows 1", 2, "--rows is 2 or more"},
		{"import residents main.go --as nobody", 1, "'sunday account add' makes one"},
		{"import residents a b", 2, "takes one FILE"},
		{"import units main.go --lang kpm", 2, "--lang is vi, en or pl"},
		{"doctor --lang kpm", 2, "--lang is vi, en or pl"},
		{"import units main.go", 1, "No row at the top names the columns"},
		{"import units none.csv", 1, "there is no file none.csv"},
		{"import units .", 1, "the list . cannot be opened: see that it is a file"},
		{"import units main.go --report none/report.csv", 1, "the report none/report.csv cannot be written"},
		{"import units none.csv --lang vi", 1, "không có tệp none.csv"},
		{"import units main.go --unit 99999 --lang pl", 1, `nie ma jednostki "99999"`},
		{"import residents main.go --as nobody --lang vi", 1, `không có tài khoản "nobody"`},
		{"restore none.db", 1, "there is no file none.db"},
		{"hold --unit 99999", 1, `there is no unit "99999"`},
		{"hold --restored-at 2100-01-01T00:00:00Z", 1, "no backup can be of 2100-01-01T00:00:00Z: it is "},
		{"release --unit 99999", 1, `there is no unit "99999"`},
		{"release --no-journal --restored-from 2100-01-01T00:00:00Z", 1, "no backup can be of 2100-01-01T00:00:00Z: it is "},
		{"bench send --smtp smtp://127.0.0.1:1", 1, "the mail server cannot be used"},
		{"simulate --weeks 0", 2, "--weeks is from 1 to 52"},
		{"simulate --seed -1", 2, `--seed is a whole number that is not negative, not "-1"`},
		{"simulate --seeds many", 2, `--seeds is a whole number, not "many"`},
		{"simulate --faults all,kill", 2, `"all" is all there is to say`},
		{"simulate --faults kil", 2, "choose from kill, pause"},
		{"simulate --history none/seeds.txt", 1, "the history cannot be written"},
		{"simulate --store mongodb", 2, "needs SUNDAY_MONGODB_URI"},
		{"account token nobody", 1, "'sunday account add' makes one"},
	}
	environ := []string{"SUNDAY_DATA=" + t.TempDir(), "SUNDAY_ADDR=127.0.0.1:0"}
	for _, tt := range tests {
		var out, errOut bytes.Buffer
		code := run(t.Context(), strings.Fields(tt.line), environ, &out, &errOut)
		if code != tt.code || !strings.Contains(errOut.String(), tt.says) {
			t.Errorf("sunday %s: exit code %d, want %d with %q:\n%s%s", tt.line, code, tt.code, tt.says, out.String(), errOut.String())
		}
	}
}

// TestRun_Usage: a command line that cannot be right is wrong usage, whichever the
// command; it is told so before a database is made.
func TestRun_Usage(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	for line, says := range map[string]string{
		"account add":                                                            "takes one LOGIN",
		"account add lan":                                                        "a unit is needed: --unit CODE",
		"account add a --unit 68":                                                "login: A login has 3 to 40",
		"account add hoa --unit 68 --role boss":                                  `there is no role "boss": there are admin, organizer`,
		"account add hoa --unit 68 --address nowhere":                            "address: This is no e-mail address",
		"account add hoa --unit 68 --name " + strings.Repeat("a", 121):           "name: Too long",
		"account add hoa --unit 68 --password-stdin --address a@b.vn":            "goes without --address",
		"account add hoa --frob":                                                 "unknown flag",
		"account link":                                                           "takes one LOGIN",
		"account link lan --address nowhere":                                     "address: This is no e-mail address",
		"account address":                                                        "takes one LOGIN, and an ADDRESS or none",
		"account address lan nowhere":                                            "address: This is no e-mail address",
		"account address lan a@b.vn --remove":                                    "do not go together",
		"account password":                                                       "takes one LOGIN",
		"account second-off":                                                     "takes one LOGIN",
		"account token":                                                          "takes one LOGIN",
		"account token lan --scope events:frob":                                  `there is no scope "events:frob": there are units:read`,
		"account token lan --days 0":                                             "--days is from 1 to 365, not 0",
		"account token lan --days 366":                                           "--days is from 1 to 365, not 366",
		"account token lan --days many":                                          `--days is a whole number, not "many"`,
		"account token lan --label " + strings.Repeat("a", 121):                  "label: Too long",
		"account frob":                                                           "takes no argument",
		"import residents":                                                       "takes one FILE",
		"import residents list.csv":                                              "--as LOGIN",
		"import residents list.csv --lang vi":                                    "nêu ai chịu trách nhiệm: --as LOGIN",
		"import residents list.csv --as lan --lang xx":                           "--lang is vi, en or pl",
		"import units list.csv --lang xx":                                        "--lang is vi, en or pl",
		"export units":                                                           "takes the FILE to write",
		"export units u.pdf --unit 68 --as lan --reason work":                    "ends in .csv or .xlsx",
		"export units u --unit 68 --as lan --reason work":                        "ends in .csv or .xlsx",
		"export units u.csv --unit 68 --reason work":                             "--as LOGIN",
		"export units u.csv --as lan --reason work":                              "a unit is needed: --unit CODE",
		"export units u.csv --unit 68 --as lan":                                  "--reason is one of work, move",
		"export events u.csv --unit 68 --as lan --reason work --from 2026-11-31": "--from is a day such as",
		"export events u.csv --unit 68 --as lan --reason work --from 2026-12-02 --until 2026-12-01":                 "--from is a day after --until",
		"export events u.csv --unit 68 --as lan --reason work --from 2026-12-01 --until 2026-12-01 --as lan --frob": "unknown flag",
		"hold --restored-at yesterday":                      "--restored-at is a time such as",
		"hold --unit 68 --restored-at 2026-11-27T09:00:00Z": "it goes without --unit",
		"release --restored-from yesterday":                 "--restored-from is a time such as",
		"release --no-journal --journal journal":            "contradict each other",
		"backup":                                            "takes the FILE to write",
		"restore":                                           "takes the backup's FILE",
		"job":                                               "takes one job's NAME",
		"jobs frob":                                         "takes no argument",
		"doctor --lang xx":                                  "--lang is vi, en or pl",
		"version frob":                                      "takes no argument",
	} {
		var out, errOut bytes.Buffer
		code := run(t.Context(), strings.Fields(line), []string{"SUNDAY_DATA=" + dir}, &out, &errOut)
		if code != 2 || !strings.Contains(errOut.String(), says) || !strings.Contains(errOut.String(), "--help'.") {
			t.Errorf("sunday %s: exit code %d, want 2 with %q:\n%s%s", line, code, says, out.String(), errOut.String())
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a database was made for a command line that is wrong")
	}
}

// A unit is held and released by the state's code too, as other commands name it.
func TestRun_HoldByCode(t *testing.T) {
	t.Parallel()
	environ := []string{"SUNDAY_DATA=" + t.TempDir()}
	for _, step := range []struct{ line, says string }{
		{"hold --unit 24848 --reason poster", "Sending of 24848 is held."},
		{"hold --list", "unit 24848, Xã Lạc Dương: poster (by cli, since 20"},
		{"release --unit 24848", "Released: sending goes on."},
		{"hold --list", "Nothing is held."},
	} {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), strings.Fields(step.line), environ, &out, &errOut); code != 0 || !strings.Contains(out.String(), step.says) {
			t.Errorf("sunday %s: exit code %d, want %q:\n%s%s", step.line, code, step.says, out.String(), errOut.String())
		}
	}
}

// TestRun_ReleaseCopy: whoever releases a copy is not told that it is held, as
// everybody else is, whoever releases a unit of it too.
func TestRun_ReleaseCopy(t *testing.T) {
	t.Parallel()
	data := "SUNDAY_DATA=" + t.TempDir()
	for _, step := range []struct {
		line, base string
		warns      bool
	}{
		{"jobs", "https://one.example.org", false},
		{"jobs", "https://two.example.org", true},
		{"release --unit 24848", "https://two.example.org", true},
		{"release", "https://two.example.org", false},
		{"jobs", "https://two.example.org", false},
	} {
		var out, errOut bytes.Buffer
		code := run(t.Context(), strings.Fields(step.line), []string{data, "SUNDAY_BASE_URL=" + step.base}, &out, &errOut)
		if warns := strings.Contains(errOut.String(), "sending is held"); code != 0 || warns != step.warns {
			t.Errorf("sunday %s on %s: exit code %d, want a warning: %v\n%s%s", step.line, step.base, code, step.warns, out.String(), errOut.String())
		}
		if step.line == "release" && !strings.Contains(out.String(), "Released: sending goes on.") {
			t.Errorf("nothing was held: %s", out.String())
		}
	}
}

// TestRun_SecretLost: a database whose secret is gone is told so, and gets no
// new one that would be taken for it.
func TestRun_SecretLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	environ, file := []string{"SUNDAY_DATA=" + dir}, filepath.Join(dir, "secret")
	var out, errOut bytes.Buffer
	if code := run(t.Context(), []string{"jobs"}, environ, &out, &errOut); code != 0 {
		t.Fatalf("the first start: %d %s", code, errOut.String())
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	code := run(t.Context(), []string{"jobs"}, environ, &out, &errOut)
	if code != 1 || !strings.Contains(errOut.String(), "put it back from your copy") {
		t.Errorf("without the secret: %d %s", code, errOut.String())
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another secret was made: %v", err)
	}
}

// TestRun_Bench: what a measurement prints, for people and as JSON.
func TestRun_Bench(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"bench send --messages 20 --connections 2 --raw=false --json": {`"messages":20`, `"per_second":`, `"peak_heap_bytes":`},
		"bench send --messages 20 --connections 2":                    {"20 of ", "bare loop", "share"},
		"bench plan --rows 20":                                        {"rows       20, sqlite", "planned", "of inserting alone"},
	} {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), strings.Fields(line), nil, &out, &errOut); code != 0 {
			t.Errorf("sunday %s: exit code %d: %s", line, code, errOut.String())
		}
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("sunday %s says nothing of %q:\n%s", line, w, out.String())
			}
		}
	}
}
