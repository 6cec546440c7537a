package event_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// villages lays the villages v1 to v5 below the commune.
func (b *bundle) villages(t *testing.T) []event.Venue {
	t.Helper()
	var out []event.Venue
	for _, v := range []string{"v1", "v2", "v3", "v4", "v5"} {
		u := unit.Unit{Head: record.Head{ID: v}, Kind: unit.Village, Parent: "commune", Ancestors: []string{"commune", "province"},
			Names: map[string]string{"vi": v}, Zone: "Asia/Ho_Chi_Minh"}
		must(t, b.set.Units.Create(t.Context(), &u))
		out = append(out, event.Venue{Village: v, Place: event.Place{Name: "Nhà văn hóa " + v}})
	}
	return out
}

func (b *bundle) all(t *testing.T) []event.Event {
	t.Helper()
	l, err := b.set.Events.Page(t.Context(), event.Filter{Unit: "commune"}, page.Request{Limit: 100})
	must(t, err)
	return l.Items
}

func TestService_Plan(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := event.Programme{Form: "form-1", Input: input(), Venues: b.villages(t), Submit: true}
	p.Venues[2].Start, p.Venues[2].End = "13:30", "16:00"
	made, err := b.Plan(t.Context(), organizer, p)
	must(t, err)
	var got []string
	for _, e := range made {
		got = append(got, e.Village+" "+e.Place.Name+" "+string(e.LocalStart[11:])+" "+string(e.State))
		if e.Programme == "" || e.Programme != made[0].Programme {
			t.Errorf("programme %q", e.Programme)
		}
		rules, err := b.set.Rules.ByOwner(t.Context(), e.ID)
		if err != nil || len(rules) != 1 {
			t.Errorf("%d rules, %v", len(rules), err)
		}
	}
	want := []string{
		"v1 Nhà văn hóa v1 07:00 submitted", "v2 Nhà văn hóa v2 07:00 submitted", "v3 Nhà văn hóa v3 13:30 submitted",
		"v4 Nhà văn hóa v4 07:00 submitted", "v5 Nhà văn hóa v5 07:00 submitted",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	again, err := b.Plan(t.Context(), organizer, p)
	must(t, err)
	if d := cmp.Diff(made, again); d != "" || len(b.all(t)) != 5 {
		t.Errorf("sent again it made %d: %s", len(b.all(t)), d)
	}
	p.Input.Title = "Something else"
	if _, err := b.Plan(t.Context(), organizer, p); !errors.Is(err, event.ErrForm) || b.all(t)[0].Title == p.Input.Title {
		t.Errorf("the form with something else in it: %v", err)
	}
}

// Nobody could come to what is over: it may be kept as a draft, to be given
// another day, and is not sent for approval.
func TestService_Plan_Past(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := event.Programme{Form: "form-1", Input: input(), Venues: b.villages(t), Submit: true}
	p.Input.LocalStart, p.Input.LocalEnd = "2026-11-15T07:00", "2026-11-15T11:00"
	p.Venues[2].Start, p.Venues[2].End = "13:30", "16:00"
	_, err := b.Plan(t.Context(), organizer, p)
	if got := strings.Count(fmt.Sprint(err), "local_start=event.past_day"); got != 2 || len(b.all(t)) != 0 {
		t.Errorf("%d events were made, refused with %v", len(b.all(t)), err)
	}
	p.Submit = false
	made, err := b.Plan(t.Context(), organizer, p)
	must(t, err)
	if _, err := b.Do(t.Context(), organizer, made[0].ID, 0, event.Submit, ""); !errors.Is(err, event.ErrOver) {
		t.Errorf("submitted what is over: %v", err)
	}
}

// TestService_Plan_SentTwiceAtOnce: however the two interleave, each village
// has one event, and all are submitted.
func TestService_Plan_SentTwiceAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := event.Programme{Form: "form-1", Input: input(), Venues: b.villages(t), Submit: true}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := b.Plan(t.Context(), organizer, p); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	all := b.all(t)
	if len(all) != 5 {
		t.Errorf("%d events", len(all))
	}
	for _, e := range all {
		if e.State != event.Submitted || e.SubmittedBy != "organizer" {
			t.Errorf("%s is %s", e.Village, e.State)
		}
	}
}

func TestService_Plan_LikeLastTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	venues := b.villages(t)[:2]
	old, err := b.Plan(t.Context(), organizer, event.Programme{Form: "old", Input: input(), Venues: venues})
	must(t, err)
	for i, e := range old {
		held, err := b.set.Rules.ByOwner(t.Context(), e.ID)
		must(t, err)
		_, err = b.rules.Remove(t.Context(), organizer, held[0].ID)
		must(t, err)
		_, err = b.rules.Add(t.Context(), organizer, "", e.ID, reminder.Input{MinutesBefore: 90 + i})
		must(t, err)
		venues[i].From = e.ID
	}
	in := input()
	in.LocalStart, in.LocalEnd = "2026-12-06T07:00", "2026-12-06T11:00"
	made, err := b.Plan(t.Context(), organizer, event.Programme{Form: "new", Input: in, Venues: venues})
	must(t, err)
	for i, e := range made {
		if e.CopiedFrom != old[i].ID || e.Programme == old[i].Programme || e.State != event.Draft || len(e.Notices) != 0 {
			t.Errorf("copied %+v", e)
		}
		rules, err := b.set.Rules.ByOwner(t.Context(), e.ID)
		must(t, err)
		if len(rules) != 1 || rules[0].MinutesBefore != 90+i || rules[0].Owner != e.ID {
			t.Errorf("rules of the copy: %+v", rules)
		}
		if before, _ := b.set.Rules.ByOwner(t.Context(), old[i].ID); len(before) != 2 {
			t.Errorf("the old event has %d rules", len(before))
		}
	}
	if _, err := b.Plan(t.Context(), stranger, event.Programme{Form: "x", Input: in}); !errors.Is(err, event.ErrRole) {
		t.Errorf("somebody else plans: %v", err)
	}
}

