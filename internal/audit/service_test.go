package audit_test

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

const now = calendar.Instant(1_795_000_000_000)

var system = actor.System("relay")

func setup(t *testing.T) (*store.Set, *audit.Service) {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "sunday.db"), Sync: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s.Set(), service(s.Set().Audit, now)
}

func service(s audit.Store, at calendar.Instant) *audit.Service {
	return audit.NewService(s, func() calendar.Instant { return at }, id.Seeded(1))
}

// mustRecord enters n lines of the unit, a second apart.
func mustRecord(t *testing.T, s *audit.Service, keeper string, n int, from calendar.Instant) {
	t.Helper()
	for i := range n {
		at := from + calendar.Instant(i)*1000
		e := audit.Of(system, at, keeper, audit.Thing("event", strconv.Itoa(i)), "event.read", "title", "place")
		if err := s.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func mustSeal(t *testing.T, s *audit.Service, limit int) int {
	t.Helper()
	n, err := s.Seal(t.Context(), now, limit)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func lines(t *testing.T, s audit.Store, keeper string) []audit.Line {
	t.Helper()
	list, err := s.Page(t.Context(), audit.Filter{Unit: keeper}, page.Request{Limit: page.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// lame fails at emptying outboxes, as if killed before it.
type lame struct{ audit.Store }

var errKilled = errors.New("killed")

func (lame) Empty(context.Context, []audit.Box) error { return errKilled }

func TestService_Relay(t *testing.T) {
	t.Parallel()
	set, s := setup(t)
	units := unit.NewService(set.Units, func() calendar.Instant { return now }, id.Seeded(2))
	u, err := units.Create(t.Context(), system, unit.Draft{Kind: unit.Province, Names: map[string]string{"vi": "Lâm Đồng"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service(lame{set.Audit}, now).Relay(t.Context(), 10); !errors.Is(err, errKilled) {
		t.Fatalf("got %v", err)
	}
	if _, err := units.Rename(t.Context(), system, u.ID, 0, map[string]string{"vi": "Tỉnh Lâm Đồng"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{2, 0} { // both entries, then nothing
		if n, err := s.Relay(t.Context(), 10); err != nil || n != want {
			t.Errorf("got %d, %v, want %d", n, err, want)
		}
	}
	var acts []string
	for _, l := range lines(t, set.Audit, u.ID) {
		acts = append(acts, l.Act+" v"+strconv.FormatInt(l.Ver, 10))
		if l.Salt == "" || l.Thing != "unit:"+u.ID || l.Actor != "job:relay" {
			t.Errorf("got %+v", l)
		}
	}
	if len(acts) != 2 {
		t.Errorf("got %v, want each entry once", acts)
	}
	after, err := units.Get(t.Context(), system, u.ID)
	if err != nil || len(after.Outbox) != 0 || after.Ver != 2 {
		t.Errorf("got version %d with %d entries left, %v", after.Ver, len(after.Outbox), err)
	}
}

func TestService_Seal(t *testing.T) {
	t.Parallel()
	set, s := setup(t)
	mustRecord(t, s, "a", 5, now)
	mustRecord(t, s, "b", 1, now)
	var sealed []int
	for range 4 {
		sealed = append(sealed, mustSeal(t, s, 2))
	}
	if diff := cmp.Diff([]int{3, 2, 1, 0}, sealed); diff != "" {
		t.Error(diff)
	}
	chain, err := set.Audit.Blocks(t.Context(), "a", 1, 10)
	if err != nil || len(chain) != 3 {
		t.Fatalf("got %d blocks, %v", len(chain), err)
	}
	for i, b := range chain {
		if b.Seq != int64(i+1) || b.Hash != audit.BlockHash(b) || i > 0 && b.Prev != chain[i-1].Hash {
			t.Errorf("block %d is not chained: %+v", i+1, b)
		}
	}
	for _, keeper := range []string{"a", "b", "none"} {
		if err := s.Verify(t.Context(), keeper); err != nil {
			t.Errorf("%s: %v", keeper, err)
		}
	}
}

// halfway loses the marks on lines: it stands for a sealer that was killed
// between its block and the marks.
type halfway struct {
	audit.Store
	unmarked []audit.Line
	put      []audit.Block
}

func (h *halfway) UnsealedUnits(context.Context, int) ([]string, error) { return []string{"a"}, nil }

func (h *halfway) Unsealed(context.Context, string, int) ([]audit.Line, error) {
	return h.unmarked, nil
}

func (h *halfway) PutBlock(_ context.Context, b audit.Block) error {
	h.put = append(h.put, b)
	return nil
}

func TestService_Seal_afterKill(t *testing.T) {
	t.Parallel()
	set, s := setup(t)
	mustRecord(t, s, "a", 2, now)
	before := lines(t, set.Audit, "a")
	mustSeal(t, s, 10)
	mustRecord(t, s, "a", 1, now+60_000)
	fresh := lines(t, set.Audit, "a")[0]
	h := &halfway{Store: set.Audit, unmarked: append(before, fresh)}
	if n := mustSeal(t, service(h, now), 10); n != 1 {
		t.Errorf("sealed %d lines, want the fresh one", n)
	}
	if len(h.put) != 2 || h.put[0].Seq != 1 || h.put[1].Seq != 2 ||
		len(h.put[1].Lines) != 1 || h.put[1].Lines[0].Line != fresh.ID {
		t.Errorf("got blocks %+v", h.put)
	}
}

// forged shows the log as somebody with access to the store left it.
type forged struct {
	audit.Store
	line  func(*audit.Line) (kept bool)
	block func(*audit.Block) (kept bool)
}

func (f forged) Page(ctx context.Context, filter audit.Filter, r page.Request) (page.List[audit.Line], error) {
	list, err := f.Store.Page(ctx, filter, r)
	if f.line != nil {
		list.Items = keep(list.Items, f.line)
	}
	return list, err
}

func (f forged) Blocks(ctx context.Context, keeper string, from int64, limit int) ([]audit.Block, error) {
	bs, err := f.Store.Blocks(ctx, keeper, from, limit)
	if f.block != nil {
		bs = keep(bs, f.block)
	}
	return bs, err
}

func keep[T any](all []T, f func(*T) bool) (kept []T) {
	for _, one := range all {
		if f(&one) {
			kept = append(kept, one)
		}
	}
	return kept
}

func TestService_Verify(t *testing.T) {
	t.Parallel()
	set, s := setup(t)
	mustRecord(t, s, "a", 450, now) // several pages of lines
	for range 5 {
		mustSeal(t, s, 100)
	}
	middle := func(f func(*audit.Line) bool) func(*audit.Line) bool {
		return func(l *audit.Line) bool { return l.Thing != "event:250" || f(l) }
	}
	for name, test := range map[string]struct {
		forged
		seq int64 // 0: the chain holds
	}{
		"untouched":               {forged{}, 0},
		"another actor":           {forged{line: middle(func(l *audit.Line) bool { l.Actor = "account:x"; return true })}, 3},
		"another time":            {forged{line: middle(func(l *audit.Line) bool { l.At++; return true })}, 3},
		"a field less":            {forged{line: middle(func(l *audit.Line) bool { l.Fields = l.Fields[1:]; return true })}, 3},
		"another salt":            {forged{line: middle(func(l *audit.Line) bool { l.Salt += "0"; return true })}, 3},
		"a line removed":          {forged{line: middle(func(*audit.Line) bool { return false })}, 3},
		"a line moved":            {forged{line: middle(func(l *audit.Line) bool { l.Block = 2; return true })}, 2},
		"a line unsealed again":   {forged{line: middle(func(l *audit.Line) bool { l.Block = 0; return true })}, 3},
		"the first line":          {forged{line: func(l *audit.Line) bool { return l.Thing != "event:0" }}, 1},
		"a block altered":         {forged{block: func(b *audit.Block) bool { b.Lines[0].Hash = "0"; return true }}, 1},
		"a block removed":         {forged{block: func(b *audit.Block) bool { return b.Seq != 4 }}, 4},
		"the last block removed":  {forged{block: func(b *audit.Block) bool { return b.Seq != 5 }}, 5},
		"all blocks removed":      {forged{block: func(*audit.Block) bool { return false }}, 1},
		"a block hashed for show": {forged{block: reseal(2)}, 2},
	} {
		test.Store = set.Audit
		err := service(test.forged, now).Verify(t.Context(), "a")
		if test.seq == 0 {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		broken, ok := errors.AsType[*fault.Error](err)
		if !ok || !audit.ErrBroken.Is(err) || broken.Args["seq"] != test.seq {
			t.Errorf("%s: got %v, want block %d broken", name, err, test.seq)
		}
	}
}

// reseal leaves a line out of a block and makes its own hash right again.
func reseal(seq int64) func(*audit.Block) bool {
	return func(b *audit.Block) bool {
		if b.Seq == seq {
			b.Lines = b.Lines[1:]
			b.Hash = audit.BlockHash(*b)
		}
		return true
	}
}

func TestService_Purge(t *testing.T) {
	t.Parallel()
	set, s := setup(t)
	old := calendar.FromTime(now.Time().AddDate(-audit.KeepYears, 0, 0)).Add(-audit.Slack)
	past := service(set.Audit, old)
	mustRecord(t, past, "a", 3, old-3000)
	if _, err := past.Seal(t.Context(), old, 10); err != nil {
		t.Fatal(err)
	}
	mustRecord(t, s, "a", 2, old)
	mustSeal(t, s, 10)
	if n, err := s.Purge(t.Context(), now, 10); err != nil || n != 3 {
		t.Errorf("purged %d, %v, want 3", n, err)
	}
	if err := s.Verify(t.Context(), "a"); err != nil {
		t.Errorf("the chain broke by its own purge: %v", err)
	}
	if left := lines(t, set.Audit, "a"); len(left) != 2 {
		t.Errorf("%d lines are left, want 2", len(left))
	}
}

func TestService_Page(t *testing.T) {
	t.Parallel()
	_, s := setup(t)
	mustRecord(t, s, "a", 3, now)
	granted := func(role actor.Role, on string, scopes ...string) actor.Actor {
		return actor.Staff("x", []actor.Grant{{Role: role, Unit: on}}, scopes...)
	}
	for name, test := range map[string]struct {
		act  actor.Actor
		keep string
		want error
	}{
		"auditor":          {granted(actor.Auditor, "a", audit.ScopeRead), "a", nil},
		"administrator":    {granted(actor.Admin, "a", actor.AllScopes), "a", nil},
		"organizer":        {granted(actor.Organizer, "a", actor.AllScopes), "a", record.ErrAbsent},
		"auditor of b":     {granted(actor.Auditor, "b", actor.AllScopes), "a", record.ErrAbsent},
		"unknown unit":     {granted(actor.Auditor, "b", actor.AllScopes), "none", record.ErrAbsent},
		"no unit":          {granted(actor.Auditor, "a", actor.AllScopes), "", audit.ErrUnit},
		"a token too weak": {granted(actor.Auditor, "a", "events:read"), "a", actor.ErrScope},
		"a resident":       {actor.Resident(), "a", actor.ErrScope},
	} {
		list, err := s.Page(t.Context(), test.act, audit.Filter{Unit: test.keep}, page.Request{})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
		if got := len(list.Items); (got == 3) != (test.want == nil) {
			t.Errorf("%s: got %d lines", name, got)
		}
	}
}

func TestLineHash(t *testing.T) {
	t.Parallel()
	base := audit.Line{ID: "i", Salt: "s", Entry: audit.Of(system, 1, "u", "t", "a", "f", "g")}
	seen := map[string]string{audit.LineHash(base): "base"}
	for name, change := range map[string]func(*audit.Line){
		"id":     func(l *audit.Line) { l.ID = "j" },
		"salt":   func(l *audit.Line) { l.Salt = "" },
		"unit":   func(l *audit.Line) { l.Unit = "v" },
		"thing":  func(l *audit.Line) { l.Thing = "u" },
		"ver":    func(l *audit.Line) { l.Ver++ },
		"n":      func(l *audit.Line) { l.N++ },
		"actor":  func(l *audit.Line) { l.Actor = "resident" },
		"act":    func(l *audit.Line) { l.Act = "b" },
		"at":     func(l *audit.Line) { l.At++ },
		"fields": func(l *audit.Line) { l.Fields = []string{"fg"} },
	} {
		l := base
		change(&l)
		h := audit.LineHash(l)
		if other, ok := seen[h]; ok {
			t.Errorf("%s and %s have one hash", name, other)
		}
		seen[h] = name
	}
	sealed := base
	sealed.Block = 7
	if audit.LineHash(sealed) != audit.LineHash(base) {
		t.Error("the block, unknown when a line is hashed, is in its hash")
	}
}
