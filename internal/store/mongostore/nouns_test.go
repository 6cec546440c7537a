package mongostore_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// What storetest asks of both stores is asked there. These tests ask what is
// particular to documents, and call every port once, so that each command has
// been seen by the tests of commands_test.go.

func head(id string) record.Head { return record.Head{ID: id} }

func wantErr(tb testing.TB, what string, got, want error) {
	tb.Helper()
	if !errors.Is(got, want) {
		tb.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// pages reads a list in pages of one and returns the ids.
func pages[T any](tb testing.TB, read func(page.Request) (page.List[T], error), idOf func(T) string) string {
	tb.Helper()
	var ids []string
	for r := (page.Request{Limit: 1}); ; {
		list := must[page.List[T]](tb)(read(r))
		for _, v := range list.Items {
			ids = append(ids, idOf(v))
		}
		if r.After = list.Next; r.After == nil || len(ids) > 20 {
			return fmt.Sprint(ids)
		}
	}
}

func tourUnits(t *testing.T, set *store.Set) {
	ctx := t.Context()
	names := map[string]string{"vi": "Xã", "en": "Commune"}
	// The second key is longer and sorts first; the third equals the first.
	units := []unit.Unit{
		{Head: head("u1"), Names: names, Code: "001", SortKey: []byte{2}, Words: []string{"xa", "commune"}, Parent: "top", Ancestors: []string{"top"}, Kind: unit.Commune},
		{Head: head("u2"), Names: names, SortKey: []byte{1, 255, 0}, Words: []string{"zz", "aa"}, Parent: "top", Ancestors: []string{"top"}, Kind: unit.Ward},
		{Head: head("u3"), Names: names, SortKey: []byte{2}, Words: []string{"xanh"}, Ancestors: []string{"top"}, Kind: unit.Commune},
	}
	check(t, set.Units.Create(ctx, &units[0]))
	same(t, "version", units[0].Ver, 1)
	check(t, set.Units.CreateMany(ctx, units))
	wantErr(t, "the same code", set.Units.CreateMany(ctx, []unit.Unit{{Head: head("u9"), Code: "001"}}), record.ErrExists)
	wantErr(t, "the same id", set.Units.Create(ctx, &unit.Unit{Head: head("u1")}), record.ErrExists)
	got := must[unit.Unit](t)(set.Units.ByCode(ctx, "001"))
	if diff := cmp.Diff(units[0], got); diff != "" {
		t.Error(diff)
	}
	read := func(f unit.Filter) string {
		return pages(t, func(r page.Request) (page.List[unit.Unit], error) { return set.Units.Page(ctx, f, r) },
			func(u unit.Unit) string { return u.ID })
	}
	same(t, "all", read(unit.Filter{}), "[u2 u1 u3]")
	same(t, "parent", read(unit.Filter{Parent: "top"}), "[u2 u1]")
	same(t, "ancestor and kind", read(unit.Filter{Ancestor: "top", Kind: unit.Commune}), "[u1 u3]")
	same(t, "kind", read(unit.Filter{Kind: unit.Commune}), "[u1 u3]")
	same(t, "prefix", read(unit.Filter{Prefix: "xa"}), "[u1 u3]")
	same(t, "prefix between the words of one", read(unit.Filter{Prefix: "m"}), "[]")
}

func tourPeople(t *testing.T, set *store.Set) {
	ctx := t.Context()
	a := account.Account{Head: head("a1"), Login: "lan", Unit: "u1"}
	check(t, set.Accounts.Create(ctx, &a))
	wantErr(t, "the same login", set.Accounts.Create(ctx, &account.Account{Head: head("a2"), Login: "lan"}), record.ErrExists)
	same(t, "by login", must[account.Account](t)(set.Accounts.ByLogin(ctx, "lan")).ID, "a1")
	same(t, "accounts", pages(t, func(r page.Request) (page.List[account.Account], error) {
		return set.Accounts.Page(ctx, account.Filter{Unit: "u1"}, r)
	}, func(a account.Account) string { return a.ID }), "[a1]")
	check(t, set.Accounts.CreateToken(ctx, &account.Token{Head: head("hash"), Account: "a1"}))
	must[account.Token](t)(set.Accounts.UpdateToken(ctx, "hash", func(k *account.Token) error { k.RevokedAt = 5; return nil }))
	same(t, "revoked", must[account.Token](t)(set.Accounts.Token(ctx, "hash")).RevokedAt, 5)

	check(t, set.Contacts.Create(ctx, &contact.Contact{Head: head("k.1"), OptOutHash: "out", Sealed: []byte{0, 255}}))
	same(t, "by opt-out", must[contact.Contact](t)(set.Contacts.ByOptOut(ctx, "out")).ID, "k.1")
	_, err := set.Contacts.ByOptOut(ctx, "")
	wantErr(t, "no hash", err, record.ErrAbsent)
	same(t, "many", len(must[[]contact.Contact](t)(set.Contacts.Many(ctx, []string{"k.1", "none"}))), 1)

	r := resident.Resident{Head: head("r1"), Unit: "u1", Village: "v", Contacts: []string{"k.1"}, Words: []string{"nam"}}
	r.Touch()
	check(t, set.Residents.Create(ctx, &r))
	check(t, set.Residents.Create(ctx, &resident.Resident{Head: head("r2"), Unit: "u2", Contacts: []string{"k.2", "k.1"}}))
	same(t, "by contact", len(must[[]resident.Resident](t)(set.Residents.ByContact(ctx, "u1", "k.1"))), 1)
	same(t, "with contact", len(must[[]resident.Resident](t)(set.Residents.WithContact(ctx, "k.1", 10))), 2)
	same(t, "in the village", pages(t, func(r page.Request) (page.List[resident.Resident], error) {
		return set.Residents.Page(ctx, resident.Filter{Unit: "u1", Village: "v", Prefix: "n"}, r)
	}, func(r resident.Resident) string { return r.ID }), "[r1]")
	same(t, "dirty", len(must[[]resident.Resident](t)(set.Residents.Dirty(ctx, 10))), 1)
	same(t, "clean of another version", must[bool](t)(set.Residents.Clean(ctx, "r1", 2)), false)
	same(t, "clean", must[bool](t)(set.Residents.Clean(ctx, "r1", 1)), true)
	same(t, "dirty after", len(must[[]resident.Resident](t)(set.Residents.Dirty(ctx, 10))), 0)
	for range 2 {
		check(t, set.Texts.PutText(ctx, resident.ConsentText{ID: "t", Words: "câu"}))
	}
	same(t, "text", must[resident.ConsentText](t)(set.Texts.Text(ctx, "t")).Words, "câu")
}

func tourEvents(t *testing.T, set *store.Set) {
	ctx := t.Context()
	for i, at := range []int{30, 10, 30, 20} {
		e := event.Event{Head: head(fmt.Sprintf("e%d", i)), Unit: "u1", Scope: []string{"u1", "top"}, State: event.Published, Uncounted: i == 0}
		e.StartAt, e.EndAt, e.Part = calendarAt(at), calendarAt(at), id.Part(e.ID)
		e.Touch()
		check(t, set.Events.Create(ctx, &e))
	}
	read := func(f event.Filter) string {
		return pages(t, func(r page.Request) (page.List[event.Event], error) { return set.Events.Page(ctx, f, r) },
			func(e event.Event) string { return e.ID })
	}
	same(t, "scope", read(event.Filter{Scope: "top"}), "[e1 e3 e0 e2]")
	same(t, "scope, bounded", read(event.Filter{Scope: "top", From: 11, Until: 31}), "[e3 e0 e2]")
	same(t, "unit", read(event.Filter{Unit: "u1", From: 10, Until: 30}), "[e1 e3]")
	same(t, "states", read(event.Filter{States: []event.State{event.Published, event.Done}, From: 20}), "[e3 e0 e2]")
	ended := must[[]event.Event](t)(set.Events.Ended(ctx, event.Published, 31, &page.Key{Values: []string{"30", "e0"}}, 5))
	same(t, "ended after e0", len(ended), 1)
	_, err := set.Events.Ended(ctx, event.Published, 31, &page.Key{Values: []string{"x"}}, 5)
	wantErr(t, "a key of another list", err, page.ErrCursor)
	same(t, "dirty", must[[]event.Event](t)(set.Events.Dirty(ctx, id.Part("e2"), "", 5))[0].Part, id.Part("e2"))
	same(t, "clean", must[bool](t)(set.Events.Clean(ctx, "e2", 1)), true)
	same(t, "uncounted", len(must[[]event.Event](t)(set.Events.Uncounted(ctx, 5))), 1)

	check(t, set.Rules.Create(ctx, &reminder.Rule{Head: head("rule"), Owner: "e1"}))
	must[reminder.Rule](t)(set.Rules.Update(ctx, "rule", func(r *reminder.Rule) error { r.Removed = true; return nil }))
	same(t, "rules", must[[]reminder.Rule](t)(set.Rules.ByOwner(ctx, "e1"))[0].Removed, true)
}

func tourRegistrations(t *testing.T, set *store.Set) {
	ctx := t.Context()
	p := id.Part("e1")
	for i, state := range []registration.State{registration.Pending, registration.Unsettled, registration.Registered} {
		r := registration.Registration{Head: head(fmt.Sprintf("g%d", i)), Event: "e1", Resident: "r1", State: state, LinkHash: fmt.Sprintf("l%d", i), HoldUntil: 50, CreatedAt: 50}
		r.Part = p
		r.Touch()
		check(t, set.Registrations.Create(ctx, &r))
	}
	same(t, "by link", must[registration.Registration](t)(set.Registrations.ByLink(ctx, "l2")).ID, "g2")
	_, err := set.Registrations.ByConfirm(ctx, "c")
	wantErr(t, "by confirm", err, record.ErrAbsent)
	same(t, "by resident", len(must[[]registration.Registration](t)(set.Registrations.ByResident(ctx, "r1", 2))), 2)
	same(t, "page", pages(t, func(r page.Request) (page.List[registration.Registration], error) {
		return set.Registrations.Page(ctx, registration.Filter{Event: "e1", States: []registration.State{registration.Pending, registration.Registered}}, r)
	}, func(r registration.Registration) string { return r.ID }), "[g0 g2]")
	same(t, "heads", len(must[[]registration.Heads](t)(set.Registrations.Heads(ctx, []string{"e1", "e2"}, registration.HavePlace()))), 1)
	same(t, "dirty", len(must[[]registration.Registration](t)(set.Registrations.Dirty(ctx, p, registration.DirtyKey{}, 5))), 3)
	same(t, "dirty of", len(must[[]registration.Registration](t)(set.Registrations.DirtyOf(ctx, p, "e1", "g0", 5))), 2)
	same(t, "clean", must[int](t)(set.Registrations.Clean(ctx, p, []registration.Seen{{ID: "g0", PlanVer: 1}, {ID: "g1", PlanVer: 9}})), 1)
	same(t, "not lapsed", len(must[[]registration.Registration](t)(set.Registrations.Lapsed(ctx, 50, 5))), 0)
	same(t, "lapsed", must[[]registration.Registration](t)(set.Registrations.Lapsed(ctx, 51, 5))[0].ID, "g0")
	same(t, "loose", must[[]registration.Registration](t)(set.Registrations.Loose(ctx, 51, 5))[0].ID, "g1")
	must[registration.Registration](t)(set.Registrations.Update(ctx, "g1", func(r *registration.Registration) error { r.Party = 3; return nil }))
	check(t, set.Registrations.Delete(ctx, []string{"g0", "none"}))
	same(t, "many", len(must[[]registration.Registration](t)(set.Registrations.Many(ctx, "e1", []string{"g0", "g1"}))), 1)

	form := registration.SentForm{Head: head("f1"), Event: "e1", Hash: "h"}
	check(t, set.Forms.CreateForm(ctx, &form))
	wantErr(t, "a second form", set.Forms.CreateForm(ctx, &form), record.ErrExists)
	same(t, "form", must[registration.SentForm](t)(set.Forms.Form(ctx, "f1")).Hash, "h")
	check(t, set.Forms.ForgetForms(ctx, "e1"))

	roll := registration.Roll{Head: head("e1"), Part: p, IsUnsettled: true, NextAt: 50, Unsettled: []string{"g1"}}
	check(t, set.Rolls.CreateRoll(ctx, &roll))
	wantErr(t, "a second roll", set.Rolls.CreateRoll(ctx, &roll), record.ErrExists)
	stale := must[registration.Roll](t)(set.Rolls.Roll(ctx, "e1"))
	check(t, set.Rolls.SwapRoll(ctx, &roll))
	same(t, "version", roll.Ver, 2)
	wantErr(t, "a stale roll", set.Rolls.SwapRoll(ctx, &stale), record.ErrContended)
	same(t, "unsettled", fmt.Sprint(must[[]string](t)(set.Rolls.UnsettledRolls(ctx, 5))), "[e1]")
	same(t, "not due", fmt.Sprint(must[[]string](t)(set.Rolls.DueRolls(ctx, 49, 5))), "[]")
	same(t, "due", fmt.Sprint(must[[]string](t)(set.Rolls.DueRolls(ctx, 50, 5))), "[e1]")
	check(t, set.Rolls.DeleteRoll(ctx, "e1"))
	check(t, set.Rolls.DeleteRoll(ctx, "e1"))
	wantErr(t, "a roll that is gone", set.Rolls.SwapRoll(ctx, &roll), record.ErrAbsent)
}

func tourDoor(t *testing.T, set *store.Set) {
	ctx := t.Context()
	p := id.Part("e1")
	entries := []attendance.Entry{
		{Head: head("s1"), Part: p, Event: "e1", People: 2, Registration: "g1"},
		{Head: head("s2"), Part: p, Event: "e1", People: -2, Undoes: "s1"},
	}
	fresh := must[[]bool](t)(set.Attendance.Append(ctx, append(entries, entries[0])))
	same(t, "fresh", fmt.Sprint(fresh), "[true true false]")
	same(t, "undone", must[bool](t)(set.Attendance.Undone(ctx, p, "e1", "s1")), true)
	same(t, "not undone", must[bool](t)(set.Attendance.Undone(ctx, p, "e1", "s2")), false)
	check(t, set.Attendance.Dissolve(ctx, p, "e1"))
	same(t, "dissolved", must[attendance.Entry](t)(set.Attendance.Get(ctx, "s1")).Registration, "")
	same(t, "after s1", must[[]attendance.Entry](t)(set.Attendance.ByEvent(ctx, p, "e1", "s1", 5))[0].ID, "s2")

	check(t, set.Surveys.Create(ctx, &survey.Survey{Head: head("e1"), Part: p, State: survey.Planned, OpensAt: 5, ClosesAt: 9}))
	same(t, "opens", len(must[[]survey.Survey](t)(set.Surveys.Due(ctx, survey.Planned, 5, 5))), 1)
	same(t, "closes", len(must[[]survey.Survey](t)(set.Surveys.Due(ctx, survey.Open, 9, 5))), 0)
	must[survey.Survey](t)(set.Surveys.Update(ctx, "e1", func(s *survey.Survey) error { s.Result = &survey.Histogram{Counts: [][]int{{1, 2}}}; return nil }))
	same(t, "counts", must[survey.Survey](t)(set.Surveys.Get(ctx, "e1")).Result.Counts[0][1], 2)
	box := set.Boxes
	for _, code := range []string{"b2", "b1", "b2", "-"} {
		check(t, box.AddCode(ctx, p, "e1", code))
	}
	same(t, "has", must[bool](t)(box.HasCode(ctx, p, "e1", "b2")), true)
	same(t, "take", must[bool](t)(box.TakeCode(ctx, p, "e1", "b2")), true)
	same(t, "take again", must[bool](t)(box.TakeCode(ctx, p, "e1", "b2")), false)
	check(t, box.DropCodes(ctx, p, "e1"))
	same(t, "dropped", must[bool](t)(box.HasCode(ctx, p, "e1", "b1")), false)
	check(t, box.PutAnswer(ctx, survey.Answer{ID: "x", Part: p, Event: "e1", Levels: []int{5}}))
	wantErr(t, "the same answer", box.PutAnswer(ctx, survey.Answer{ID: "x"}), record.ErrExists)
	same(t, "answers", len(must[[]survey.Answer](t)(box.Answers(ctx, p, "e1", "", 5))), 1)
	check(t, box.RemoveAnswer(ctx, p, "e1", "x"))
}

func tourScores(t *testing.T, set *store.Set) {
	ctx := t.Context()
	fact := emulation.Fact{ID: "f1", Unit: "u1", Event: "e1", Year: 2026, At: 10, Histogram: [][]int{{1}}}
	later := emulation.Fact{ID: "f2", Unit: "u1", Event: "e1", Year: 2026, At: 11}
	check(t, set.Emulation.PutFacts(ctx, []emulation.Fact{fact}))
	check(t, set.Emulation.PutFacts(ctx, []emulation.Fact{{ID: "f1", Unit: "other"}, later}))
	if diff := cmp.Diff([]emulation.Fact{fact}, must[[]emulation.Fact](t)(set.Emulation.Facts(ctx, "u1", 2026, 10))); diff != "" {
		t.Error(diff)
	}
	same(t, "of the event", len(must[[]emulation.Fact](t)(set.Emulation.FactsOf(ctx, "e1"))), 2)
	touched := must[[]emulation.UnitYear](t)(set.Emulation.Touched(ctx, 10, 5))
	if diff := cmp.Diff([]emulation.UnitYear{{Unit: "u1", Year: 2026}}, touched); diff != "" {
		t.Error(diff)
	}
	check(t, set.Emulation.CreateTable(ctx, &emulation.Table{Head: head("2026.1"), Year: 2026, Version: 1}))
	check(t, set.Emulation.CreateTable(ctx, &emulation.Table{Head: head("2026.2"), Year: 2026, Version: 2}))
	same(t, "newest table", must[[]emulation.Table](t)(set.Emulation.Tables(ctx, 2026))[0].Version, 2)
	for _, c := range []emulation.Card{
		{Head: head("c1"), Unit: "u2", Scope: []string{"top"}, Period: "2026"},
		{Head: head("c2"), Unit: "u1", Scope: []string{"top"}, Period: "2026"},
		{Head: head("c3"), Unit: "u1", Scope: []string{"top"}, Period: "2025"},
	} {
		check(t, set.Cards.CreateCard(ctx, &c))
	}
	read := func(f emulation.CardFilter) string {
		return pages(t, func(r page.Request) (page.List[emulation.Card], error) { return set.Cards.PageCards(ctx, f, r) },
			func(c emulation.Card) string { return c.ID })
	}
	same(t, "cards of a subtree", read(emulation.CardFilter{Scope: "top"}), "[c3 c2 c1]")
	same(t, "cards of a unit", read(emulation.CardFilter{Unit: "u1"}), "[c3 c2]")
}

func tourAudit(t *testing.T, set *store.Set) {
	ctx := t.Context()
	c := contact.Contact{Head: head("k.9")}
	c.Note(record.Entry{Unit: "u1", Thing: "contact:k.9", Act: "contact.create", At: 3})
	c.Note(record.Entry{Unit: "u1", Thing: "contact:k.9", Act: "contact.check", At: 3})
	check(t, set.Contacts.Create(ctx, &c))
	boxes := must[[]audit.Box](t)(set.Audit.Boxes(ctx, 10))
	same(t, "boxes", len(boxes), 1)
	same(t, "entries", len(boxes[0].Entries), 2)
	must[contact.Contact](t)(set.Contacts.Update(ctx, "k.9", func(c *contact.Contact) error {
		c.Note(record.Entry{Unit: "u1", Thing: "contact:k.9", Act: "contact.verify", At: 4})
		return nil
	}))
	for range 2 {
		check(t, set.Audit.Empty(ctx, boxes))
	}
	rest := must[[]audit.Box](t)(set.Audit.Boxes(ctx, 10))
	same(t, "the entry that came since", rest[0].Entries[0].Act, "contact.verify")
	check(t, set.Audit.Empty(ctx, rest))
	same(t, "boxes at the end", len(must[[]audit.Box](t)(set.Audit.Boxes(ctx, 10))), 0)
	same(t, "version after all", must[contact.Contact](t)(set.Contacts.Get(ctx, "k.9")).Ver, 2)

	lines := []audit.Line{
		{ID: "l1", Entry: record.Entry{Unit: "u1", Thing: "a", At: 5}}, {ID: "l2", Entry: record.Entry{Unit: "u1", Thing: "b", At: 5}},
		{ID: "l3", Entry: record.Entry{Unit: "u2", At: 4}},
	}
	check(t, set.Audit.Append(ctx, lines[:1]))
	check(t, set.Audit.Append(ctx, lines))
	same(t, "unsealed units", fmt.Sprint(must[[]string](t)(set.Audit.UnsealedUnits(ctx, 5))), "[u1 u2]")
	block := audit.Block{ID: "b1", Unit: "u1", Seq: 1, Hash: "h", Lines: []audit.Sealed{{Line: "l1"}, {Line: "l2"}}}
	for range 2 {
		check(t, set.Audit.PutBlock(ctx, block))
	}
	wantErr(t, "another block", set.Audit.PutBlock(ctx, audit.Block{ID: "b1", Unit: "u1", Seq: 1, Hash: "g"}), record.ErrExists)
	same(t, "unsealed", len(must[[]audit.Line](t)(set.Audit.Unsealed(ctx, "u1", 5))), 0)
	same(t, "last", must[audit.Block](t)(set.Audit.LastBlock(ctx, "u1")).Seq, 1)
	same(t, "blocks", len(must[[]audit.Block](t)(set.Audit.Blocks(ctx, "u1", 1, 5))), 1)
	read := func(f audit.Filter) string {
		return pages(t, func(r page.Request) (page.List[audit.Line], error) { return set.Audit.Page(ctx, f, r) },
			func(l audit.Line) string { return l.ID })
	}
	same(t, "newest first", read(audit.Filter{Unit: "u1", Since: 5, Until: 6}), "[l2 l1]")
	same(t, "of a thing", read(audit.Filter{Unit: "u1", Thing: "a"}), "[l1]")
	same(t, "purged", must[int](t)(set.Audit.Purge(ctx, 6, 5)), 2)
}

func tourWork(t *testing.T, set *store.Set) {
	ctx := t.Context()
	mine := scheduler.LeaseRow{Name: "part-01", Owner: "w1", Fence: 1, Beat: 1}
	take := scheduler.LeaseSwap{Seen: scheduler.LeaseRow{Name: "part-01"}, Next: mine}
	same(t, "take", fmt.Sprint(must[[]bool](t)(set.Leases.SwapLeases(ctx, []scheduler.LeaseSwap{take}))), "[true]")
	theirs := take
	theirs.Next.Owner = "w2"
	renewed := mine
	renewed.Beat = 2
	swaps := []scheduler.LeaseSwap{
		theirs, {Seen: scheduler.LeaseRow{Name: "part-02"}, Next: scheduler.LeaseRow{Name: "part-02", Owner: "w2", Fence: 1}},
	}
	same(t, "taken", fmt.Sprint(must[[]bool](t)(set.Leases.SwapLeases(ctx, swaps))), "[false true]")
	swaps = []scheduler.LeaseSwap{
		{Seen: mine, Next: renewed}, {Seen: swaps[1].Next, Next: scheduler.LeaseRow{Name: "part-02"}},
		{Seen: scheduler.LeaseRow{Name: "part-03", Fence: 4}, Next: scheduler.LeaseRow{Name: "part-03", Fence: 5}},
	}
	same(t, "renewed, gone, missed", fmt.Sprint(must[[]bool](t)(set.Leases.SwapLeases(ctx, swaps))), "[true true false]")
	rows := must[[]scheduler.LeaseRow](t)(set.Leases.ListLeases(ctx, "part-"))
	if diff := cmp.Diff([]scheduler.LeaseRow{renewed}, rows); diff != "" {
		t.Error(diff)
	}

	seen := must[scheduler.JobState](t)(set.Jobs.JobState(ctx, "plan"))
	next := seen
	next.Gen, next.LastOutcome = 1, scheduler.Failed
	same(t, "first", must[bool](t)(set.Jobs.SwapJob(ctx, seen, next)), true)
	same(t, "first again", must[bool](t)(set.Jobs.SwapJob(ctx, seen, next)), false)
	then := next
	then.Gen, then.Runs = 2, 1
	same(t, "second", must[bool](t)(set.Jobs.SwapJob(ctx, next, then)), true)
	if diff := cmp.Diff([]scheduler.JobState{then}, must[[]scheduler.JobState](t)(set.Jobs.ListJobs(ctx))); diff != "" {
		t.Error(diff)
	}

	for _, s := range []struct {
		seen, value string
		want        bool
	}{{"", "a", true}, {"", "b", false}, {"x", "b", false}, {"a", "b", true}, {"b", "", true}, {"", "c", true}} {
		same(t, "set "+s.seen+" to "+s.value, must[bool](t)(set.Settings.SetSetting(ctx, "key", s.seen, s.value)), s.want)
	}
	same(t, "setting", must[string](t)(set.Settings.Setting(ctx, "key")), "c")
	check(t, set.Health.Ping(ctx))
	check(t, set.Health.Ping(ctx))
}

// tour calls every port of the nouns.
func tour(t *testing.T, set *store.Set) {
	tourUnits(t, set)
	tourPeople(t, set)
	tourEvents(t, set)
	tourRegistrations(t, set)
	tourDoor(t, set)
	tourScores(t, set)
	tourAudit(t, set)
	tourWork(t, set)
}

func TestPorts(t *testing.T) {
	t.Parallel()
	for _, server := range []string{replica, standalone, withAuth} {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			tour(t, setupOn(t, server, nil))
		})
	}
}

