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
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/web/console"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// look is how often the show looks at its clock and its mails.
const look = 100 * time.Millisecond

// show is one Sunday from its publication to its scorecard, on the program's own
// clock, by its own worker. Its residents do what they do on that clock.
type show struct {
	*Demo
	held *held
	tell func(at time.Time, what string)
	r    *rand.Rand

	// coming are those who still have to register, in order; doing is what else
	// is to happen, in no order.
	coming []arrival
	doing  []act
	// seen is the number of the last mail that was read, mails how many of them
	// were of this Sunday.
	seen, mails int
	own         []string // tokens of own pages
	kept        time.Time
}

// Show publishes the shown commune's next Sunday, has residents live it, and
// tells what happens, with the time on the demo's clock. It ends with the
// scorecard that counts the survey, or with ctx.
func (d *Demo) Show(ctx context.Context, tell func(at time.Time, what string)) error {
	select {
	case <-d.shown:
	case <-ctx.Done():
		return ctx.Err()
	}
	m := d.making
	l := newLife(nil, m.state.Seed, m.state.origin())
	p := m.places[0]
	l.people[p.code] = p.people(l.seed)
	s := &show{Demo: d, held: l.heldAt(p, next), tell: tell, r: random(l.seed, "show"), seen: d.catcher.Received()}
	e, err := d.App.Store().Events.Get(ctx, s.id())
	if err != nil {
		return err
	}
	if e.State != event.Approved {
		s.sayf("The next Sunday of the shown commune is %s already: begin a new demo to see one from its beginning", e.State)
		return nil
	}
	return s.run(ctx)
}

func (s *show) id() string            { return s.held.place.event(next) }
func (s *show) now() time.Time        { return s.making.now() }
func (s *show) link(to string) string { return s.App.BaseURL() + to }

// sayf tells what happened now.
func (s *show) sayf(format string, args ...any) { s.tell(s.now(), fmt.Sprintf(format, args...)) }

