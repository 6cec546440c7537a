package outreach_test

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

var (
	sequence = regexp.MustCompile(`SEQUENCE:(\d+)`)
	stamp    = regexp.MustCompile(`DTSTAMP:(\d{8}T\d{6}Z)`)
)

// Somebody gives up the place and takes it up again, and then the event is
// cancelled, restored, postponed and moved: what a calendar gets has a higher
// SEQUENCE each time, and a DTSTAMP that is later and not in the future.
func TestWriter_CalendarGoesUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.writer()
	f, p := scene()
	now := before(90 * time.Hour)
	lastSequence, lastStamp := -1, ""
	send := func(what, rule, method string) {
		t.Helper()
		now = now.Add(11 * time.Minute)
		row, links := rowAndLinks(w, f, p, rule)
		m, err := w.Write(b.ctx, f, p, row, links, millis(now))
		b.must(err)
		text := string(m.Calendar)
		if len(sequence.FindStringSubmatch(text)) == 0 || len(stamp.FindStringSubmatch(text)) == 0 {
			t.Fatalf("%s: no calendar: %s", what, text)
		}
		number, err := strconv.Atoi(sequence.FindStringSubmatch(text)[1])
		b.must(err)
		at := stamp.FindStringSubmatch(text)[1]
		if m.Method != method || number <= lastSequence || at <= lastStamp || at > now.Time().UTC().Format("20060102T150405Z") {
			t.Errorf("%s: %s %d at %s after %d at %s, sent at %s", what, m.Method, number, at, lastSequence, lastStamp, fmt.Sprint(now.Time().UTC()))
		}
		lastSequence, lastStamp = number, at
	}
	send("confirmed", outreach.RuleConfirmation, outreach.MethodPublish)
	toldBefore(&p, f)
	p.Registration.State, p.Registration.Turns = registration.Cancelled, 1
	send("given up", outreach.RuleChange, outreach.MethodCancel)
	p.Registration.State, p.Registration.Turns = registration.Registered, 2
	send("taken up", outreach.RuleConfirmation, outreach.MethodPublish)
	toldBefore(&p, f)
	f.Event.State, f.Event.Revision = event.Cancelled, 1
	send("cancelled", outreach.RuleChange, outreach.MethodCancel)
	toldBefore(&p, f)
	f.Event.State, f.Event.Revision = event.Published, 2
	send("restored", outreach.RuleChange, outreach.MethodPublish)
	toldBefore(&p, f)
	f.Event.State, f.Event.Revision = event.Postponed, 3
	send("postponed", outreach.RuleChange, outreach.MethodPublish)
	toldBefore(&p, f)
	moveAWeek(&f.Event)
	send("moved", outreach.RuleChange, outreach.MethodPublish)
}
