package weeks

import (
	"context"
	"fmt"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// reminders plans changes of the reminder rules of an event.
func (w *writer) reminders(e *sunday, out millis) {
	for range w.r.IntN(3) {
		id := w.ids.New(int64(w.begins))
		e.rules[id] = w.name(e) + " further reminder"
		in := w.anyRule()
		w.add(w.between(out, e.start), "office", fmt.Sprintf("%s gets %s", w.name(e), spelled(in)), addRule(e, id, in))
		if w.chance(25) {
			w.add(w.hotTime(e.unit), "office", w.name(e)+" has the further reminder no more", dropRule(id))
		}
	}
	if w.chance(30) {
		in := w.daily()
		at := []millis{w.between(out, e.start), w.amid(e.eve())}[w.r.IntN(2)]
		w.add(at, "office", fmt.Sprintf("%s reminds %s", w.name(e), spelled(in)), editRule(e, in))
	}
	if w.chance(12) {
		w.add(w.between(out, e.start), "office", w.name(e)+" has no reminder any more", removeRule(e))
	}
}

// daily is a reminder at a time of the day.
func (w *writer) daily() reminder.Input {
	return reminder.Input{DaysBefore: w.r.IntN(3), At: []string{"07:30", "18:00", "19:05", "21:30"}[w.r.IntN(4)]}
}

// anyRule is a rule for anybody, at any time and by any way.
func (w *writer) anyRule() reminder.Input {
	in := reminder.Input{MinutesBefore: []int{30, 120, 180, 600, 1500}[w.r.IntN(5)], LateMinutes: []int{0, 5, 60}[w.r.IntN(3)]}
	if w.chance(30) {
		in = w.daily()
	}
	switch w.r.IntN(10) {
	case 0:
		in.Audience = []reminder.Audience{reminder.Waitlisted}
	case 1:
		in.Audience = []reminder.Audience{reminder.NotAnswered}
	case 2:
		in.Audience = []reminder.Audience{reminder.Registered, reminder.Waitlisted}
	case 3, 4: // after it
		in = reminder.Input{MinutesAfter: []int{30, 240, 1440}[w.r.IntN(3)], LateMinutes: 600}
		in.Audience = [][]reminder.Audience{{reminder.Attended}, {reminder.NotRecorded}, {reminder.Attended, reminder.NotRecorded}}[w.r.IntN(3)]
	case 5, 6:
		in = w.announcement()
	}
	if w.chance(30) {
		in.OnUnknown = reminder.Leave
	}
	in.Channels = [][]string{nil, nil, {"smtp", "paper"}, {"paper", "smtp"}, {"paper"}}[w.r.IntN(5)]
	return in
}

// announcement tells those who agree to news.
func (w *writer) announcement() reminder.Input {
	in := reminder.Input{Audience: []reminder.Audience{reminder.News}, DaysBefore: 1 + w.r.IntN(5), At: "08:30"}
	if w.chance(30) {
		in.DaysBefore, in.At, in.MinutesBefore = 0, "", 600+60*w.r.IntN(60)
	}
	return in
}

// spelled says when a rule reminds, and whom.
func spelled(in reminder.Input) string {
	text := fmt.Sprintf("%d days before at %s", in.DaysBefore, in.At)
	switch {
	case in.Off:
		text = "never"
	case in.MinutesBefore > 0:
		text = fmt.Sprintf("%d min before", in.MinutesBefore)
	case in.MinutesAfter > 0:
		text = fmt.Sprintf("%d min after", in.MinutesAfter)
	}
	if len(in.Audience) > 0 {
		text += fmt.Sprint(" ", in.Audience)
	}
	if len(in.Channels) > 0 {
		text += fmt.Sprint(" by ", in.Channels)
	}
	return text
}

// inherited plans rules of units, and of the province, that hold for all their
// events, or those of a type, and what events and units make of them.
func (w *writer) inherited() {
	for u := range w.units {
		if !w.chance(35) {
			continue
		}
		id, name := w.ids.New(int64(w.begins)), fmt.Sprintf("unit-%d", u)
		in := w.anyRule()
		if w.chance(30) {
			in.Type = event.Types()[w.r.IntN(len(event.Types()))]
		}
		w.rules[id] = name + " rule"
		at := w.between(w.begins+hour, w.ends)
		if w.chance(60) {
			at = w.begins + hour
		}
		w.add(at, "office", fmt.Sprintf("%s reminds %s", name, spelled(in)), addUnitRule(w.units[u], id, in))
		w.overridden(u, id, in, at)
	}
}

// overridden plans that a rule of a unit is edited, removed, and overridden by
// events, mostly when it is just being followed.
func (w *writer) overridden(u int, id string, in reminder.Input, from millis) {
	name := w.rules[id]
	below := max(u, 1+w.r.IntN(len(w.units)-1))
	if w.chance(40) {
		again := in
		if in.At != "" {
			again.At = []string{"07:30", "18:00", "20:00"}[w.r.IntN(3)]
		} else {
			again.LateMinutes = []int{0, 30, 240}[w.r.IntN(3)]
		}
		w.add(max(from, w.hotTime(below)), "office", fmt.Sprintf("%s reminds %s", name, spelled(again)), changeRule(id, again))
	}
	if w.chance(30) {
		w.add(max(from, w.hotTime(below)), "office", name+" is removed", dropRule(id))
	}
	for _, e := range w.events {
		if (u != 0 && e.unit != u) || !w.chance(30) {
			continue
		}
		over := reminder.Input{Overrides: id, Off: w.chance(40)}
		if !over.Off && in.MinutesBefore > 0 {
			over.MinutesBefore = 15 + w.r.IntN(600)
		}
		own := w.ids.New(int64(w.begins))
		e.rules[own] = w.name(e) + " override"
		w.add(max(from+minute, w.hotTime(e.unit)), "office", fmt.Sprintf("%s reminds %s instead of %s", w.name(e), spelled(over), name), addRule(e, own, over))
		if w.chance(40) {
			w.add(w.between(from, e.start), "office", w.name(e)+" has its override no more", dropRule(own))
		}
	}
}

func addRule(e *sunday, id string, in reminder.Input) doing {
	return func(ctx context.Context, w *world) error {
		_, err := w.office.app.Services.Reminders.Add(ctx, w.organizer(), id, e.id, in)
		w.noteRule(id, err)
		return err
	}
}

func addUnitRule(unit, id string, in reminder.Input) doing {
	return func(ctx context.Context, w *world) error {
		_, err := w.office.app.Services.Reminders.AddToUnit(ctx, w.organizer(), id, unit, in)
		w.noteRule(id, err)
		return err
	}
}

// noteRule notes when a rule last became another.
func (w *world) noteRule(id string, err error) {
	if err == nil {
		w.ruleAt[id] = notifications.Millis(w.now)
	}
}

func changeRule(id string, in reminder.Input) doing {
	return func(ctx context.Context, w *world) error {
		_, err := w.office.app.Services.Reminders.Edit(ctx, w.organizer(), id, 0, in)
		w.noteRule(id, err)
		return err
	}
}

func dropRule(id string) doing {
	return func(ctx context.Context, w *world) error {
		_, err := w.office.app.Services.Reminders.Remove(ctx, w.organizer(), id)
		w.noteRule(id, err)
		return err
	}
}

func editRule(e *sunday, in reminder.Input) doing { return changeRule(e.defaultRule(), in) }

func removeRule(e *sunday) doing { return dropRule(e.defaultRule()) }
