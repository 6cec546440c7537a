package event_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

type bundle struct {
	*event.Service
	set   *store.Set
	rules *reminder.Service
	now   calendar.Instant
	// called lists what the event asked of seats and door.
	called []string
}

func (b *bundle) Prepare(context.Context, string) error {
	b.called = append(b.called, "prepare")
	return nil
}

func (b *bundle) Sync(context.Context, event.Event) error {
	b.called = append(b.called, "sync")
	return nil
}

func (b *bundle) Finish(context.Context, event.Event) error {
	b.called = append(b.called, "finish")
	return nil
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// setup has the commune "commune" in the province "province", and "other".
func setup(t *testing.T) *bundle {
	t.Helper()
	file, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "s.db"), Sync: "OFF"})
	must(t, err)
	t.Cleanup(func() { must(t, file.Close()) })
	b := &bundle{set: file.Set()}
	b.now, _, err = calendar.Resolve("2026-11-20T08:00", "Asia/Ho_Chi_Minh", calendar.Reject)
	must(t, err)
	for _, u := range []unit.Unit{
		{Head: record.Head{ID: "province"}, Kind: unit.Province},
		{Head: record.Head{ID: "commune"}, Kind: unit.Commune, Parent: "province", Ancestors: []string{"province"}},
		{Head: record.Head{ID: "other"}, Kind: unit.Commune, Parent: "province", Ancestors: []string{"province"}},
	} {
		u.Names, u.Zone = map[string]string{"vi": u.ID}, "Asia/Ho_Chi_Minh"
		must(t, b.set.Units.Create(t.Context(), &u))
	}
	clock := func() calendar.Instant { return b.now }
	ids := id.Seeded(1)
	b.rules = reminder.NewService(reminder.Ports{Rules: b.set.Rules, Events: b.set.Events, Units: b.set.Units, Now: clock, IDs: ids})
	b.Service = event.NewService(event.Ports{
		Events: b.set.Events, Units: b.set.Units, Reminders: b.rules, Seats: b, Door: b, Now: clock, IDs: ids,
	})
	return b
}

func who(name string, role actor.Role, unitID string) actor.Actor {
	return actor.Staff(name, []actor.Grant{{Role: role, Unit: unitID}}, actor.AllScopes)
}

var (
	organizer = who("organizer", actor.Organizer, "commune")
	approver  = who("approver", actor.Approver, "province")
	stranger  = who("stranger", actor.Organizer, "other")
)

func input() event.Input {
	in := good()
	in.Unit, in.Zone, in.Slots = "commune", "", []event.Slot{{Capacity: 10}}
	return in
}

func (b *bundle) create(t *testing.T) event.Event {
	t.Helper()
	e, err := b.Create(t.Context(), organizer, "", input())
	must(t, err)
	return e
}

func (b *bundle) do(t *testing.T, e event.Event, acts ...event.Act) event.Event {
	t.Helper()
	for _, act := range acts {
		a := organizer
		if act == event.Approve || act == event.Return {
			a = approver
		}
		var err error
		e, err = b.Do(t.Context(), a, e.ID, e.Version(), act, "vì mưa bão")
		must(t, err)
	}
	return e
}

func TestService_OneSunday(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.create(t)
	if d := cmp.Diff([]string{"commune", "province"}, e.Scope); d != "" || e.Zone != "Asia/Ho_Chi_Minh" {
		t.Errorf("scope %s, zone %s", d, e.Zone)
	}
	e = b.do(t, e, event.Submit, event.Return, event.Submit, event.Approve, event.Publish)
	if !e.HasRoll || !e.Uncounted || e.ApprovedBy != "approver" || e.PublishedAt != b.now || e.Revision != 0 {
		t.Errorf("published: %+v", e)
	}
	e, err := b.AddNotice(t.Context(), organizer, e.ID, event.Loudspeaker)
	must(t, err)
	b.now = e.EndAt + 1
	if n, err := b.CloseEnded(t.Context(), b.now, 10); n != 1 || err != nil {
		t.Errorf("closed %d, %v", n, err)
	}
	e, err = b.File(t.Context(), organizer, e.ID, 0, event.ReportInput{Households: 12, Summary: "Trồng 200 cây"})
	must(t, err)
	if e.State != event.Reported || e.Report.Households != 12 || e.ReportedAt != b.now || !slices.Contains(b.called, "finish") {
		t.Errorf("reported: %+v, called %v", e, b.called)
	}
	var acts []string
	for _, line := range e.Outbox {
		acts = append(acts, line.Act+" "+line.Actor)
	}
	want := []string{
		"event.create account:organizer", "event.submit account:organizer", "event.return account:approver",
		"event.submit account:organizer", "event.approve account:approver", "event.publish account:organizer",
		"event.notice account:organizer", "event.close job:close_events", "event.report account:organizer",
	}
	if d := cmp.Diff(want, acts); d != "" {
		t.Error(d)
	}
}

