package sim_test

import (
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/sim"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

// TestSample makes the demo's province and looks for everything that the demo
// promises: a Sunday that was, with answers and a scorecard, one that comes,
// and tokens and links that work.
func TestSample(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	clock := app.NewHandClock(now)
	catcher := must(mailcatch.Start())(t)
	t.Cleanup(func() { check(t, catcher.Close()) })
	c := must(config.Load([]string{"SUNDAY_DATA=" + t.TempDir()}))(t)
	a := must(app.Open(t.Context(), app.Options{Config: c, Clock: clock.Clock(), Catcher: catcher, SyncOff: true}))(t)
	t.Cleanup(func() { check(t, a.Close()) })

	tour := must(sim.NewSample(a, clock, catcher, 1).Make(t.Context(), now))(t)
	if tour.OwnPage == "" || len(tour.Tokens) != 4 {
		t.Errorf("the tour has own page %q and %d tokens", tour.OwnPage, len(tour.Tokens))
	}
	set := a.Store()
	past, coming := must(set.Events.Get(t.Context(), tour.Past))(t), must(set.Events.Get(t.Context(), tour.Coming))(t)
	if past.State != event.Reported || coming.State != event.Published {
		t.Errorf("the Sunday that was is %s, the one that comes %s", past.State, coming.State)
	}
	if got := coming.StartAt.Time(); got.Before(now) {
		t.Errorf("the Sunday that comes was on %v", got)
	}
	sv := must(set.Surveys.Get(t.Context(), tour.Past))(t)
	if sv.State != survey.Closed || sv.Result == nil || sv.Result.Answers < survey.MinScored {
		t.Errorf("the survey is %s with %+v, want at least %d answers", sv.State, sv.Result, survey.MinScored)
	}
	cards := must(set.Cards.PageCards(t.Context(), emulation.CardFilter{Unit: tour.Unit}, page.Request{}))(t)
	if len(cards.Items) != 1 || cards.Items[0].OutOf != 65_000 {
		t.Errorf("scorecards %+v, want one with three automatic figures", cards.Items)
	}
	again := must(sim.FindTour(t.Context(), a))(t)
	if again.Past != tour.Past || again.Coming != tour.Coming {
		t.Errorf("found again %+v, made %+v", again, tour)
	}
	if _, err := sim.NewSample(a, clock, catcher, 1).Make(t.Context(), now); err == nil {
		t.Error("a second sample was made among the first")
	}
	swapped := must(set.Settings.SetSetting(t.Context(), "sample", "made", "begun"))(t)
	if _, err := sim.FindTour(t.Context(), a); err == nil || !swapped {
		t.Error("a sample that was not finished is shown")
	}
	must(set.Settings.SetSetting(t.Context(), "sample", "begun", ""))(t)
	if _, err := sim.FindTour(t.Context(), a); err == nil {
		t.Error("a sample is made among real events")
	}
}

// TestSample_AtAnyHour: the demo starts in the small hours and late at night too.
func TestSample_AtAnyHour(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"2026-11-24T04:20:00+07:00", "2026-11-28T23:50:00+07:00", "2026-11-29T06:59:00+07:00", "2026-11-29T09:15:00+07:00"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			now := must(time.Parse(time.RFC3339, at))(t)
			clock := app.NewHandClock(now)
			catcher := must(mailcatch.Start())(t)
			t.Cleanup(func() { check(t, catcher.Close()) })
			c := must(config.Load([]string{"SUNDAY_DATA=" + t.TempDir()}))(t)
			a := must(app.Open(t.Context(), app.Options{Config: c, Clock: clock.Clock(), Catcher: catcher, SyncOff: true}))(t)
			t.Cleanup(func() { check(t, a.Close()) })
			tour := must(sim.NewSample(a, clock, catcher, 1).Make(t.Context(), now))(t)
			if tour.OwnPage == "" {
				t.Error("nobody was told of the Sunday that comes")
			}
			if got := clock.Now(); got.Before(now) || got.After(now.Add(time.Hour)) {
				t.Errorf("the clock stands at %v", got)
			}
		})
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		check(t, err)
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
