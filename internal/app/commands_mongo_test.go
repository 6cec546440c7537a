package app_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// tally counts the commands between one mark and the next.
type tally struct {
	mu    sync.Mutex
	marks []markTally
}

// markTally is what follows a mark: reads before anything is written, and
// commands that store results.
type markTally struct{ reads, settles int }

func (c *tally) monitor() *event.CommandMonitor {
	return &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		c.mu.Lock()
		defer c.mu.Unlock()
		has := func(path ...string) bool {
			_, err := e.Command.LookupErr(append([]string{"updates", "0", "u"}, path...)...)
			return err == nil
		}
		collection, _ := e.Command.Lookup(e.CommandName).StringValueOK()
		switch last := len(c.marks) - 1; {
		case e.CommandName == "update" && has("$set", "sending_at"):
			c.marks = append(c.marks, markTally{})
		case last < 0:
		case e.CommandName == "update" && has("0", "$replaceWith"):
			c.marks[last].settles++
		case c.marks[last].settles == 0 && collection != "" && collection != "units": // units are kept for later batches
			c.marks[last].reads++
		}
	}}
}

// What a batch of one event costs in commands: a mark, and the reads of what it
// took, of the event, registrations, people, contacts and budgets; with seats
// those of the roll and of the people's other rows too. With a single
// connection every result is a round of its own.
func TestCommandsOfABatch_Mongo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ seats, reads int }{"Free": {0, 6}, "Seats": {100, 8}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandsOfABatch(t, c.seats, c.reads)
		})
	}
}

func commandsOfABatch(t *testing.T, seats, reads int) {
	t.Helper()
	s := &story{world: start(t, "mongodb", sunday.AddDate(0, 0, -14)), residents: map[string]string{}, regs: map[string]string{}}
	s.account("organizer", "24848", "organizer")
	s.account("approver", "68", "approver")
	s.account("stranger", "24787", "organizer")
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	s.event = s.plan("Làm đường thôn", seats)
	s.call("organizer", "POST", "/events/"+s.event+"/reminders", object{"days_before": 2, "at": "10:00", "late_minutes": 5}, 201)
	for n := range 20 {
		s.enter(s.resident(fmt.Sprint("Trần Thị Lan ", n), "vi", fmt.Sprintf("lan%d@example.org", n)), 1, "registered")
	}
	s.clock.Set(sunday.AddDate(0, 0, -2).Add(3 * time.Hour))
	s.must(s.app.Plan(s.ctx))
	var counted tally
	worker, err := app.Open(s.ctx, app.Options{Config: s.config, Clock: s.clock.Clock(), IDs: id.Random(), Wrap: func(own store.Set) store.Set {
		s.must(own.Health.Close())
		set, err := mongostore.Open(s.ctx, mongostore.Options{
			URI: string(s.config.MongoURI), Database: s.config.MongoDatabase, IDs: id.Random(), Monitor: counted.monitor(),
		})
		s.must(err)
		return *set
	}})
	s.must(err)
	s.must(worker.RunJob(s.ctx, app.JobDispatch))
	sent, batches := 0, map[string]bool{}
	rows, err := worker.Store().Ledger.BySubject(s.ctx, id.Part(s.event), s.event, nil)
	s.must(err)
	for _, r := range rows {
		if r.State == notifications.Sent {
			sent++
			batches[r.Batch] = true
		}
	}
	s.must(worker.Close())
	settles, most := 0, 0
	for _, m := range counted.marks {
		settles += m.settles
		most = max(most, m.reads)
	}
	if most != reads {
		t.Errorf("%d reads for a batch, want %d", most, reads)
	}
	if len(counted.marks) != len(batches) || len(batches) < 2 {
		t.Errorf("%d marks for %d batches", len(counted.marks), len(batches))
	}
	if settles != sent || sent < 20 {
		t.Errorf("%d commands stored %d results", settles, sent)
	}
}