func TestService_Do_WhoMay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.do(t, b.create(t), event.Submit)
	both := actor.Staff("organizer", []actor.Grant{
		{Role: actor.Organizer, Unit: "commune"}, {Role: actor.Approver, Unit: "commune"},
	}, actor.AllScopes)
	for name, c := range map[string]struct {
		a    actor.Actor
		act  event.Act
		want error
	}{
		"own approval":           {both, event.Approve, event.ErrOwnApproval},
		"approver of another":    {who("x", actor.Approver, "other"), event.Approve, record.ErrAbsent},
		"organizer approves":     {who("x", actor.Organizer, "commune"), event.Approve, event.ErrRole},
		"organizer from above":   {who("x", actor.Organizer, "province"), event.Cancel, event.ErrRole},
		"viewer":                 {who("x", actor.Viewer, "province"), event.Cancel, event.ErrRole},
		"stranger":               {stranger, event.Cancel, record.ErrAbsent},
		"resident":               {actor.Resident(), event.Cancel, actor.ErrScope},
		"wrong state":            {organizer, event.Publish, event.ErrState},
		"an act of another kind": {organizer, event.Reschedule, fault.New(fault.Invalid, fault.CodeInvalid)},
	} {
		if _, err := b.Do(t.Context(), c.a, e.ID, 0, c.act, "why"); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := b.Do(t.Context(), organizer, e.ID, e.Version()-1, event.Cancel, "why"); !errors.Is(err, event.ErrVersion) {
		t.Errorf("an old version: %v", err)
	}
	if _, err := b.Do(t.Context(), organizer, e.ID, 0, event.Cancel, " "); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	got, err := b.Get(t.Context(), approver, e.ID)
	if err != nil || got.State != event.Submitted || got.Ver != e.Ver {
		t.Errorf("something was written: %+v, %v", got, err)
	}
	if _, err := b.Get(t.Context(), stranger, e.ID); !errors.Is(err, record.ErrAbsent) {
		t.Errorf("a stranger reads: %v", err)
	}
}

// What jobs keep in an event is no reason to refuse what somebody read before.
func TestService_Do_AfterAJob(t *testing.T) {
	t.Parallel()
	b := setup(t)
	seen := b.do(t, b.create(t), event.Submit, event.Approve)
	_, err := b.set.Events.Update(t.Context(), seen.ID, func(e *event.Event) error {
		e.Uncounted = false
		e.Touch()
		return nil
	})
	must(t, err)
	title := "Trồng cây"
	edited, err := b.Edit(t.Context(), organizer, seen.ID, seen.Version(), event.Patch{Title: &title})
	must(t, err)
	if _, err := b.Do(t.Context(), organizer, seen.ID, seen.Version(), event.Publish, ""); !errors.Is(err, event.ErrVersion) {
		t.Errorf("an edit that was not seen: %v", err)
	}
	b.do(t, edited, event.Publish)
}

func TestService_Create_Twice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := id.Hash("token", "key")
	first, err := b.Create(t.Context(), organizer, key, input())
	must(t, err)
	again, err := b.Create(t.Context(), organizer, key, input())
	must(t, err)
	if d := cmp.Diff(first, again); d != "" {
		t.Error(d)
	}
	_, rules, err := b.rules.List(t.Context(), organizer, first.ID)
	if err != nil || len(rules) != 1 || rules[0].At != "19:00" {
		t.Errorf("rules %+v, %v", rules, err)
	}
	if _, err := b.Create(t.Context(), stranger, "", input()); !errors.Is(err, event.ErrRole) {
		t.Errorf("for another unit: %v", err)
	}
	in := input()
	in.CoUnits = []string{"nowhere"}
	if _, err := b.Create(t.Context(), organizer, "", in); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "co_units=unit.unknown") {
		t.Errorf("with an unknown unit: %v", err)
	}
}

