package emulation_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// door gives every event the same number of people.
type door int

func (d door) TotalsOf(context.Context, event.Event) (attendance.Totals, error) {
	return attendance.Totals{People: int(d)}, nil
}

type bench struct {
	*emulation.Service
	set   *store.Set
	ports emulation.Ports
	now   calendar.Instant
}

func setup(t *testing.T) *bench {
	t.Helper()
	st, err := sqlitestore.Open(t.Context(), sqlitestore.Options{
		Path: filepath.Join(t.TempDir(), "sunday.db"), Sync: "OFF", IDs: id.Seeded(1),
	})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{set: st.Set(), now: start.Add(10 * 24 * time.Hour)}
	t.Cleanup(func() { _ = b.set.Health.Close() })
	b.ports = emulation.Ports{
		Facts: b.set.Emulation, Cards: b.set.Cards, Events: b.set.Events, Attendance: door(61),
		Surveys: b.set.Surveys, Units: b.set.Units, Now: func() calendar.Instant { return b.now },
	}
	b.Service = emulation.NewService(b.ports)
	b.mustUnit(t, unit.Unit{Head: record.Head{ID: "province"}, Kind: unit.Province})
	b.mustUnit(t, unit.Unit{Head: record.Head{ID: "commune"}, Kind: unit.Commune, Parent: "province", Ancestors: []string{"province"}})
	return b
}

