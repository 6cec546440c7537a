package outreach_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// stories are the words of each rule: a state with its reason, or why not.
func (b *bench) stories(name string) map[string]string {
	b.t.Helper()
	who, err := b.set.Residents.Get(b.ctx, name)
	b.must(err)
	found, more, err := b.explainer().Stories(b.ctx, who, millis(b.now)-outreach.StoryWithin)
	b.must(err)
	if more {
		b.t.Error("there is more")
	}
	by := map[string]string{}
	for _, s := range found {
		words := string(s.Why)
		if s.Row != nil {
			words = string(s.Row.State)
			if s.Row.Reason != "" {
				words += "(" + string(s.Row.Reason) + ")"
			}
		}
		by[s.Kind+" "+s.Rule] = words
	}
	return by
}

func (b *bench) wantStories(name string, want map[string]string) {
	b.t.Helper()
	if d := cmp.Diff(want, b.stories(name)); d != "" {
		b.t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

func TestStories(t *testing.T) {
	t.Parallel()
	b := crowd(t)
	b.wantStories("usual1", map[string]string{
		"confirmation confirmation": "soon", "reminder rule": "soon", "change change": "nothing_new",
		"survey survey": "no_survey", "announcement news": "answered",
	})
	b.plan()
	b.sendAll(outreach.RuleConfirmation)
	b.wantStories("usual1", map[string]string{
		"confirmation confirmation": "sent", "reminder rule": "planned", "change change": "nothing_new",
		"survey survey": "no_survey", "announcement news": "answered",
	})
	b.wantStories("silent", map[string]string{
		"confirmation confirmation": "sent", "reminder rule": "suppressed(no_consent)", "change change": "nothing_new",
		"survey survey": "no_survey", "announcement news": "answered",
	})
	b.reader("deaf", false)
	b.wantStories("reader", map[string]string{"announcement news": "planned"})
	b.wantStories("deaf", map[string]string{"announcement news": "no_consent"})
}

func TestStories_NotConfirmed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.guest("form", func(_ *resident.Resident, r *registration.Registration) {
		r.State, r.Confirmed, r.HoldUntil = registration.Pending, false, b.now.Add(time.Hour)
	})
	b.plan()
	b.wantStories("form", map[string]string{
		"pending pending": "planned", "confirmation confirmation": "unconfirmed", "reminder rule": "unconfirmed",
		"change change": "unconfirmed", "survey survey": "unconfirmed",
	})
}

func TestStories_OfAMergedRecordAreThePersons(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.second(false)
	b.mergeInto()
	b.wantStories("w", map[string]string{
		"confirmation confirmation": "sent", "reminder rule": "planned", "change change": "nothing_new", "survey survey": "no_survey",
	})
}

func TestStories_ForNinetyDays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.sendAll(outreach.RuleConfirmation)
	b.now = before(12 * time.Hour)
	b.sendAll("rule")
	b.now = start.Add(80 * 24 * time.Hour)
	if got := b.stories("r"); got["confirmation confirmation"] != "sent" {
		t.Errorf("after 80 days: %v", got)
	}
	b.now = start.Add(100 * 24 * time.Hour)
	if got := b.stories("r"); len(got) != 0 {
		t.Errorf("after 100 days: %v", got)
	}
}

func TestStories_Cancelled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.sendAll(outreach.RuleConfirmation)
	b.edit(func(e *event.Event) { e.Former, e.State = e.State, event.Cancelled })
	b.plan()
	got := b.stories("r")
	if got["reminder rule"] != "suppressed("+string(notifications.ReasonCancelled)+")" || got["change change"] != "planned" {
		t.Errorf("got %v", got)
	}
}
