package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

const slotID = "all"

// held is one Sunday of a place, from its plan to its scorecard.
type held struct {
	*life
	place place
	n     int
	start time.Time
	kind  kindOfSunday
	r     *rand.Rand

	// storm says that it is called off two days before.
	storm bool
}

func (l *life) heldAt(p place, n int) *held {
	h := &held{life: l, place: p, n: n, start: l.origin.sunday(n), kind: p.kindOf(n, l.seed), r: random(l.seed, fmt.Sprint("sunday ", p.code, n))}
	h.storm = n < lastPast && chance(h.r, stormShare)
	return h
}

const (
	// stormShare is how many of the past Sundays were called off.
	stormShare = 0.03
	// joinShare is how many residents register for a Sunday, comeShare how many of
	// them come, answerShare how many answer the survey.
	joinShare, comeShare, answerShare = 0.9, 0.9, 0.88
	// soonShare is how many of those who are asked have their turn on the day of
	// the mail; leftShare how many have none: theirs are the newest mails, whose
	// links are left for whoever tries the demo.
	soonShare, leftShare = 0.7, 0.1
	// formShare is how many fill in the form themselves, and are not entered by staff.
	formShare = 0.3
)

// waves are the days before on which people register, and the part of them, of
// those who are left, that does so then.
var waves = []struct {
	days int
	part float64
}{{-12, 0.4}, {-6, 0.6}, {-3, 1}}

// plan has the staff plan, approve and publish it.
func (h *held) plan() {
	h.prepare()
	h.quietly(on(h.start, -15, 9), func(ctx context.Context) error { return h.do(ctx, h.place.organizer(h.seed), event.Publish, "") })
}

// prepare is the plan without its publication.
func (h *held) prepare() {
	organizer := h.place.organizer(h.seed)
	approver, _, _ := provincial(h.seed)
	h.quietly(on(h.start, -20, 9), func(ctx context.Context) error {
		if _, err := h.stage.app.Services.Events.Create(ctx, organizer.acting(), h.place.event(h.n), h.input()); err != nil {
			return err
		}
		return h.do(ctx, organizer, event.Submit, "")
	})
	h.quietly(on(h.start, -18, 10), func(ctx context.Context) error { return h.do(ctx, approver, event.Approve, "") })
	told := -14
	if !chance(h.r, h.place.diligent) {
		told = -2
	}
	h.quietly(on(h.start, told, 8), func(ctx context.Context) error { return h.notice(ctx, event.Poster) })
	h.quietly(on(h.start, -2, 11), func(ctx context.Context) error { return h.notice(ctx, event.Loudspeaker) })
}

// join has residents register in waves.
func (h *held) join() {
	left := h.whoJoins()
	for _, w := range waves {
		some := left[:int(float64(len(left))*w.part+0.5)]
		left = left[len(some):]
		h.at(on(h.start, w.days, 19), func(ctx context.Context) error { return h.enter(ctx, some) })
		h.at(on(h.start, w.days, 20), h.confirm)
	}
	if h.storm {
		h.at(on(h.start, -2, 15), func(ctx context.Context) error {
			return h.do(ctx, h.place.organizer(h.seed), event.Cancel, stormNote)
		})
		h.settle(on(h.start, -2, 15).Add(10 * time.Minute)) // a change waits for a second one
	}
}

// whoJoins are those who register, in the order in which they do.
func (h *held) whoJoins() []person {
	all := slices.Clone(h.people[h.place.code])
	h.r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:int(float64(len(all))*joinShare+0.5)]
}

// meet has people come, staff count and report, and residents say how it was.
func (h *held) meet() {
	h.settle(on(h.start, -1, 20)) // when reminders are out
	h.settle(on(h.start, 0, 13))
	h.settle(on(h.start, 1, 13))
	h.settle(on(h.start, 16, 9))
	if h.storm {
		return
	}
	h.quietly(h.start.Add(30*time.Minute), h.count)
	h.quietly(h.reportAt(), h.report)
	h.quietly(on(h.start, 1, 20), func(ctx context.Context) error { return h.answer(ctx, soonShare) })
	h.quietly(on(h.start, 4, 20), func(ctx context.Context) error { return h.answer(ctx, 1-leftShare/(1-soonShare)) })
}

// reportAt is the afternoon of the day for most, days later for some, and after
// the limit for a few.
func (h *held) reportAt() time.Time {
	switch {
	case chance(h.r, h.place.diligent):
		return on(h.start, 0, 15)
	case chance(h.r, 0.7):
		return on(h.start, 3, 9)
	}
	return on(h.start, 7, 9)
}

