package loudspeaker

import (
	"strconv"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/i18n/aloud"
)

// Names are how unit and village are called in the language; Village may be empty.
type Names struct{ Unit, Village string }

// Compose gives the paragraphs, in the order in which they are read, with what
// people typed marked as i18n.Written: the same event gives the same words. What is
// cancelled or postponed is told as that.
func Compose(t *i18n.Printer, e event.Event, names Names) []string {
	s := script{t: t, voice: aloud.In(t.Lang()), e: e, names: names}
	s.say("loudspeaker.greeting", nil)
	if told := e.State.Told(); told == event.Cancelled || told == event.Postponed {
		s.changed(told)
	} else {
		s.invite()
	}
	s.say("loudspeaker.thanks", nil)
	return s.out
}

type script struct {
	t     *i18n.Printer
	voice aloud.Voice
	e     event.Event
	names Names
	out   []string
}

// say adds a paragraph. What people typed into the event is put into words too.
func (s *script) say(id string, data map[string]any) { s.out = append(s.out, s.t.Text(id, data)) }

func (s *script) spoken(typed string) i18n.Written {
	return i18n.Written(aloud.Text(s.voice, strings.TrimRight(strings.TrimSpace(typed), ".!")))
}

func (s *script) about() map[string]any {
	return map[string]any{"unit": s.spoken(s.names.Unit), "village": s.spoken(s.names.Village), "title": s.spoken(s.e.Title)}
}

func (s *script) invite() {
	if s.names.Village == "" {
		s.say("loudspeaker.invite", map[string]any{"unit": s.spoken(s.names.Unit), "title": s.spoken(s.e.Title)})
	} else {
		s.say("loudspeaker.invite.village", s.about())
	}
	s.when()
	s.typed("loudspeaker.where", "place", s.e.Place.Name)
	for line := range strings.SplitSeq(s.e.About, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			s.out = append(s.out, i18n.Written(aloud.Text(s.voice, line)).String())
		}
	}
	s.typed("loudspeaker.bring", "what", s.e.Bring)
	s.typed("loudspeaker.host", "who", s.e.Host)
	s.typed("loudspeaker.contact", "how", s.e.Contact)
	s.say("loudspeaker.walk_in", nil)
	day, start, _ := s.times()
	s.say("loudspeaker.again", map[string]any{"day": day, "start": start, "place": s.spoken(s.e.Place.Name)})
}

// typed says something that may be empty; its lines become one.
func (s *script) typed(id, place, text string) {
	if text = strings.Join(strings.Fields(text), " "); text != "" {
		s.say(id, map[string]any{place: s.spoken(text)})
	}
}

func (s *script) when() {
	day, start, end := s.times()
	from, until := calendar.DateOf(s.e.StartAt, s.e.Zone), calendar.DateOf(s.e.EndAt, s.e.Zone)
	if from != until {
		s.say("loudspeaker.when.days", map[string]any{"day": day, "start": start, "last": s.day(s.e.EndAt), "end": end})
		return
	}
	if s.t.Lang() != i18n.Default {
		s.say("loudspeaker.when", map[string]any{"day": day, "start": start, "end": end})
		return
	}
	d, m, _, leap := calendar.Lunar(from)
	s.say("loudspeaker.when.lunar", map[string]any{"day": day, "start": start, "end": end, "lunar": aloud.Lunar(d, m, leap)})
}

// times are the day and the clocks, on the clocks of the event's place.
func (s *script) times() (day, start, end string) {
	clock := func(t time.Time) string { return s.voice.Clock(t.Hour(), t.Minute()) }
	return s.day(s.e.StartAt), clock(calendar.InZone(s.e.StartAt, s.e.Zone)), clock(calendar.InZone(s.e.EndAt, s.e.Zone))
}

func (s *script) day(at calendar.Instant) string {
	t := calendar.InZone(at, s.e.Zone)
	return s.t.Text("loudspeaker.day", map[string]any{
		"weekday": s.t.Text("date.weekday."+strconv.Itoa(int(t.Weekday())), nil),
		"day":     s.voice.Day(t.Day(), int(t.Month())),
	})
}

func (s *script) changed(state event.State) {
	day, start, _ := s.times()
	data := s.about()
	data["day"], data["start"], data["place"] = day, start, s.spoken(s.e.Place.Name)
	delete(data, "village")
	s.say("loudspeaker."+string(state), data)
	s.typed("loudspeaker.reason", "why", s.e.StatusNote)
	if state == event.Postponed {
		s.say("loudspeaker.later", nil)
	}
	s.typed("loudspeaker.contact", "how", s.e.Contact)
}