func TestService_Plan_Refused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	venues := b.villages(t)
	p := event.Programme{Form: "form", Input: input(), Venues: venues}
	p.Input.Title = "ab"
	p.Venues[1].Place.Name = " "
	p.Venues[3].Village = "nowhere"
	p.Venues[4].Start = "25:00"
	_, err := b.Plan(t.Context(), organizer, p)
	f := &fault.Error{}
	if !errors.As(err, &f) {
		t.Fatal(err)
	}
	var got []string
	for _, one := range f.Fields {
		got = append(got, one.Name+"="+one.Code)
	}
	want := []string{
		"title=text.too_short", "venues.1.place.name=required", "venues.4.local_start=calendar.local",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	p.Input.Title, p.Venues[1].Place.Name, p.Venues[4].Start, p.Venues[4].Village = "abc", "x", "", "v1"
	if _, err = b.Plan(t.Context(), organizer, p); err == nil ||
		!strings.Contains(err.Error(), "venues.3.village=unit.unknown") || !strings.Contains(err.Error(), "venues.4.village=list.twice") {
		t.Errorf("an unknown village and one twice: %v", err)
	}
	if n := len(b.all(t)); n != 0 {
		t.Errorf("%d events were made of what was refused", n)
	}
	for name, p := range map[string]event.Programme{
		"no form": {Input: input()}, "a long one": {Form: strings.Repeat("x", 65), Input: input()},
		"villages": {Form: "f", Input: input(), Venues: make([]event.Venue, event.MaxVenues+1)},
	} {
		if _, err := b.Plan(t.Context(), organizer, p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Plan(t.Context(), actor.Anonymous(), p); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("anybody: %v", err)
	}
}

func TestService_Plan_WithoutVillages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made, err := b.Plan(t.Context(), organizer, event.Programme{Form: "f", Input: input()})
	must(t, err)
	if len(made) != 1 || made[0].Programme != "" || made[0].Place.Name != input().Place.Name || made[0].Village != "" {
		t.Errorf("made %+v", made)
	}
}

func TestService_Cautions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := event.Programme{Form: "f", Input: input(), Venues: b.villages(t)[:2]}
	p.Venues[1].Start = "09:30"
	made, err := b.Plan(t.Context(), organizer, event.Programme{Form: "g", Input: p.Input, Venues: p.Venues[:1]})
	must(t, err)
	got, err := b.Service.Cautions(t.Context(), organizer, p, made)
	must(t, err)
	want := [][]event.Caution{
		{{Kind: event.CautionClash, Other: made[0].ID}, {Kind: event.CautionChurch}, {Kind: event.CautionHarvest}},
		{{Kind: event.CautionHarvest}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if again, err := b.Service.Cautions(t.Context(), organizer, event.Programme{Form: "g", Input: p.Input, Venues: p.Venues[:1]}, made); err != nil || len(again[0]) != 2 {
		t.Errorf("an event clashes with itself: %v, %v", again, err)
	}
}

func TestService_Withdraw(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.do(t, b.create(t), event.Submit)
	if _, err := b.Do(t.Context(), approver, e.ID, 0, event.Withdraw, ""); !errors.Is(err, event.ErrRole) {
		t.Errorf("an approver withdraws: %v", err)
	}
	e = b.do(t, e, event.Withdraw)
	if e.State != event.Draft || e.SubmittedBy != "" {
		t.Errorf("withdrawn it is %s, submitted by %q", e.State, e.SubmittedBy)
	}
	if e = b.do(t, e, event.Submit, event.Approve); e.State != event.Approved {
		t.Errorf("then it is %s", e.State)
	}
}

func TestService_Acts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.do(t, b.create(t), event.Submit)
	for name, tt := range map[string]struct {
		who  actor.Actor
		want []event.Act
	}{
		"organizer": {organizer, []event.Act{event.Withdraw, event.Cancel}},
		"approver":  {approver, []event.Act{event.Approve, event.Return}},
		"both, of the own event": {actor.Staff("organizer", append(organizer.Grants, actor.Grant{Role: actor.Approver, Unit: "commune"}), actor.AllScopes),
			[]event.Act{event.Withdraw, event.Return, event.Cancel}},
		"stranger":   {stranger, []event.Act{}},
		"read token": {actor.Staff("organizer", organizer.Grants, event.ScopeRead), nil},
	} {
		got, err := b.Acts(t.Context(), tt.who, e)
		must(t, err)
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if !b.MayPlan(organizer, "commune") || b.MayPlan(organizer, "other") || b.MayPlan(approver, "commune") {
		t.Error("who may plan")
	}
}