// Writers of two processes on one document: nobody's change is lost.
func TestUpdate_concurrent(t *testing.T) {
	t.Parallel()
	uri := mustURI(t, replica)
	name := mustDatabase(t, uri)
	sets := []*store.Set{mustOpen(t, at(uri, name)), mustOpen(t, at(uri, name))}
	check(t, sets[0].Rules.Create(t.Context(), &reminder.Rule{Head: head("r")}))
	const each = 25
	var wg sync.WaitGroup
	errs := make(chan error, 2*each)
	for i := range 2 * each {
		wg.Go(func() {
			_, err := sets[i%2].Rules.Update(t.Context(), "r", func(r *reminder.Rule) error { r.DaysBefore++; return nil })
			errs <- err
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		check(t, err)
	}
	got := must[reminder.Rule](t)(sets[1].Rules.Get(t.Context(), "r"))
	same(t, "changes", got.DaysBefore, 2*each)
	same(t, "version", got.Ver, 2*each+1)
}

func TestUpdate_refusals(t *testing.T) {
	t.Parallel()
	rules := setup(t).Rules
	check(t, rules.Create(t.Context(), &reminder.Rule{Head: head("r"), Owner: "e"}))
	got, err := rules.Update(t.Context(), "r", func(r *reminder.Rule) error { r.Owner = "x"; return record.ErrUnchanged })
	check(t, err)
	same(t, "owner where nothing was to do", got.Owner, "e")
	refusal := errors.New("refused")
	_, err = rules.Update(t.Context(), "r", func(*reminder.Rule) error { return refusal })
	wantErr(t, "the closure's error", err, refusal)
	_, err = rules.Update(t.Context(), "none", func(*reminder.Rule) error { return nil })
	wantErr(t, "absent", err, record.ErrAbsent)
	same(t, "version", must[reminder.Rule](t)(rules.Get(t.Context(), "r")).Ver, 1)
}
