package weeks_test

import (
	"os"
	"regexp"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/sim/weeks"
)

// How many seeds `make test` lives. More have been lived with `make simulate`.
const (
	seedsOnSQLite = 200
	seedsOnMongo  = 20
	seedsCompared = 2
)

func all(uri string) weeks.Options {
	return weeks.Options{Weeks: 1, Units: 2, Faults: weeks.FaultNames(), MongoURI: uri}
}

// simulate lives seeds and tells of each that breaks a rule.
func simulate(t *testing.T, o weeks.Options, n, alongside int) {
	t.Helper()
	struck, ends := map[string]int{}, map[string]int{}
	err := weeks.Many(t.Context(), o, 1, n, alongside, func(r weeks.Result) bool {
		for _, v := range r.Violations {
			t.Errorf("seed %d violates %s\nrepeat it: sunday simulate --seed %d --weeks %d --units %d --faults all", r.Seed, v, r.Seed, o.Weeks, o.Units)
		}
		for name, times := range r.Struck {
			struck[name] += times
		}
		for end, rows := range r.Ends {
			ends[end] += rows
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("faults: %v\nrows: %v", struck, ends)
	for _, f := range o.Faults {
		if n >= seedsOnSQLite && struck[f] == 0 {
			t.Errorf("the fault %s never struck", f)
		}
	}
}

// TestSimulate lives seeds with all faults on SQLite and holds them to the rules.
func TestSimulate(t *testing.T) {
	t.Parallel()
	simulate(t, all(""), seedsOnSQLite, runtime.GOMAXPROCS(0))
}

// TestSimulate_Mongo does the same on MongoDB.
func TestSimulate_Mongo(t *testing.T) {
	t.Parallel()
	simulate(t, all(mustURI(t)), seedsOnMongo, runtime.GOMAXPROCS(0))
}

// mustURI is the server that scripts/mongo-for-tests gives.
func mustURI(t *testing.T) string {
	t.Helper()
	uri := os.Getenv("MONGODB_URI")
	if uri == "" {
		t.Fatal("no MongoDB: run scripts/mongo-for-tests run -- go test ./..., or leave this test out with -skip Mongo")
	}
	return uri
}

// histories are what some seeds tell, one after another.
func histories(t *testing.T, o weeks.Options, first uint64, n int) []string {
	t.Helper()
	lane, err := weeks.NewLane(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := lane.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	var lines []string
	for i := range n {
		r, err := lane.Live(t.Context(), first+uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, r.History...)
	}
	return lines
}

// TestSimulate_SameAgain: the same seed gives the same history.
func TestSimulate_SameAgain(t *testing.T) {
	t.Parallel()
	once, again := histories(t, all(""), 1000, seedsCompared), histories(t, all(""), 1000, seedsCompared)
	if diff := cmp.Diff(once, again); diff != "" {
		t.Errorf("another history (-once +again):\n%s", diff)
	}
	if len(once) < 100*seedsCompared {
		t.Errorf("a history of %d lines tells of too little", len(once))
	}
	for _, line := range once {
		if found := randomID.FindString(line); found != "" {
			t.Errorf("a history names the id %s: %s", found, line)
		}
	}
}

// randomID is an id as stores have them, or a part of one.
var randomID = regexp.MustCompile(`[0-9a-f]{12}`)

// TestSimulate_SameOnBothStores_Mongo: the same seed gives the same history on
// SQLite and on MongoDB, byte for byte.
func TestSimulate_SameOnBothStores_Mongo(t *testing.T) {
	t.Parallel()
	sqlite, mongo := histories(t, all(""), 2000, seedsCompared), histories(t, all(mustURI(t)), 2000, seedsCompared)
	if diff := cmp.Diff(sqlite, mongo); diff != "" {
		t.Errorf("another history (-SQLite +MongoDB):\n%s", diff)
	}
}

// TestSimulate_WithoutFaults: nothing is lost, doubled or unknown where nothing
// goes wrong, and only wrong numbers are refused.
func TestSimulate_WithoutFaults(t *testing.T) {
	t.Parallel()
	o := weeks.Options{Weeks: 2, Units: 2}
	err := weeks.Many(t.Context(), o, 5002, 2, 1, func(r weeks.Result) bool {
		for _, v := range r.Violations {
			t.Errorf("seed %d violates %s", r.Seed, v)
		}
		if r.Duplicates != 0 || r.Ends["unknown left"] != 0 || r.Ends["dead exhausted"] != 0 || r.Ends["dead refused"] > r.WrongNumbers {
			t.Errorf("seed %d ends as %v with %d duplicates, and nothing went wrong", r.Seed, r.Ends, r.Duplicates)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSimulate_Kills: kills fall where they matter most, between the server's
// answer and the ledger, so that some mails go twice.
func TestSimulate_Kills(t *testing.T) {
	t.Parallel()
	twice := 0
	err := weeks.Many(t.Context(), weeks.Options{Weeks: 1, Units: 2, Faults: []string{"kill"}}, 1, 4, 1, func(r weeks.Result) bool {
		for _, v := range r.Violations {
			t.Errorf("seed %d violates %s", r.Seed, v)
		}
		twice += r.Duplicates
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	if twice == 0 {
		t.Error("no mail went twice, so no kill fell between a server's answer and the ledger")
	}
}

// TestSimulate_Found lives seeds that found something once, and that the others
// are not likely to find.
func TestSimulate_Found(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		units int
		seed  uint64
	}{
		{"of the two places of merged records, one of which was given up before, the end of the other is told", 1, 130},
		{"a letter in place of a mail that was refused", 2, 364},
		{"an address for whom an urgent change waits on a list", 2, 503},
		{"a clock that jumps and is right again before the next tick", 2, 888},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := weeks.Many(t.Context(), weeks.Options{Weeks: 1, Units: tt.units, Faults: weeks.FaultNames()}, tt.seed, 1, 1, func(r weeks.Result) bool {
				for _, v := range r.Violations {
					t.Errorf("seed %d violates %s", r.Seed, v)
				}
				return true
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestParseFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		list string
		want []string
	}{
		{"none", nil},
		{"kill", []string{"kill"}},
		{"kill,smtp-421", []string{"kill", "smtp-421"}},
		{"all", weeks.FaultNames()},
	}
	for _, tt := range tests {
		if got, err := weeks.ParseFaults(tt.list); err != nil || cmp.Diff(tt.want, got) != "" {
			t.Errorf("ParseFaults(%q) = %v, %v, want %v", tt.list, got, err, tt.want)
		}
	}
	if _, err := weeks.ParseFaults("kill,flood"); err == nil {
		t.Error("an unknown fault is taken")
	}
}
