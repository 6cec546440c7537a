package weeks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// post is the mail server of a world. It looks into the store at the moment at
// which it gets a message, and answers as the strikes on its recipient say.
type post struct {
	world   *world
	scanner *scanner

	handed []oracle.HandOver
	// mails counts what each person was handed, links are what they read.
	mails  map[int]int
	links  map[string]links
	failed error
}

// links are what the newest mails of somebody about an event show.
type links struct{ confirm, own, survey string }

func newPost(w *world) *post {
	return &post{world: w, scanner: &scanner{world: w}, mails: map[int]int{}, links: map[string]links{}}
}

// of is the way of one worker to the server.
func (p *post) of(a *player) notifications.Channel { return &channel{p, a} }

type channel struct {
	post  *post
	actor *player
}

var _ notifications.Channel = (*channel)(nil)

// Name is that of mail.
func (*channel) Name() string { return outreach.Mail }

// Open always finds the server.
func (c *channel) Open(context.Context) (notifications.Conn, error) {
	return &conn{channel: c, usable: true}, nil
}

type conn struct {
	*channel

	usable bool
}

var _ notifications.Conn = (*conn)(nil)

// Usable is false after a drop.
func (c *conn) Usable() bool { return c.usable }

// Close ends nothing.
func (c *conn) Close() error { return nil }

// Errors of a mail server that does not answer.
var (
	errSilence = errors.New("no answer within a minute")
	errDropped = errors.New("the connection dropped")
)

// Send takes a message, or answers as the strike says that falls on it.
func (c *conn) Send(ctx context.Context, m notifications.Message) error {
	p, w := c.post, c.post.world
	rows, err := p.rows(ctx, m)
	if err != nil {
		p.failed = errors.Join(p.failed, err)
		return err
	}
	s := p.strike(rows[0])
	outcome, wait, answer := answers(s)
	word := outcome.String()
	if s != nil {
		w.struck[s.fault]++
		word += ", " + s.fault
	}
	if len(rows) > 1 {
		word += fmt.Sprintf(", in one mail of %d", len(rows))
	}
	for _, row := range rows {
		if err := p.note(ctx, m, row, s, outcome, c.actor.name); err != nil {
			p.failed = errors.Join(p.failed, err)
			return err
		}
		w.tellf("post", "%s by %s: %s", w.names.row(row), c.actor.name, word)
	}
	var refusal *notifications.Refusal
	if answer != nil && (!errors.As(answer, &refusal) || refusal.NoTry) {
		c.usable = false
	}
	if wait > 0 {
		c.actor.park(wait)
	}
	return answer
}

// strike finds what falls on the person's next mail.
func (p *post) strike(row notifications.Row) *strike {
	person, known := p.world.plan.personOf(outreach.ResidentOf(row.Recipient))
	if !known {
		return nil
	}
	n := p.mails[person]
	p.mails[person]++
	for _, s := range p.world.strikes {
		if s.fallsOn(row.ID, person, n, p.world.now) {
			s.fell(row.ID)
			return s
		}
	}
	return nil
}

// answers is what a server answers under a strike, what became of the message
// there, and how long the answer takes.
func answers(s *strike) (outcome oracle.Outcome, wait millis, answer error) {
	if s == nil {
		return oracle.Accepted, 0, nil
	}
	switch s.fault {
	case faultSMTP4xx:
		return oracle.RefusedForNow, 0, &notifications.Refusal{Temporary: true, Code: 451, Text: "451 later"}
	case faultSMTP5xx:
		return oracle.RefusedForGood, 0, &notifications.Refusal{Code: 554, Text: "554 no"}
	case faultSMTP421:
		return oracle.RefusedForNow, 0, &notifications.Refusal{Temporary: true, NoTry: true, Code: 421, Text: "421 closing"}
	case faultRcpt550:
		return oracle.RefusedForGood, 0, &notifications.Refusal{Recipient: true, Code: 550, Text: "550 nobody here"}
	case faultDropBefore:
		return oracle.RefusedForNow, 0, &notifications.Refusal{Temporary: true, NoTry: true, Text: "connection lost"}
	case faultDropAfter:
		return oracle.Accepted, 0, errDropped
	case faultTimeout:
		if s.taken {
			return oracle.Accepted, minute, errSilence
		}
		return oracle.Lost, minute, errSilence
	}
	return oracle.Accepted, s.lasts, nil
}

// rows finds the row that the Message-ID names, or those of several that share
// the mail; one without an id if there is none.
func (p *post) rows(ctx context.Context, m notifications.Message) ([]notifications.Row, error) {
	w := p.world
	id, _, _ := strings.Cut(m.MessageID, "@")
	event, known := w.rows.event[id]
	if !known {
		return p.sharing(ctx, m.MessageID)
	}
	rows, err := w.truth.Ledger.BySubject(ctx, w.partOf(event), event, nil)
	for _, r := range rows {
		if r.ID == id {
			return []notifications.Row{r}, err
		}
	}
	return []notifications.Row{{}}, err
}

