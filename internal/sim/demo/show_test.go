//go:build show

package demo_test

import (
	"context"
	"errors"
	"regexp"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/sim/demo"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// showSpeed is twice what the documents name: an hour takes three seconds.
const showSpeed = 1200

// milestones are what has to be told, in this order.
var milestones = []string{
	`^Published: `, `^0 have|^\d+ have registered`, `^\d+ have registered`, `^[1-9]\d+ have registered, 0 of them`, `^[1-9]\d+ reminders are out`,
	`^2 cannot come`, `^[1-9]\d+ people are there, [1-9]\d+ of them registered`, `^It is over`, `^The commune's scorecard: [1-9]`,
	`^[1-9]\d* are asked how it was`, `^The answers are counted when`,
}

// TestShow lives a Sunday on a fast clock, with the real server and worker, to
// the evening on which its survey is answered.
func TestShow(t *testing.T) {
	t.Parallel()
	o := optionsOf(t, t.TempDir(), demo.ShowAt(monday))
	o.Speed, o.Show, o.Units, o.Residents = showSpeed, true, 1, residents
	d := must(demo.Open(t.Context(), o))(t)
	t.Cleanup(func() { check(t, d.Close()) })

	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	defer stop()
	var told []string
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.App.Serve(ctx) })
	g.Go(func() error { return d.App.Work(ctx) })
	g.Go(func() error { return d.Make(ctx, func(int) {}) })
	g.Go(func() error {
		return d.Show(ctx, func(at time.Time, what string) {
			mu.Lock()
			defer mu.Unlock()
			t.Log(at.In(demo.Zone()).Format("Mon 15:04"), what)
			if told = append(told, what); len(told) == len(milestones) {
				stop()
			}
		})
	})
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if len(told) != len(milestones) {
		t.Fatalf("%d milestones were told, want %d", len(told), len(milestones))
	}
	for i, want := range milestones {
		if !regexp.MustCompile(want).MatchString(told[i]) {
			t.Errorf("milestone %d is %q, want %s", i, told[i], want)
		}
	}
	holdShown(t, d)
}

// holdShown holds what became of the Sunday to what people were promised.
func holdShown(t *testing.T, d *demo.Demo) {
	t.Helper()
	set := d.App.Store()
	e := must(set.Events.Get(t.Context(), d.Tour.Coming))(t)
	if e.State != event.Reported {
		t.Errorf("the Sunday is %s", e.State)
	}
	sent := map[string]int{}
	for _, r := range must(set.Ledger.BySubject(t.Context(), e.Part, e.ID, nil))(t) {
		switch r.State {
		case notifications.Sent:
			sent[r.Rule]++
		case notifications.Suppressed:
		default:
			t.Errorf("a message of rule %s is %s (%s): the worker did not keep up with its clock", r.Rule, r.State, r.Reason)
		}
	}
	v := must(set.Surveys.Get(t.Context(), e.ID))(t)
	answers := must(set.Boxes.Answers(t.Context(), e.Part, e.ID, "", 1000))(t)
	if v.State != survey.Open || len(answers) < v.Invited/2 || sent[outreach.RuleSurvey] != v.Invited {
		t.Errorf("the survey is %s, with %d answers of %d who were invited by %d mails", v.State, len(answers), v.Invited, sent[outreach.RuleSurvey])
	}
}