func TestService_Copy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := b.create(t)
	_, rules, err := b.rules.List(t.Context(), organizer, old.ID)
	must(t, err)
	_, err = b.rules.Edit(t.Context(), organizer, rules[0].ID, 0, reminder.Input{MinutesBefore: 60})
	must(t, err)
	old, err = b.Get(t.Context(), organizer, old.ID) // a rule's edit touches its event
	must(t, err)
	old = b.do(t, old, event.Submit, event.Approve, event.Publish)
	old, err = b.AddNotice(t.Context(), organizer, old.ID, event.Poster)
	must(t, err)
	start, end := calendar.Local("2026-12-06T07:00"), calendar.Local("2026-12-06T11:00")
	made, err := b.Copy(t.Context(), organizer, "", old.ID, event.Move{LocalStart: &start, LocalEnd: &end})
	must(t, err)
	if made.ID == old.ID || made.CopiedFrom != old.ID || made.State != event.Draft || len(made.Notices) != 0 || made.LocalStart != start {
		t.Errorf("copy %+v", made)
	}
	_, copied, err := b.rules.List(t.Context(), organizer, made.ID)
	if err != nil || len(copied) != 1 || copied[0].MinutesBefore != 60 || copied[0].ID == rules[0].ID {
		t.Errorf("rules of the copy %+v, %v", copied, err)
	}
}

func TestService_Edit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.do(t, b.create(t), event.Submit, event.Approve, event.Publish)
	edit := func(p event.Patch) (event.Event, error) { return b.Edit(t.Context(), organizer, e.ID, 0, p) }
	title, start, none, more := "Chủ nhật xanh lần 2", calendar.Local("2026-11-29T08:00"), []event.Slot{{ID: "new"}}, []event.Slot{{ID: "s1", Capacity: 20}}
	for want, p := range map[string]event.Patch{
		"local_start=event.reschedule_instead": {LocalStart: &start},
		"slots=event.slot_gone":                {Slots: &none},
		"type=event.approved_field":            {Type: new(event.Dialogue)},
	} {
		if _, err := edit(p); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "("+want+")") {
			t.Errorf("%v, want %s alone", err, want)
		}
	}
	b.called = nil
	got, err := edit(event.Patch{Title: &title, Slots: &more})
	must(t, err)
	if got.Title != title || got.Slots[0].Capacity != 20 || got.Revision != 0 || got.FirstEditAt != 0 || got.LastEditedBy != "organizer" {
		t.Errorf("edited %+v", got)
	}
	if d := cmp.Diff([]string{"prepare", "sync"}, b.called); d != "" {
		t.Errorf("the roll: %s", d)
	}
	same, err := edit(event.Patch{Title: &title})
	if err != nil || same.Ver != got.Ver {
		t.Errorf("an edit that changes nothing was written: %d, %v", same.Ver, err)
	}
}

func TestService_Reschedule(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.do(t, b.create(t), event.Submit, event.Approve, event.Publish)
	start, end := calendar.Local("2026-11-29T08:00"), calendar.Local("2026-11-29T12:00")
	moved, err := b.Reschedule(t.Context(), organizer, e.ID, e.Version(), event.Move{LocalStart: &start, LocalEnd: &end})
	must(t, err)
	if moved.StartAt.Sub(e.StartAt) != time.Hour || moved.Revision != 1 || moved.FirstEditAt != b.now || moved.PlanVer <= e.PlanVer {
		t.Errorf("moved %+v", moved)
	}
	_, err = b.Reschedule(t.Context(), organizer, e.ID, 0, event.Move{LocalEnd: &start})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "local_end=event.end_before_start") {
		t.Errorf("ends at its start: %v", err)
	}
	passed, before := calendar.Local("2026-11-22T07:00"), calendar.Local("2026-11-22T11:00")
	back := event.Move{LocalStart: &passed, LocalEnd: &before}
	b.now = moved.StartAt.Add((-7*24 + 2) * time.Hour)
	if _, err := b.Reschedule(t.Context(), organizer, e.ID, 0, back); !strings.Contains(fmt.Sprint(err), "local_start=event.past_start") {
		t.Errorf("moved into the past: %v", err)
	}
	b.now = moved.EndAt
	if _, err := b.Reschedule(t.Context(), organizer, e.ID, 0, back); err != nil {
		t.Errorf("a wrong time of what was is set right: %v", err)
	}
	if _, err := b.Reschedule(t.Context(), stranger, e.ID, 0, event.Move{LocalEnd: &end}); !errors.Is(err, record.ErrAbsent) {
		t.Errorf("a stranger: %v", err)
	}
}