func (b *bench) mustUnit(t *testing.T, u unit.Unit) {
	t.Helper()
	u.Names, u.Zone = map[string]string{"vi": u.ID}, "Asia/Ho_Chi_Minh"
	if err := b.set.Units.Create(t.Context(), &u); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) mustEvent(t *testing.T, e event.Event) {
	t.Helper()
	e.Uncounted = true
	if err := b.set.Events.Create(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
}

// mustSurvey keeps a closed survey of the event.
func (b *bench) mustSurvey(t *testing.T, eventID string, counts ...int) {
	t.Helper()
	h := survey.Count(1, nil)
	h.Counts[0] = counts
	for _, n := range counts {
		h.Answers += n
	}
	v := survey.Survey{Head: record.Head{ID: eventID}, Unit: "commune", State: survey.Closed, Result: &h}
	if err := b.set.Surveys.Create(t.Context(), &v); err != nil {
		t.Fatal(err)
	}
}

func heldEvent(id string) event.Event {
	e := anEvent(id)
	e.State, e.ReportedAt, e.Report = event.Reported, e.EndAt.Add(time.Hour), &event.Report{Households: 40}
	e.Notices = []event.Notice{{At: start.Add(-8 * 24 * time.Hour)}}
	return e
}

func (b *bench) count(t *testing.T, want int) {
	t.Helper()
	if n, err := b.Count(t.Context(), b.now, 100); n != want || err != nil {
		t.Fatalf("counted %d events, %v; want %d", n, err, want)
	}
}

func (b *bench) card(t *testing.T) emulation.Card {
	t.Helper()
	c, err := b.set.Cards.Card(t.Context(), emulation.CardID("commune", emulation.Period{Year: 2026}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func staff(role actor.Role, unit string) actor.Actor {
	return actor.Staff("s", []actor.Grant{{Role: role, Unit: unit}}, emulation.ScopeRead)
}

func TestService_Count(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustEvent(t, heldEvent("a"))
	b.mustEvent(t, anEvent("b"))
	b.mustSurvey(t, "a", 0, 4, 4, 12, 20)
	b.count(t, 2)
	card := b.card(t)
	// 1 of 2 held, 12.5 of 25; announced 8 of 7 days before, 20; 32 of 40 satisfied, 16.
	if card.Automatic != 12500+20000+16000 || card.OutOf != 65000 {
		t.Errorf("the card has %d of %d", card.Automatic, card.OutOf)
	}
	if diff := cmp.Diff([]string{"commune", "province"}, card.Scope); diff != "" {
		t.Error(diff)
	}
	table, err := b.set.Emulation.Table(t.Context(), card.Table)
	if err != nil || !table.Frozen {
		t.Errorf("the table that a card is pinned to is not frozen (%v)", err)
	}
	b.count(t, 0)
	if again := b.card(t); again.Ver != card.Ver {
		t.Errorf("nothing new, and yet version %d after %d", again.Ver, card.Ver)
	}
}

// TestService_Count_Again: counting an event a second time writes no second fact
// and changes no figure, even after its people were erased.
func TestService_Count_Again(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustEvent(t, heldEvent("a"))
	b.count(t, 1)
	before := b.card(t)
	b.ports.Attendance = door(0)
	b.Service = emulation.NewService(b.ports)
	b.now = b.now.Add(time.Hour)
	if _, err := b.set.Events.Update(t.Context(), "a", func(e *event.Event) error {
		e.Uncounted = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b.count(t, 1)
	facts, err := b.set.Emulation.FactsOf(t.Context(), "a")
	if err != nil || len(facts) != 2 || facts[0].People+facts[1].People != 61 {
		t.Errorf("the event has the facts %+v (%v)", facts, err)
	}
	if after := b.card(t); after.Digest != before.Digest {
		t.Error("the card changed")
	}
}

// failing lets a number of writes of cards through and fails the next.
type failing struct {
	emulation.Cards
	left int
}

var errKilled = errors.New("killed")

func (f *failing) CreateCard(ctx context.Context, c *emulation.Card) error {
	if f.left--; f.left < 0 {
		return errKilled
	}
	return f.Cards.CreateCard(ctx, c)
}

func TestService_Count_AfterAKill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustEvent(t, heldEvent("a"))
	broken := b.ports
	broken.Cards = &failing{Cards: b.set.Cards}
	if n, err := emulation.NewService(broken).Count(t.Context(), b.now, 100); n != 0 || !errors.Is(err, errKilled) {
		t.Fatalf("counted %d, %v", n, err)
	}
	b.count(t, 1)
	if l := lineOf(t, b.card(t), "held"); l.Denominator != 1 {
		t.Errorf("the card shows %d events, want 1", l.Denominator)
	}
}

func TestService_Count_UnknownUnitHoldsUpNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lost := heldEvent("a")
	lost.Unit = "gone"
	b.mustEvent(t, lost)
	b.mustEvent(t, heldEvent("b"))
	if n, err := b.Count(t.Context(), b.now, 100); n != 1 || !errors.Is(err, record.ErrAbsent) {
		t.Errorf("counted %d, %v; want 1 and the unit's absence", n, err)
	}
	if l := lineOf(t, b.card(t), "held"); l.Numerator != 1 {
		t.Errorf("the other unit's card shows %d events", l.Numerator)
	}
}

func TestService_Refresh(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.set.Emulation.PutFacts(t.Context(), []emulation.Fact{withAt(planned("x", 11), b.now)}); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Refresh(t.Context(), b.now, 100); n != 1 || err != nil {
		t.Fatalf("refreshed %d, %v", n, err)
	}
	if n, err := b.Refresh(t.Context(), b.now, 100); n != 0 || err != nil {
		t.Errorf("refreshed %d again, %v; a job that goes on until nothing is left would never end", n, err)
	}
	first := b.card(t)
	self := int64(7000)
	if _, err := b.set.Cards.UpdateCard(t.Context(), first.ID, func(c *emulation.Card) error {
		c.Lines[0].Self = &self
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Minute)
	if err := b.set.Emulation.PutFacts(t.Context(), []emulation.Fact{withAt(planned("y", 11), b.now)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Refresh(t.Context(), b.now, 100); err != nil {
		t.Fatal(err)
	}
	second := b.card(t)
	if l := lineOf(t, second, "held"); l.Denominator != 2 || second.Cut != b.now {
		t.Errorf("the card shows %d events at cut %d", l.Denominator, second.Cut)
	}
	if second.Lines[0].Self == nil || *second.Lines[0].Self != self {
		t.Error("the refresh lost what people scored")
	}
	b.mustState(t, emulation.CardSubmitted)
	b.now = b.now.Add(time.Minute)
	if err := b.set.Emulation.PutFacts(t.Context(), []emulation.Fact{withAt(planned("z", 11), b.now)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Refresh(t.Context(), b.now, 100); err != nil {
		t.Fatal(err)
	}
	if c := b.card(t); c.Digest != second.Digest || c.Cut != second.Cut {
		t.Error("a submitted card was changed")
	}
}

func withAt(f emulation.Fact, at calendar.Instant) emulation.Fact {
	f.At = at
	return f
}

func (b *bench) mustState(t *testing.T, state emulation.CardState) {
	t.Helper()
	if _, err := b.set.Cards.UpdateCard(t.Context(), b.card(t).ID, func(c *emulation.Card) error {
		c.State = state
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestService_Open(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, e := range []string{"a", "b", "c", "d"} {
		b.mustEvent(t, heldEvent(e))
	}
	b.mustSurvey(t, "a", 0, 4, 4, 12, 20) // 40 answers, shown
	b.mustSurvey(t, "b", 0, 0, 0, 5, 4)   // 9, too few
	b.mustSurvey(t, "c", 0, 3, 3, 6, 8)   // 20, shown
	b.mustSurvey(t, "d", 0, 0, 6, 6, 6)   // 18, hidden with b, or b could be reckoned
	b.count(t, 4)
	card := b.card(t)
	o, err := b.Open(t.Context(), staff(actor.Viewer, "province"), card.ID, "satisfied")
	if err != nil {
		t.Fatal(err)
	}
	if o.Table != "2026.1" || o.Criterion.Formula != "satisfied" || o.Cut != card.Cut || o.Line.Denominator != 87 || len(o.Facts) != 4 {
		t.Errorf("opened %+v", o)
	}
	shown := map[string]int{}
	for _, f := range o.Facts {
		if f.Fact.Histogram != nil || f.Fact.Answers != 0 {
			t.Errorf("%s shows its histogram", f.Fact.Event)
		}
		if f.Answers != nil {
			shown[f.Fact.Event] = *f.Satisfied
		}
	}
	if diff := cmp.Diff(map[string]int{"a": 32, "c": 14}, shown); diff != "" {
		t.Errorf("satisfied answers (-want +got):\n%s", diff)
	}
	held, err := b.Open(t.Context(), staff(actor.Viewer, "commune"), card.ID, "held")
	if err != nil || len(held.Facts) != 8 {
		t.Errorf("held opens to %d facts (%v), want 4 planned and 4 reported", len(held.Facts), err)
	}
	if _, err := b.Open(t.Context(), staff(actor.Viewer, "commune"), card.ID, "nothing"); !errors.Is(err, record.ErrAbsent) {
		t.Errorf("an unknown criterion gives %v", err)
	}
	if _, err := b.Open(t.Context(), staff(actor.Viewer, "elsewhere"), card.ID, "held"); !errors.Is(err, record.ErrAbsent) {
		t.Errorf("a stranger gets %v", err)
	}
}

func TestService_Page(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustEvent(t, heldEvent("a"))
	b.count(t, 1)
	tests := []struct {
		name   string
		act    actor.Actor
		filter emulation.CardFilter
		cards  int
		err    error
	}{
		{"own unit", staff(actor.Reviewer, "commune"), emulation.CardFilter{Unit: "commune"}, 1, nil},
		{"below the province", staff(actor.Appraiser, "province"), emulation.CardFilter{Scope: "province", Period: "2026"}, 1, nil},
		{"another period", staff(actor.Appraiser, "province"), emulation.CardFilter{Scope: "province", Period: "2025"}, 0, nil},
		{"above one's unit", staff(actor.Reviewer, "commune"), emulation.CardFilter{Scope: "province"}, 0, record.ErrAbsent},
		{"a unit of others", staff(actor.Reviewer, "commune"), emulation.CardFilter{Unit: "province", Scope: "commune"}, 0, record.ErrAbsent},
		{"check-in helper", staff(actor.CheckIn, "commune"), emulation.CardFilter{Unit: "commune"}, 0, record.ErrAbsent},
		{"unknown unit", staff(actor.Reviewer, "commune"), emulation.CardFilter{Unit: "nowhere"}, 0, record.ErrAbsent},
		{"no unit", staff(actor.Reviewer, "commune"), emulation.CardFilter{}, 0, emulation.ErrScopeRequired},
		{"no period", staff(actor.Reviewer, "commune"), emulation.CardFilter{Unit: "commune", Period: "soon"}, 0, emulation.ErrPeriod},
		{"no scope", actor.Staff("s", []actor.Grant{{Role: actor.Reviewer, Unit: "commune"}}), emulation.CardFilter{Unit: "commune"}, 0, actor.ErrScope},
	}
	for _, tt := range tests {
		list, err := b.Page(t.Context(), tt.act, tt.filter, page.Request{})
		if !errors.Is(err, tt.err) || (tt.err == nil) != (err == nil) || len(list.Items) != tt.cards {
			t.Errorf("%s: %d cards, %v; want %d, %v", tt.name, len(list.Items), err, tt.cards, tt.err)
		}
	}
}

func TestService_EnsureTables(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 2 {
		if err := b.EnsureTables(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tables, err := b.set.Emulation.Tables(t.Context(), 2026)
	if err != nil || len(tables) != 1 || tables[0].ID != "2026.1" {
		t.Errorf("2026 has %d tables (%v)", len(tables), err)
	}
}
