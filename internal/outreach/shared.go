package outreach

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Member is one of the people who share a mail, with the own row and links.
type Member struct {
	Person Person
	Row    notifications.Row
	Links  Links
}

// memberLine is a member as the mail shows one.
type memberLine struct{ Name, Detail, Link string }

// WriteShared makes the one mail of several members of a household, two or
// more, in the language of the first. It names each of them beside the own
// link. The address is the caller's.
func (w *Writer) WriteShared(ctx context.Context, f Facts, members []Member, now notifications.Millis) (notifications.Message, error) {
	lead := members[0]
	printer := w.texts.For(lead.Person.Resident.Locale)
	key := keyOf(f, lead.Person, lead.Row, printer.Lang()).at(f.Event, now)
	key.shared, key.answered = true, allComing(f, members)
	u, err := w.units.Get(ctx, f.Event.Unit)
	if err != nil {
		return notifications.Message{}, err
	}
	c, err := w.compile(key, f.Event, u.Name(printer.Lang()), printer, members)
	if err != nil {
		return notifications.Message{}, err
	}
	rows := make([]notifications.Row, len(members))
	for i, m := range members {
		rows[i] = m.Row
	}
	message := w.fill(c, lead.Row, lead.Links, now)
	message.MessageID = w.sharedID(rows)
	return message, nil
}

// share makes the layout one for several people, and returns the id of its
// subject. A wording without words of its own for several has those for one;
// filling is what they name.
func (l *layout) share(key mailKey, members []Member, filling map[string]any, pr *i18n.Printer) (subject string) {
	one, several := "mail."+string(key.kind), "mail.household."+string(key.kind)
	words := func(part string) string {
		if _, err := pr.Lookup(several + part); err == nil {
			return several + part
		}
		return one + part
	}
	l.Intro = pr.Text(words(".intro"), filling)
	if key.kind.toStrangers() { // they have no links of their own
		l.MembersHead = pr.Count("mail.household.news_head", len(members), nil)
		for i, m := range members {
			l.Members = append(l.Members, memberLine{Name: m.name(i, pr)})
		}
		return words(".subject")
	}
	l.Footer = pr.Text("mail.household.footer", nil)
	l.MembersHead = pr.Count("mail.household.head", len(members), nil)
	link := gaps(l.Link)
	for i, m := range members {
		line := memberLine{Name: m.name(i, pr), Link: link.fill(m.Links).String()}
		if showsSeat(key.kind) {
			key.party = m.Person.Registration.Party
			line.Detail = seatWords(key, pr)
		}
		l.Members = append(l.Members, line)
	}
	if l.LinkWords = pr.Text("mail.household.button", nil); key.kind == kindSurvey {
		l.LinkWords = l.Buttons[0]
	}
	if l.Question != "" {
		l.Question = pr.Text("mail.household.question", nil)
		l.LinkWords = pr.Text("mail.household.answer", nil)
	}
	l.Buttons = nil
	return words(".subject")
}

// name is how the mail names the member of that number, from 0.
func (m Member) name(i int, pr *i18n.Printer) string {
	if m.Person.Resident.Name != "" {
		return m.Person.Resident.Name
	}
	return pr.Text("mail.household.unnamed", map[string]any{"number": i + 1})
}

// allComing reports whether nobody is left to be asked.
func allComing(f Facts, members []Member) bool {
	return !slices.ContainsFunc(members, func(m Member) bool {
		return m.Person.Registration.Said(f.Event.Revision) != registration.Coming
	})
}

// showsSeat reports whether the wording tells of the place that is kept.
func showsSeat(k kind) bool {
	without := []kind{kindPending, kindSurvey, kindAfterwards, kindSeatCancelled, kindCancelled, kindPostponed}
	return !slices.Contains(without, k)
}
