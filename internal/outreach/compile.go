package outreach

import (
	"fmt"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// kind is a mail's wording; it is the middle of its message ids.
type kind string

const (
	kindPending       kind = "pending"
	kindAgain         kind = "again"
	kindRegistered    kind = "confirmation.registered"
	kindWaitlisted    kind = "confirmation.waitlisted"
	kindReminder      kind = "reminder"
	kindMoved         kind = "moved"
	kindNewDate       kind = "new_date"
	kindCancelled     kind = "cancelled"
	kindPostponed     kind = "postponed"
	kindResumed       kind = "resumed"
	kindPromoted      kind = "promoted"
	kindWaitlistedNow kind = "waitlisted_now"
	kindOffered       kind = "offered"
	kindOfferOver     kind = "offer_over"
	kindSeatCancelled kind = "seat_cancelled"
	kindSurvey        kind = "survey"

	kindReminderWaitlisted kind = "reminder.waitlisted"
	kindAfterwards         kind = "afterwards"
	kindNews               kind = "news"
	kindNewsMoved          kind = "news.moved"
	kindNewsCancelled      kind = "news.cancelled"
	kindNewsPostponed      kind = "news.postponed"
	kindNewsResumed        kind = "news.resumed"
)

// kindOf chooses the wording from the rule and, for a change, from what the
// person knew before.
func kindOf(f Facts, p Person, row notifications.Row) kind {
	switch row.Rule {
	case RulePending:
		return kindPending
	case RuleAgain:
		switch {
		case !p.Registration.Confirmed:
			return kindPending
		case p.Registration.TakenUp():
			return seatKind(Told(f.Event, p.Registration))
		}
		return kindAgain
	case RuleSurvey:
		return kindSurvey
	case RuleConfirmation:
		return seatKind(Told(f.Event, p.Registration))
	}
	if IsChange(row.Rule) {
		facts := Told(f.Event, p.Registration)
		return changeKind(before(f, p, row, facts), facts).to(p)
	}
	return reminderKind(row)
}

// before is what the person knew before the change that the row tells of.
func before(f Facts, p Person, row notifications.Row, facts notifications.Told) notifications.Told {
	old, _ := heard(row.Rule, f, p, facts, row.Class == notifications.Urgent)
	return old
}

// seatKind is the wording for somebody who hears of the seat for the first
// time, or again after it was given up.
func seatKind(now notifications.Told) kind {
	switch now.Seat {
	case SeatWaitlisted:
		return kindWaitlisted
	case SeatOffered:
		return kindOffered
	}
	return kindRegistered
}

// changeKind names the most important thing that changed.
func changeKind(old, now notifications.Told) kind {
	switch {
	case now.Seat == SeatCancelled:
		return kindSeatCancelled
	case now.Status == string(event.Cancelled) && old.Status != now.Status:
		return kindCancelled
	case now.Status == string(event.Postponed) && old.Status != now.Status:
		return kindPostponed
	case now.Seat == SeatOffered:
		return kindOffered // it ends soonest
	case old.Seat == SeatCancelled || old.Seat == SeatPending:
		return seatKind(now)
	case old.Status != now.Status:
		return kindResumed
	case now.Status == string(event.Postponed) && (old.Start != now.Start || old.End != now.End):
		return kindNewDate
	case old.Start != now.Start || old.End != now.End || old.Zone != now.Zone || old.Place != now.Place:
		return kindMoved
	case now.Seat == SeatWaitlisted && old.Seat == SeatOffered:
		return kindOfferOver
	case now.Seat == SeatWaitlisted:
		return kindWaitlistedNow
	}
	return kindPromoted
}

// compiled is a mail with gaps for the links of one person.
type compiled struct {
	subject, language, method string
	text, html                gapped
	calendar                  []byte
}

// fact is one line of what, when and where.
type fact struct{ Name, Value string }

// layout is what both templates show. All buttons open the page at Link, which
// asks again: no link acts.
type layout struct {
	Lang, Title, Intro, Footer, OptOutWords string
	Facts                                   []fact
	Question                                string
	Buttons                                 []string
	Link, OptOut                            string
	// Members are set where several people share the mail, with the words before
	// them; each has a link of the own with these words.
	Members                []memberLine
	MembersHead, LinkWords string
}

// compile makes the mail; members are those who share it, none where it is one
// person's.
func (w *Writer) compile(key mailKey, e event.Event, unitName string, pr *i18n.Printer, members []Member) (*compiled, error) {
	start := calendar.InZone(e.StartAt, e.Zone)
	words := map[string]any{"title": e.Title, "day": pr.FormatDay(start)}
	if key.kind == kindSurvey { // within days of the event, when nobody says the year
		words["day"] = pr.Near(start).FormatDay(start)
	}
	if key.until != 0 {
		until := calendar.InZone(key.until, e.Zone)
		words["until"], words["until_day"] = pr.FormatClock(until), pr.FormatDay(until)
	}
	if key.kind == kindPending { // in the words of the page behind the button
		words["yes"], words["send"] = pr.Text("page.confirm.yes", nil), pr.Text("page.confirm.submit", nil)
	}
	prefix := "mail." + string(key.kind)
	l := layout{
		Lang: pr.Lang(), Title: e.Title, Intro: pr.Text(prefix+".intro", words),
		Facts: factsOf(key, e, unitName, pr), OptOut: gapOptOut,
		OptOutWords: pr.Text("mail.footer.optout", nil), Footer: pr.Text("mail.footer.own", nil),
	}
	l.ask(key, pr)
	if key.kind.toStrangers() {
		l.invite(w.base+EventPath+e.ID, key.kind, pr)
	}
	subject := prefix + ".subject"
	if key.shared {
		subject = l.share(key, members, words, pr)
	}
	c := &compiled{subject: pr.Text(subject, words), language: pr.Lang()}
	var text, html strings.Builder
	if err := textMail().Execute(&text, l); err != nil {
		return nil, fmt.Errorf("compile mail text: %w", err)
	}
	if err := htmlMail().Execute(&html, l); err != nil {
		return nil, fmt.Errorf("compile mail page: %w", err)
	}
	c.text, c.html = gaps(text.String()), gaps(html.String())
	c.method = methodOf(key.kind)
	if c.method != "" {
		c.calendar = Calendar(e, Invite{
			Method: c.method, Host: w.host, Organizer: w.organizer,
			URL: w.base + EventPath + e.ID, At: max(e.LastEditAt, e.PublishedAt, calendar.Instant(key.age*compiledFor)), Turns: key.turns,
		})
	}
	return c, nil
}

// ask fills in what the mail asks, and the ways to the page that answers.
func (l *layout) ask(key mailKey, pr *i18n.Printer) {
	l.Link = gapOwn
	switch {
	case key.kind == kindPending:
		l.Link, l.Buttons = gapConfirm, []string{pr.Text("mail.pending.button", nil)}
		l.Footer = pr.Text("mail.footer.stranger", nil)
	case key.kind == kindSurvey:
		l.Link, l.Buttons = gapSurvey, []string{pr.Text("mail.survey.button", nil)}
	case key.kind == kindReminder && !key.answered:
		l.Question = pr.Text("mail.reminder.question", nil)
		l.Buttons = []string{pr.Text("mail.reminder.coming", nil), pr.Text("mail.reminder.cannot", nil)}
	case key.kind == kindOffered:
		l.Question = pr.Text("mail.offered.question", nil)
		l.Buttons = []string{pr.Text("mail.offered.yes", nil), pr.Text("mail.offered.no", nil)}
	default:
		l.Buttons = []string{pr.Text("mail.own.button", nil)}
	}
}

// methodOf is the METHOD of a mail's calendar part, "" for none.
func methodOf(k kind) string {
	switch k {
	case kindPending, kindAgain, kindSurvey, kindWaitlisted, kindWaitlistedNow, kindOffered, kindOfferOver,
		kindReminderWaitlisted, kindAfterwards, kindNews, kindNewsMoved, kindNewsCancelled, kindNewsPostponed, kindNewsResumed:
		return ""
	case kindCancelled, kindSeatCancelled:
		return MethodCancel
	}
	return MethodPublish
}

func factsOf(key mailKey, e event.Event, unitName string, pr *i18n.Printer) []fact {
	var out []fact
	add := func(id, value string) {
		if value != "" {
			out = append(out, fact{pr.Text("mail.fact."+id, nil), value})
		}
	}
	add("unit", unitName)
	if key.kind != kindSurvey {
		add("when", pr.FormatRange(calendar.InZone(e.StartAt, e.Zone), calendar.InZone(e.EndAt, e.Zone)))
	}
	if old := key.old; key.kind.showsOld() {
		if retimed(old, e) {
			add("when_old", pr.FormatRange(calendar.InZone(calendar.Instant(old.Start), old.Zone), calendar.InZone(calendar.Instant(old.End), old.Zone)))
		}
		add("where", e.Place.Line())
		if old.Place != e.Place.Line() {
			add("where_old", old.Place)
		}
	} else {
		add("where", e.Place.Line())
	}
	switch key.kind {
	case kindPending, kindSurvey, kindSeatCancelled, kindAfterwards:
	case kindCancelled, kindPostponed, kindNewsCancelled, kindNewsPostponed:
		add("note", e.StatusNote)
	case kindNews, kindNewsMoved, kindNewsResumed:
		add("about", e.About)
		add("bring", e.Bring)
	default:
		add("soon", soonWords(key, e, pr))
		add("bring", e.Bring)
		if !key.shared { // a shared mail says it beside each name
			add("seat", seatWords(key, pr))
		}
	}
	add("contact", e.Contact)
	return out
}

func seatWords(key mailKey, pr *i18n.Printer) string {
	switch key.seat {
	case SeatWaitlisted:
		return pr.Text("mail.seat.waitlisted", nil)
	case SeatOffered:
		return pr.Count("mail.seat.offered", key.party, nil)
	}
	return pr.Count("mail.seat.registered", key.party, nil)
}