func (s *show) run(ctx context.Context) error {
	for _, chapter := range []func(context.Context) error{
		s.publish, s.register, s.remind, s.door, s.report, s.ask, s.close,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *show) publish(ctx context.Context) error {
	staff, events := s.held.place.organizer(s.held.seed).acting(), s.App.Services.Events
	e, err := events.Do(ctx, staff, s.id(), 0, event.Publish, "")
	if err != nil {
		return err
	}
	if _, err := events.AddNotice(ctx, staff, s.id(), event.Loudspeaker); err != nil {
		return err
	}
	s.sayf("Published: %s, at %s\n%s", e.Title, e.Place.Name, s.link(outreach.EventPath+e.ID))
	s.coming = arrivals(s.now(), s.held.start, s.held.whoJoins(), s.r)
	return nil
}

// register has residents register and confirm.
func (s *show) register(ctx context.Context) error {
	for _, at := range counts(s.now(), s.held.start) {
		if err := s.until(ctx, at); err != nil {
			return err
		}
		live, err := s.registered(ctx, func(r registration.Registration) bool { return r.State.Live() })
		if err != nil {
			return err
		}
		pending, err := s.registered(ctx, func(r registration.Registration) bool { return r.State == registration.Pending })
		if err != nil {
			return err
		}
		s.sayf("%d have registered, %d of them are asked to confirm; %d mails so far\n%s", live, pending, s.mails, s.link("/dev/mail"))
	}
	return nil
}

// remind waits for the reminders. Some of those who get one cannot come.
func (s *show) remind(ctx context.Context) error {
	if err := s.until(ctx, on(s.held.start, -1, 20)); err != nil {
		return err
	}
	sent, err := s.sent(ctx, func(r notifications.Row) bool { return len(r.Rule) == len(s.id()) })
	if err != nil {
		return err
	}
	s.sayf("%d reminders are out", sent)
	for _, link := range s.own[:min(cannotCome, len(s.own))] {
		s.later(30, func(ctx context.Context) error {
			_, err := s.App.Services.Registrations.CancelOwn(ctx, link, "show-cannot-"+link)
			return err
		})
	}
	if err := s.until(ctx, on(s.held.start, -1, 21)); err != nil {
		return err
	}
	gone, err := s.registered(ctx, func(r registration.Registration) bool { return r.Reason == registration.ReasonSelf })
	s.sayf("%d cannot come, and said so by the link in their mail", gone)
	return err
}

// cannotCome is how many residents give up their places.
const cannotCome = 2

// door has people come, and counts them as they do.
func (s *show) door(ctx context.Context) error {
	staff := s.held.place.organizer(s.held.seed).acting()
	people := s.held.people[s.held.place.code]
	const rounds = 8
	for n := range rounds {
		if err := s.until(ctx, s.held.start.Add(time.Duration(n*15)*time.Minute)); err != nil {
			return err
		}
		scans := []attendance.Scan{{
			ID: fmt.Sprintf("walk-ins-%d-%s", n, s.id()), Source: attendance.Tally, Slot: slotID, People: 1 + s.r.IntN(3),
		}}
		for i, one := range people {
			if i%rounds == n && chance(s.r, comeShare) {
				reg := registration.IDOf(s.id(), one.id)
				scans = append(scans, attendance.Scan{
					ID: "scan-" + reg, Source: attendance.Name, Slot: slotID, Village: s.held.place.village(one.village), Registration: reg,
				})
			}
		}
		if _, err := s.App.Services.Attendance.Count(ctx, staff, s.id(), scans); err != nil {
			return err
		}
	}
	e, err := s.App.Store().Events.Get(ctx, s.id())
	if err != nil {
		return err
	}
	totals, err := s.App.Services.Attendance.TotalsOf(ctx, e)
	s.sayf("%d people are there, %d of them registered", totals.People, totals.Registered)
	return err
}

// report waits until the event has closed by itself, and files the report.
func (s *show) report(ctx context.Context) error {
	if err := s.until(ctx, on(s.held.start, 0, 15)); err != nil {
		return err
	}
	err := s.when(ctx, func(ctx context.Context) (bool, error) {
		e, err := s.App.Store().Events.Get(ctx, s.id())
		return e.State == event.Done, err
	})
	if err != nil {
		return err
	}
	before, err := s.card(ctx)
	if err != nil {
		return err
	}
	_, err = s.App.Services.Events.File(ctx, s.held.place.organizer(s.held.seed).acting(), s.id(), 0, event.ReportInput{
		Households: 41, Villages: 5, Officials: 7, Summary: s.held.kind.done,
	})
	if err != nil {
		return err
	}
	s.sayf("It is over, and its report is filed")
	return s.scored(ctx, before)
}

// ask waits for the survey and for what residents answer.
func (s *show) ask(ctx context.Context) error {
	if err := s.until(ctx, on(s.held.start, 1, 15)); err != nil {
		return err
	}
	sent, err := s.sent(ctx, func(r notifications.Row) bool { return r.Rule == outreach.RuleSurvey })
	if err != nil {
		return err
	}
	s.sayf("%d are asked how it was, and begin to answer", sent)
	return s.until(ctx, on(s.held.start, 2, 20))
}

// close waits until the survey has closed and the scorecard counts it.
func (s *show) close(ctx context.Context) error {
	v, err := s.App.Store().Surveys.Get(ctx, s.id())
	if err != nil {
		return err
	}
	left := time.Duration(float64(v.ClosesAt.Time().Sub(s.now())) / s.speed).Round(time.Minute)
	s.sayf("The answers are counted when the survey closes, in %v as your own clock goes", left)
	before, err := s.card(ctx)
	if err != nil {
		return err
	}
	if err := s.until(ctx, v.ClosesAt.Time()); err != nil {
		return err
	}
	err = s.when(ctx, func(ctx context.Context) (bool, error) {
		v, err = s.App.Store().Surveys.Get(ctx, s.id())
		return v.State == survey.Closed, err
	})
	if err != nil {
		return err
	}
	s.sayf("The survey is closed, with %d answers", v.Result.Answers)
	return s.scored(ctx, before)
}

// scored waits for another scorecard than the one before, and tells it.
func (s *show) scored(ctx context.Context, before emulation.Card) error {
	var c emulation.Card
	err := s.when(ctx, func(ctx context.Context) (changed bool, err error) {
		c, err = s.card(ctx)
		return c.Digest != before.Digest, err
	})
	if err != nil {
		return err
	}
	s.sayf("The commune's scorecard: %.1f of %.1f points that are counted by itself\n%s",
		float64(c.Automatic)/1000, float64(c.OutOf)/1000, s.link(console.ScorecardPath(c.Unit)))
	return nil
}

// card is the commune's scorecard of the year, the zero one before there is one.
func (s *show) card(ctx context.Context) (emulation.Card, error) {
	year := emulation.Period{Year: calendar.InZone(calendar.FromTime(s.held.start), zone).Year()}
	c, err := s.App.Store().Cards.Card(ctx, emulation.CardID(s.held.place.unit(), year))
	return c, record.IgnoreAbsent(err)
}

// registered counts registrations of the commune's residents.
func (s *show) registered(ctx context.Context, of func(registration.Registration) bool) (int, error) {
	var ids []string
	for _, one := range s.held.people[s.held.place.code] {
		ids = append(ids, registration.IDOf(s.id(), one.id))
	}
	slices.Sort(ids)
	regs, err := s.App.Store().Registrations.Many(ctx, s.id(), ids)
	return len(slices.DeleteFunc(regs, func(r registration.Registration) bool { return !of(r) })), err
}

// sent counts the messages of this Sunday that went out.
func (s *show) sent(ctx context.Context, of func(notifications.Row) bool) (int, error) {
	e, err := s.App.Store().Events.Get(ctx, s.id())
	if err != nil {
		return 0, err
	}
	rows, err := s.App.Store().Ledger.BySubject(ctx, e.Part, e.ID, nil)
	n := 0
	for _, r := range rows {
		if r.State == notifications.Sent && of(r) {
			n++
		}
	}
	return n, err
}

// when lets time pass until something is so.
func (s *show) when(ctx context.Context, so func(context.Context) (bool, error)) error {
	for {
		done, err := so(ctx)
		if err != nil || done {
			return err
		}
		if err := s.pass(ctx, look); err != nil {
			return err
		}
	}
}

// until lets time pass until an instant of the demo's clock.
func (s *show) until(ctx context.Context, at time.Time) error {
	for s.now().Before(at) {
		wait := time.Duration(float64(at.Sub(s.now())) / s.speed)
		if err := s.pass(ctx, min(look, wait)); err != nil {
			return err
		}
	}
	return nil
}

// pass lets real time pass and residents do what is due.
func (s *show) pass(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.read()
	now := s.now()
	for len(s.coming) > 0 && !s.coming[0].at.After(now) {
		one := s.coming[0].who
		s.coming = s.coming[1:]
		if err := s.joins(ctx, one); err != nil {
			return err
		}
	}
	if err := s.does(ctx, now); err != nil {
		return err
	}
	if now.Sub(s.kept) < time.Duration(float64(5*time.Second)*s.speed) {
		return nil
	}
	s.kept = now
	return s.keepClock(ctx)
}

// does carries out what is due of what residents were going to do.
func (s *show) does(ctx context.Context, now time.Time) error {
	var left, due []act
	for _, a := range s.doing {
		if a.at.After(now) {
			left = append(left, a)
		} else {
			due = append(due, a)
		}
	}
	s.doing = left
	for _, a := range due {
		if err := lived(a.do(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// lived lets pass what the services refuse: somebody was too late.
func lived(err error) error {
	var refused *fault.Error
	if errors.As(err, &refused) && refused.Kind != fault.Internal && refused.Kind != fault.Unavailable {
		return nil
	}
	return err
}

// joins has somebody fill in the form, or be entered by staff.
func (s *show) joins(ctx context.Context, one person) error {
	regs, party := s.App.Services.Registrations, 1+s.r.IntN(3)
	if one.email == "" {
		_, err := regs.Enter(ctx, s.held.place.organizer(s.held.seed).acting(), registration.Entry{
			Event: s.id(), Resident: one.id, Slot: slotID, Party: party, Paper: true,
		})
		return lived(err)
	}
	_, err := regs.RegisterPublic(ctx, registration.Form{
		Event: s.id(), ID: "show-" + registration.IDOf(s.id(), one.id), Slot: slotID, Party: party,
		Name: one.name, Email: one.email, Locale: one.locale, Village: s.held.place.village(one.village),
	})
	return lived(err)
}

// read has residents take up the mails that came: they confirm within the hour,
// and say how it was within the day.
func (s *show) read() {
	if s.catcher.Received() == s.seen {
		return
	}
	ours := s.held.place.addresses()
	for _, m := range s.catcher.Mails() {
		if m.Number <= s.seen {
			continue
		}
		s.seen = m.Number
		if !strings.HasPrefix(m.To, ours) {
			continue
		}
		s.mails++
		if link := confirmLink.FindStringSubmatch(m.Text); link != nil {
			s.later(int(toConfirm/time.Minute), func(ctx context.Context) error {
				_, err := s.App.Services.Registrations.Confirm(ctx, link[1])
				return err
			})
		}
		if link := ownLink.FindStringSubmatch(m.Text); link != nil && strings.Contains(m.Subject, s.held.kind.title) {
			s.own = append(s.own, link[1])
		}
		if link := surveyLink.FindStringSubmatch(m.Text); link != nil && link[1] == s.id() && chance(s.r, answerShare) {
			s.later(24*60, func(ctx context.Context) error {
				return s.App.Services.Surveys.Answer(ctx, survey.Submission{
					Event: s.id(), Code: link[2], Form: "form-" + link[2],
					Levels: levels(s.r, s.held.place.pleased, len(survey.StandardItems())),
				})
			})
		}
	}
}

// later has something done within so many minutes.
func (s *show) later(minutes int, do func(context.Context) error) {
	s.doing = append(s.doing, act{at: s.now().Add(time.Duration(1+s.r.IntN(minutes)) * time.Minute), do: do})
}