// What orders events that start together is the name of the village, else of
// the place, as it was when the event was last planned.
func TestService_SortKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	village := unit.Unit{
		Head: record.Head{ID: "village"}, Kind: unit.Village, Parent: "commune", Ancestors: []string{"commune", "province"},
		Names: map[string]string{"vi": "Thôn Đạ Nghịt"}, SortKey: text.SortKey("Thôn Đạ Nghịt"), Zone: "Asia/Ho_Chi_Minh",
	}
	must(t, b.set.Units.Create(t.Context(), &village))
	want := func(e event.Event, name string) {
		t.Helper()
		if !bytes.Equal(e.SortKey, text.SortKey(name)) {
			t.Errorf("%s %q is not ordered by %q", e.State, e.Title, name)
		}
	}
	e := b.create(t)
	want(e, e.Place.Name)
	e, err := b.Edit(t.Context(), organizer, e.ID, 0, event.Patch{Village: &village.ID})
	must(t, err)
	want(e, "Thôn Đạ Nghịt")
	e = b.do(t, e, event.Submit, event.Approve, event.Publish)
	want(e, "Thôn Đạ Nghịt")
	e, err = b.Reschedule(t.Context(), organizer, e.ID, 0, event.Move{Village: new(""), Place: &event.Place{Name: "Sân trường"}})
	must(t, err)
	want(e, "Sân trường")
}

// Events are where the name of their village has them after it is another, and
// those of before names ordered them once their units were followed.
func TestService_FollowNames(t *testing.T) {
	t.Parallel()
	b := setup(t)
	units := unit.NewService(b.set.Units, func() calendar.Instant { return b.now }, id.Seeded(7))
	village, err := units.Create(t.Context(), actor.System("demo"), unit.Draft{
		Kind: unit.Village, Parent: "commune", Names: map[string]string{"vi": "Thôn Đạ Nghịt"},
	})
	must(t, err)
	there, elsewhere := b.create(t), b.create(t)
	there, err = b.Edit(t.Context(), organizer, there.ID, 0, event.Patch{Village: &village.ID})
	must(t, err)
	follow := func(of int) {
		t.Helper()
		n, err := b.FollowNames(t.Context(), b.now, 10)
		must(t, err)
		if n != of {
			t.Errorf("events followed the names of %d units, want %d", n, of)
		}
	}
	want := func(e event.Event, name string) {
		t.Helper()
		got, err := b.set.Events.Get(t.Context(), e.ID)
		must(t, err)
		if !bytes.Equal(got.SortKey, text.SortKey(name)) || got.Version() != e.Version() || got.PlanVer != e.PlanVer {
			t.Errorf("%q is not ordered by %q, or was changed besides: %+v", got.Title, name, got)
		}
	}
	follow(0) // a new unit has no events
	_, err = units.Rename(t.Context(), actor.System("demo"), village.ID, 0, map[string]string{"vi": "Tổ dân phố 7"})
	must(t, err)
	follow(0) // they did, and do once more later
	want(there, "Tổ dân phố 7")
	want(elsewhere, elsewhere.Place.Name)
	b.now = b.now.Add(5 * time.Minute)
	follow(1)
	follow(0)

	for _, e := range []event.Event{there, elsewhere} {
		_, err := b.set.Events.Update(t.Context(), e.ID, func(e *event.Event) error { e.SortKey = nil; return nil })
		must(t, err)
	}
	for _, u := range []string{"commune", village.ID} {
		_, err := b.set.Units.Update(t.Context(), u, func(u *unit.Unit) error { u.Touch(); return nil })
		must(t, err)
	}
	follow(2)
	want(there, "Tổ dân phố 7")
	want(elsewhere, elsewhere.Place.Name)
}

// renaming is the units with one that gets another name after it was read, and
// whose events follow it before whoever read it goes on, to find that nothing
// answers any more where dies says so.
type renaming struct {
	event.Units
	once func()
	dies bool
}

func (r *renaming) Get(ctx context.Context, id string) (unit.Unit, error) {
	if r.dies && r.once == nil {
		return unit.Unit{}, record.ErrAway
	}
	u, err := r.Units.Get(ctx, id)
	if once := r.once; err == nil && u.Kind == unit.Village && once != nil {
		r.once = nil
		once()
	}
	return u, err
}

