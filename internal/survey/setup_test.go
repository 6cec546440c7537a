package survey_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

const (
	commune  = "commune"
	province = "province"
)

// end is the event's end: Sunday 29 November 2026, 11:30 in Vietnam.
var end = calendar.FromTime(time.Date(2026, time.November, 29, 4, 30, 0, 0, time.UTC))

// bench is a survey service over a store of its own, with a clock to move.
type bench struct {
	*survey.Service
	set *store.Set
	now calendar.Instant
	e   event.Event
}

func setup(t *testing.T) *bench {
	t.Helper()
	st, err := sqlitestore.Open(t.Context(), sqlitestore.Options{
		Path: filepath.Join(t.TempDir(), "sunday.db"), Sync: "OFF", IDs: id.Seeded(1),
	})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{set: st.Set(), now: end}
	t.Cleanup(func() { _ = b.set.Health.Close() })
	b.Service = survey.NewService(survey.Ports{
		Surveys: b.set.Surveys, Boxes: b.set.Boxes, Events: b.set.Events,
		Now: func() calendar.Instant { return b.now }, IDs: id.Seeded(2),
	})
	b.e = event.Event{
		Head: record.Head{ID: id.Hash("event")}, Unit: commune, Scope: []string{commune, province},
		State: event.Done, Zone: "Asia/Ho_Chi_Minh", StartAt: end.Add(-4 * time.Hour), EndAt: end, PublishedAt: 1,
	}
	b.e.Part = id.Part(b.e.ID)
	if err := b.set.Events.Create(t.Context(), &b.e); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Ensure(t.Context(), b.e); err != nil {
		t.Fatal(err)
	}
	return b
}

// open lets a day pass and runs the job.
func (b *bench) open(t *testing.T) {
	t.Helper()
	b.now = end.Add(25 * time.Hour)
	if n, err := b.OpenDue(t.Context(), b.now, 10); n != 1 || err != nil {
		t.Fatalf("opened %d, %v; want 1", n, err)
	}
}

func (b *bench) mustInvite(t *testing.T, n int) []string {
	t.Helper()
	codes, err := b.InviteMany(t.Context(), b.e.ID, n)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func (b *bench) submission(code, form string, level int) survey.Submission {
	return survey.Submission{Event: b.e.ID, Code: code, Form: form, Levels: []int{level, level, 0, 5}, Text: "Cảm ơn"}
}

func (b *bench) survey(t *testing.T) survey.Survey {
	t.Helper()
	v, err := b.set.Surveys.Get(t.Context(), b.e.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (b *bench) answers(t *testing.T) []survey.Answer {
	t.Helper()
	as, err := b.set.Boxes.Answers(t.Context(), b.e.Part, b.e.ID, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return as
}

func staff(role actor.Role, unit string) actor.Actor {
	return actor.Staff("s", []actor.Grant{{Role: role, Unit: unit}}, actor.AllScopes)
}

func (b *bench) mustChange(t *testing.T, change func(*event.Event)) event.Event {
	t.Helper()
	e, err := b.set.Events.Update(t.Context(), b.e.ID, func(e *event.Event) error {
		if change == nil {
			return record.ErrUnchanged
		}
		change(e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