func (p *post) sharing(ctx context.Context, messageID string) ([]notifications.Row, error) {
	var all []notifications.Row
	for _, part := range slices.Sorted(maps.Keys(p.world.parts)) {
		rows, err := p.world.truth.Ledger.Sharing(ctx, part, []string{messageID})
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	if len(all) == 0 {
		return []notifications.Row{{}}, nil
	}
	p.world.order(all)
	return all, nil
}

// note keeps the hand-over with what the store says now, and said in the five
// seconds before.
func (p *post) note(ctx context.Context, m notifications.Message, row notifications.Row, s *strike, outcome oracle.Outcome, by string) error {
	w := p.world
	o := oracle.HandOver{
		At: notifications.Millis(w.now), Message: m, Row: row, Outcome: outcome,
		OfContact: s.is(faultRcpt550), Counts: s.is(faultSMTP4xx), By: by,
		Wrong: w.wrong(by),
	}
	if row.ID != "" {
		var err error
		if o.Facts, err = w.factsOf(ctx, row); err != nil {
			return err
		}
		o.ToldBefore = p.toldBefore(row, o.Facts)
	}
	var err error
	if o.Unheard, err = p.unnoted(ctx, m.Contact); err != nil {
		return err
	}
	o.Before = w.before(row.ID)
	p.handed = append(p.handed, o)
	if outcome != oracle.Accepted {
		return nil
	}
	p.keep(row, m.Text.String())
	if row.ID == "" {
		return nil
	}
	return p.scanner.scan(ctx, m, row)
}

// unnoted reports whether the contact has refused for good, and the ledger does not
// know yet what became of that: the worker that was told stands still since.
func (p *post) unnoted(ctx context.Context, contact string) (bool, error) {
	refused := false
	for _, o := range p.handed {
		if !o.OfContact || o.Outcome != oracle.RefusedForGood || o.Message.Contact != contact {
			continue
		}
		rows, err := p.rows(ctx, o.Message)
		if err != nil {
			return false, err
		}
		for _, r := range rows {
			if r.ID == o.Row.ID && !openSince(r, o.Row) {
				return false, nil
			}
		}
		refused = true
	}
	return refused, nil
}

// openSince reports whether a row is as the mark left it, or in doubt since.
func openSince(now, then notifications.Row) bool {
	marked := now.State == notifications.Sending && now.Batch == then.Batch
	return marked || now.State == notifications.Unknown || now.WasUnknown && !now.Closed()
}

// unheard has nobody know what the server said last to a worker that died with
// the answer: what it refused was lost.
func (p *post) unheard(by string) {
	var last *oracle.HandOver
	for i, o := range slices.Backward(p.handed) {
		if o.By != by {
			continue
		}
		if last == nil {
			last = &o
		}
		if o.At != last.At || o.Message.MessageID != last.Message.MessageID {
			return
		}
		if o.Outcome != oracle.Accepted {
			p.handed[i].Outcome, p.handed[i].OfContact, p.handed[i].Counts = oracle.Lost, false, false
		}
	}
}

// toldBefore is the start that the person was told last, by a mail, a call or a
// page, 0 for none: the first of those that they were told under several ids.
func (p *post) toldBefore(row notifications.Row, f oracle.Facts) notifications.Millis {
	last := map[string]notifications.Told{
		row.Recipient: {Ver: f.Registration.Shown.Ver, Start: notifications.Millis(f.Registration.Shown.Start)},
	}
	for _, id := range append(f.Resident.Aliases, f.Resident.ID) {
		if r := outreach.RecipientOf(id); r != row.Recipient {
			last[r] = notifications.Told{}
		}
	}
	hear := func(r notifications.Row) {
		told, theirs := last[r.Recipient]
		other := r.ID != row.ID && r.Rule != outreach.RulePending && r.Rule != outreach.RuleAgain && r.Rule != outreach.RuleSurvey
		// an urgent change goes by every channel, whatever the other one said of it
		same := outreach.IsChange(r.Rule) && outreach.IsChange(row.Rule) && r.Told.Same(row.Told)
		if theirs && other && !same && r.Occurrence == row.Occurrence && r.Told.Ver >= told.Ver {
			last[r.Recipient] = r.Told
		}
	}
	for _, r := range p.mayHaveCome() {
		hear(r)
	}
	var first notifications.Millis
	for _, told := range last {
		if told.Start != 0 && (first == 0 || told.Start < first) {
			first = told.Start
		}
	}
	return first
}

// mayHaveCome are the rows by which somebody was told something, or may have been.
func (p *post) mayHaveCome() (rows []notifications.Row) {
	for _, o := range p.handed {
		if o.Outcome == oracle.Accepted || o.Outcome == oracle.Lost {
			rows = append(rows, o.Row)
		}
	}
	for _, c := range p.world.calls {
		if c.Counted && c.Outcome == paper.Reached {
			rows = append(rows, p.world.lineRow(c.Row, c.Gen))
		}
	}
	return rows
}

// is reports whether the strike is of that fault; none is of none.
func (s *strike) is(fault string) bool { return s != nil && s.fault == fault }

var (
	confirmLink = regexp.MustCompile(outreach.ConfirmPath + `([A-Za-z0-9_-]+)`)
	ownLink     = regexp.MustCompile(outreach.OwnPath + `([A-Za-z0-9_-]+)`)
	surveyLink  = regexp.MustCompile(outreach.SurveyPath + `[0-9a-f-]+/([A-Za-z0-9_-]+)`)
)

// keep remembers the links of a mail for whoever reads it.
func (p *post) keep(row notifications.Row, text string) {
	key := row.Occurrence + " " + outreach.ResidentOf(row.Recipient)
	l := p.links[key]
	for _, one := range []struct {
		is *regexp.Regexp
		to *string
	}{{confirmLink, &l.confirm}, {ownLink, &l.own}, {surveyLink, &l.survey}} {
		if found := one.is.FindStringSubmatch(text); found != nil {
			*one.to = found[1]
		}
	}
	p.links[key] = l
}
