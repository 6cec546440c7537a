package storetest

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

// Open opens a new, empty store that is closed when the test ends.
type Open func(t *testing.T) *store.Set

// Option adds cases that need more than a store.
type Option func(*suite)

type suite struct {
	only  []string
	two   func(t *testing.T) (a, b *store.Set)
	lossy func(t *testing.T) (set *store.Set, lose func())
}

// Two opens two stores on one new database, as two processes would.
func Two(open func(t *testing.T) (a, b *store.Set)) Option {
	return func(s *suite) { s.two = open }
}

// Lossy opens a store of which the next write after lose is applied, and its
// reply lost.
func Lossy(open func(t *testing.T) (set *store.Set, lose func())) Option {
	return func(s *suite) { s.lossy = open }
}

// Only leaves out all nouns but these, where the same store is held to all of them
// elsewhere. What needs more than a store is not left out.
func Only(nouns ...string) Option {
	return func(s *suite) { s.only = nouns }
}

type testCase struct {
	name string
	run  func(*testing.T, *store.Set)
}

// Run holds a store to its contract. Each noun has a store of its own.
func Run(t *testing.T, open Open, options ...Option) {
	var s suite
	for _, o := range options {
		o(&s)
	}
	cases := []testCase{
		{"Audit", testAudit},
		{"Units", testUnits},
		{"Accounts", testAccounts},
		{"Credentials", testCredentials},
		{"Letters", testLetters},
		{"Sessions", testSessions},
		{"Contacts", testContacts},
		{"Residents", testResidents},
		{"Events", testEvents},
		{"Rules", testRules},
		{"Registrations", testRegistrations},
		{"Rolls", testRolls},
		{"Forms", testForms},
		{"Seats", testSeats},
		{"Attendance", testAttendance},
		{"Surveys", testSurveys},
		{"Emulation", testEmulation},
		{"Ledger", testLedger},
		{"LedgerModel", testLedgerModel},
		{"Reports", testReports},
		{"Paper", testPaper},
		{"Sheets", testSheets},
		{"Holds", testHolds},
		{"Leases", testLeases},
		{"Jobs", testJobs},
		{"Settings", testSettings},
		{"Health", testHealth},
		{"GivingUp", testGivingUp},
	}
	for _, noun := range s.only {
		if !slices.ContainsFunc(cases, func(c testCase) bool { return c.name == noun }) {
			t.Errorf("there is no case %q", noun)
		}
	}
	for _, c := range cases {
		if len(s.only) > 0 && !slices.Contains(s.only, c.name) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t))
		})
	}
	if s.two != nil {
		t.Run("TwoProcesses", func(t *testing.T) {
			t.Parallel()
			a, b := s.two(t)
			testTwo(t, a, b)
		})
	}
	if s.lossy != nil {
		t.Run("LostReply", func(t *testing.T) {
			t.Parallel()
			set, lose := s.lossy(t)
			testLostReply(t, set, lose)
		})
	}
}

// now is a Sunday morning in Da Lat: UTC milliseconds that are no whole second.
const now = 1_795_917_600_123

var source = id.Random()

func newID() string { return source.New(now) }

// newHash has the form of a derived id.
func newHash() string { return id.Hash(newID()) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func get[T any](t testing.TB) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func wantErr(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("error = %v, want %v", got, want)
	}
}

// wholeBytes compares bytes at once: one by one, 200 KB of seats take seconds.
var wholeBytes = cmp.FilterValues(func(a, b []byte) bool { return len(a)+len(b) > 0 }, cmp.Comparer(bytes.Equal))

// diff compares what was stored; the store names each update by an op, and
// nil and empty lists are the same.
func diff(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), wholeBytes, cmpopts.IgnoreFields(record.Head{}, "Op")); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// compare orders ids and instants.
func compare[T ~string | ~int64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