func (h *held) input() event.Input {
	local := func(t time.Time) calendar.Local { return calendar.LocalOf(calendar.FromTime(t), zone) }
	where := h.n % len(h.place.villageNames(h.seed))
	if h.place.code == communeCode && h.n >= lastPast {
		where = 0
	}
	kind, name, _ := strings.Cut(h.place.villageNames(h.seed)[where], " ")
	return event.Input{
		Unit: h.place.unit(), Type: h.kind.of, Title: h.kind.title, Village: h.place.village(where),
		Place: event.Place{Name: "Nhà văn hóa " + strings.ToLower(kind) + " " + name}, About: h.kind.about, Bring: h.kind.bring, Host: h.kind.host,
		Contact:    h.place.organizer(h.seed).name + ", bộ phận Một cửa",
		LocalStart: local(h.start), LocalEnd: local(h.start.Add(time.Duration(h.kind.hours) * time.Hour)),
		Slots: []event.Slot{{ID: slotID, Name: "Tham gia", Capacity: h.kind.places}}, NoticeDays: h.kind.notice,
	}
}

func (h *held) do(ctx context.Context, who official, a event.Act, note string) error {
	_, err := h.stage.app.Services.Events.Do(ctx, who.acting(), h.place.event(h.n), 0, a, note)
	return err
}

func (h *held) notice(ctx context.Context, kind event.NoticeKind) error {
	_, err := h.stage.app.Services.Events.AddNotice(ctx, h.place.organizer(h.seed).acting(), h.place.event(h.n), kind)
	return err
}

// enter registers residents: some fill in the form, the others are entered by
// staff, from a list on paper where they have no address.
func (h *held) enter(ctx context.Context, some []person) error {
	regs := h.stage.app.Services.Registrations
	for _, one := range some {
		party := 1 + h.r.IntN(3)
		if one.email != "" && chance(h.r, formShare) {
			_, err := regs.RegisterPublic(ctx, registration.Form{
				Event: h.place.event(h.n), ID: "form-" + h.place.event(h.n)[:16] + "-" + one.id[:16], Slot: slotID, Party: party,
				Name: one.name, Email: one.email, Locale: one.locale, Village: h.place.village(one.village),
			})
			if err != nil && !errors.Is(err, registration.ErrFull) {
				return err
			}
			continue
		}
		_, err := regs.Enter(ctx, h.place.organizer(h.seed).acting(), registration.Entry{
			Event: h.place.event(h.n), Resident: one.id, Slot: slotID, Party: party, Paper: one.email == "",
		})
		if err != nil && !errors.Is(err, registration.ErrFull) {
			return err
		}
	}
	return nil
}

// confirm has whoever got the first mail press its button.
func (h *held) confirm(ctx context.Context) error {
	links := h.stage.confirms
	h.stage.confirms = nil
	for _, link := range links {
		if _, err := h.stage.app.Services.Registrations.Confirm(ctx, link); err != nil {
			return err
		}
	}
	return nil
}

// count counts those who came by name, and others who came along as a tally.
func (h *held) count(ctx context.Context) error {
	scans := []attendance.Scan{{
		ID: "walk-ins-" + h.place.event(h.n), Source: attendance.Tally, Slot: slotID, Village: h.place.village(0), People: 2 + h.r.IntN(15),
	}}
	for _, one := range h.people[h.place.code] {
		id := registration.IDOf(h.place.event(h.n), one.id)
		if !chance(h.r, comeShare) {
			continue
		}
		scans = append(scans, attendance.Scan{
			ID: "scan-" + id, Source: attendance.Name, Slot: slotID, Village: h.place.village(one.village), Registration: id,
		})
	}
	_, err := h.stage.app.Services.Attendance.Count(ctx, h.place.organizer(h.seed).acting(), h.place.event(h.n), scans)
	return err
}

func (h *held) report(ctx context.Context) error {
	_, err := h.stage.app.Services.Events.File(ctx, h.place.organizer(h.seed).acting(), h.place.event(h.n), 0, event.ReportInput{
		Households: 3 + h.place.residents*2/3, Villages: 1 + h.r.IntN(len(h.place.villageNames(h.seed))), Officials: 3 + h.r.IntN(7),
		Summary: h.kind.done,
	})
	return err
}