// A village that is renamed while a form is on its way orders its event by the
// new name, though nobody touches the event again.
func TestService_RenamedMeanwhile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	clock := func() calendar.Instant { return b.now }
	units := unit.NewService(b.set.Units, clock, id.Seeded(7))
	village, err := units.Create(t.Context(), actor.System("demo"), unit.Draft{
		Kind: unit.Village, Parent: "commune", Names: map[string]string{"vi": "Thôn 0"},
	})
	must(t, err)
	read := &renaming{Units: b.set.Units}
	s := event.NewService(event.Ports{
		Events: b.set.Events, Units: read, Reminders: b.rules, Seats: b, Door: b, Now: clock, IDs: id.Seeded(8),
	})
	in := input()
	in.Village = village.ID
	var e event.Event
	for name, write := range []func() (event.Event, error){
		func() (event.Event, error) { return s.Create(t.Context(), organizer, "", in) },
		func() (event.Event, error) {
			return s.Edit(t.Context(), organizer, e.ID, e.Version(), event.Patch{Title: new("Đổi tên")})
		},
		func() (event.Event, error) {
			b.do(t, e, event.Submit, event.Approve)
			return s.Reschedule(t.Context(), organizer, e.ID, 0, event.Move{LocalStart: new(calendar.Local("2026-11-29T06:30"))})
		},
	} {
		named := fmt.Sprint("Thôn ", name+1)
		read.once = func() {
			_, err := units.Rename(t.Context(), actor.System("demo"), village.ID, 0, map[string]string{"vi": named})
			must(t, err)
			_, err = b.FollowNames(t.Context(), b.now, 10)
			must(t, err)
		}
		e, err = write()
		must(t, err)
		got, err := b.set.Events.Get(t.Context(), e.ID)
		must(t, err)
		if !bytes.Equal(got.SortKey, text.SortKey(named)) || e.Ver != got.Ver || read.once != nil {
			t.Errorf("not ordered by %q: %+v", named, got)
		}
	}
	// Whoever wrote it dies before the second look: the job looks once more.
	read.dies = true
	read.once = func() {
		_, err := units.Rename(t.Context(), actor.System("demo"), village.ID, 0, map[string]string{"vi": "Thôn cuối"})
		must(t, err)
		_, err = b.FollowNames(t.Context(), b.now, 10)
		must(t, err)
	}
	if _, err = s.Create(t.Context(), organizer, "0123456789abcdef0123456789abcdef", in); !errors.Is(err, record.ErrAway) {
		t.Fatalf("got %v", err)
	}
	b.now = b.now.Add(5 * time.Minute)
	_, err = b.FollowNames(t.Context(), b.now, 10)
	must(t, err)
	got, err := b.set.Events.Get(t.Context(), "0123456789abcdef0123456789abcdef")
	must(t, err)
	if !bytes.Equal(got.SortKey, text.SortKey("Thôn cuối")) {
		t.Errorf("who wrote it died: %+v", got)
	}
}

func TestService_Public(t *testing.T) {
	t.Parallel()
	b := setup(t)
	draft := b.create(t)
	coming := b.do(t, b.create(t), event.Submit, event.Approve, event.Publish, event.Postpone)
	gone := b.do(t, b.create(t), event.Cancel)
	off := b.do(t, b.create(t), event.Submit, event.Approve, event.Publish, event.Cancel)
	for _, e := range []event.Event{draft, gone} {
		if _, err := b.Public(t.Context(), e.ID); !errors.Is(err, record.ErrAbsent) {
			t.Errorf("%s shows: %v", e.State, err)
		}
	}
	if _, err := b.Public(t.Context(), off.ID); err != nil {
		t.Errorf("what was announced and cancelled does not show: %v", err)
	}
	for scope, want := range map[string]int{"": 2, "province": 2, "commune": 2, "other": 0} {
		list, err := b.Coming(t.Context(), scope, b.now, page.Request{})
		if err != nil || len(list.Items) != want {
			t.Errorf("coming to %q: %d, %v, want %d", scope, len(list.Items), err, want)
		}
	}
	seen := 0
	for req := (page.Request{Limit: 1}); ; {
		list, err := b.Coming(t.Context(), "", b.now, req)
		must(t, err)
		if seen += len(list.Items); list.Next == nil {
			break
		}
		if len(list.Items) == 0 {
			t.Error("a page before the last is empty")
		}
		req.After = list.Next
	}
	if seen != 2 {
		t.Errorf("%d events on pages of one, want 2", seen)
	}
	if list, err := b.Coming(t.Context(), "", coming.StartAt+1, page.Request{}); err != nil || len(list.Items) != 0 {
		t.Errorf("after its start: %d, %v", len(list.Items), err)
	}
	list, err := b.Page(t.Context(), approver, event.Filter{Scope: "province"}, page.Request{})
	if err != nil || len(list.Items) != 4 {
		t.Errorf("the province sees %d, %v", len(list.Items), err)
	}
	if _, err := b.Page(t.Context(), stranger, event.Filter{Unit: "commune"}, page.Request{}); !errors.Is(err, record.ErrAbsent) {
		t.Errorf("a stranger lists: %v", err)
	}
}
