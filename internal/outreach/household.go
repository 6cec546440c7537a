package outreach

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// together is the step to which the members of a shared mail are deferred when
// they come apart: a whole minute, so that all are due at the same instant.
const together = notifications.Millis(time.Minute / time.Millisecond)

// groupOf is the same for the rows of one declared household that may share a
// mail, and the row's own id where nobody shares it. It is a hint: whether they
// do is decided at the hand-over.
func groupOf(f Facts, p Person, row notifications.Row) string {
	if !mayShare(f, p, row) {
		return row.ID
	}
	return id.Hash("household", p.Resident.Unit, p.Resident.Household, row.Contact, row.Rule, row.Occurrence, strconv.Itoa(row.Round))
}

// mayShare reports whether the row may go out in one mail with others of the
// household. Where nobody should learn that somebody comes, not even their own
// people, everybody gets a mail that names only them; and the first mail to an
// unverified address names nobody.
func mayShare(f Facts, p Person, row notifications.Row) bool {
	return p.Resident.Household != "" && row.Contact != "" && !onlyTheirs(row.Rule) && !f.Event.Type.Discreet()
}

// onlyTheirs reports whether a rule answers a form that one person sent.
func onlyTheirs(rule string) bool { return rule == RulePending || rule == RuleAgain }

// letter is a marked row that may go out now, with what is known of it.
type letter struct {
	// at is its place in the batch.
	at  int
	row notifications.Row
	*concerned
	want Want
}

// envelope is the letters that go out in one message, one or more, in the order of
// the batch.
type envelope []*letter

func (m envelope) lead() *letter { return m[0] }

// shareKey is what letters agree in that share a mail: what the planner's hint
// rests on, read anew, and everything that the mail says.
type shareKey struct {
	group, unit, household, contact, main, channel string
	said                                           mailKey
}

// shareKey gives an own key to what is not shared.
func (l letter) shareKey() shareKey {
	l.row.Contact = l.want.Contact.ID
	if l.row.Group == l.row.ID || !mayShare(*l.facts, *l.person, l.row) {
		return shareKey{group: l.row.ID}
	}
	said := keyOf(*l.facts, *l.person, l.row, "")
	if said.kind == kindOffered { // an offer is one person's, and ends at its own time
		return shareKey{group: l.row.ID}
	}
	said.party, said.answered = 0, false
	return shareKey{
		group: l.row.Group, unit: l.person.Resident.Unit, household: l.person.Resident.Household,
		contact: l.row.Contact, main: l.row.MainContact, channel: l.row.Channel, said: said,
	}
}

// mails joins letters, given in the order of the batch, into mails in the order
// of their first letters. What was once unknown goes with those that it went
// with before, and with nobody else.
func mails(letters []letter) []envelope {
	place := make(map[any]int)
	out := make([]envelope, 0, len(letters))
	for i := range letters {
		l := &letters[i]
		if l.row.Group == l.row.ID { // as good as all
			out = append(out, envelope{l})
			continue
		}
		var key any = l.shareKey()
		if once := wentAs(l.row); once != "" {
			key = once
		}
		at, there := place[key]
		if !there {
			at = len(out)
			place[key] = at
			out = append(out, nil)
		}
		out[at] = append(out[at], l)
	}
	return out
}

// wentAs is the Message-ID under which the row may have been received together
// with others. A row of a group that has none was marked, and not begun.
func wentAs(row notifications.Row) string {
	if row.WasUnknown && row.Group != row.ID {
		return row.MessageID
	}
	return ""
}

// sentTogether reports whether the row may have been received in one mail with
// others.
func (s *Source) sentTogether(row notifications.Row) bool {
	once := wentAs(row)
	return once != "" && once != s.writer.sharedID([]notifications.Row{row})
}

// sharedID is the Message-ID of the mail that exactly these rows share. It tells
// later whether all of them are there.
func (w *Writer) sharedID(rows []notifications.Row) string {
	if len(rows) == 1 {
		return rows[0].ID + "@" + w.host
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	slices.Sort(ids)
	return id.Hash(append([]string{"mail"}, ids...)...) + "@" + w.host
}

// keepSets sees to it that what was sent in one mail and may not have come is
// sent again in the same mail or not at all: unless every one of its rows is
// there and may go, none goes. It changes verdicts, and takes back letters.
func (s *Source) keepSets(ctx context.Context, now notifications.Millis, rows []notifications.Row, letters []letter, out []notifications.Verdict) ([]letter, error) {
	var order []string
	sets := make(map[string][]int)
	for i, r := range rows {
		if once := wentAs(r); s.sentTogether(r) {
			if sets[once] == nil {
				order = append(order, once)
			}
			sets[once] = append(sets[once], i)
		}
	}
	if len(order) == 0 {
		return letters, nil
	}
	missing, err := s.missing(ctx, rows, order, sets)
	if err != nil {
		return nil, err
	}
	for _, once := range order {
		keepSet(now, rows, sets[once], missing[once], letters, out)
		if err := s.changeLanes(ctx, now, sets[once], letters, out); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(letters, func(l letter) bool { return out[l.at].Do != notifications.DoSend }), nil
}

// absent is what is known of the rows of a mail that are not in the batch.
type absent struct {
	rows []notifications.Row
	// for ever: erased, or bound to another mail since.
	lost bool
}

// missing reads the rest of those mails of which not all rows are in the batch:
// a rare case, after a sweep that a kill cut in two.
func (s *Source) missing(ctx context.Context, rows []notifications.Row, order []string, sets map[string][]int) (map[string]absent, error) {
	var ask []string
	for _, once := range order {
		if s.writer.sharedID(pick(rows, sets[once])) != once {
			ask = append(ask, once)
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	found, err := s.stores.Ledger.Sharing(ctx, rows[0].Part, ask)
	if err != nil {
		return nil, err
	}
	out := make(map[string]absent, len(ask))
	for _, once := range ask {
		var all, rest []notifications.Row
		for _, r := range found {
			if r.MessageID != once {
				continue
			}
			all = append(all, r)
			if !slices.ContainsFunc(rows, func(m notifications.Row) bool { return m.ID == r.ID }) {
				rest = append(rest, r)
			}
		}
		out[once] = absent{rows: rest, lost: s.writer.sharedID(all) != once}
	}
	return out, nil
}

func pick(rows []notifications.Row, at []int) []notifications.Row {
	out := make([]notifications.Row, len(at))
	for i, n := range at {
		out[i] = rows[n]
	}
	return out
}

// keepSet gives all rows of one mail one verdict: leave, if one of them will
// never go again; later, if one has to wait or is not there; else as they are.
func keepSet(now notifications.Millis, rows []notifications.Row, set []int, gone absent, letters []letter, out []notifications.Verdict) {
	leave, wait := gone.lost || !agree(letters, set), notifications.Millis(0)
	for _, r := range gone.rows {
		open := r.State == notifications.Planned || r.State == notifications.Sending || r.State == notifications.Unknown && !r.Left()
		leave = leave || !r.WasUnknown || !open
		wait = max(wait, r.Due, now+together)
	}
	reason := notifications.ReasonOtherSending
	for _, i := range set {
		switch v := out[i]; v.Do {
		case notifications.DoSend:
		case notifications.DoDefer:
			wait, reason = max(wait, v.NotBefore), v.Reason
		default:
			leave = true
		}
	}
	wait = (wait + together - 1) / together * together
	for _, i := range set {
		switch {
		case leave:
			out[i] = end(rows[i], notifications.DoLeave, notifications.ReasonLeft)
		case wait > 0:
			out[i] = later(rows[i], wait, reason)
		}
	}
}

// changeLanes moves the rows of one mail that may go to the lane of the one that
// has most time, if they are not there: in different lanes they would not meet.
func (s *Source) changeLanes(ctx context.Context, now notifications.Millis, set []int, letters []letter, out []notifications.Verdict) error {
	var going []letter
	for _, l := range letters {
		if slices.Contains(set, l.at) && out[l.at].Do == notifications.DoSend {
			going = append(going, l)
		}
	}
	if len(going) == 0 {
		return nil
	}
	lane := slices.MaxFunc(going, func(a, b letter) int { return cmp.Compare(patience(a.want.Class), patience(b.want.Class)) }).want.Lane()
	if !slices.ContainsFunc(going, func(l letter) bool { return l.row.Lane != lane }) {
		return nil
	}
	for _, l := range going {
		out[l.at] = later(l.row, now, "")
		out[l.at].Lane = lane
		if lane.Class == notifications.Urgent { // the other channels' rows are to be planned
			if err := s.lookAgain(ctx, *l.facts, *l.person); err != nil {
				return err
			}
		}
	}
	return nil
}

// patience orders classes by how long their messages may wait.
func patience(c notifications.Class) int {
	return slices.Index([]notifications.Class{notifications.Reply, notifications.Urgent, notifications.Normal}, c)
}

// agree reports whether those letters of the set that may go would still share
// a mail.
func agree(letters []letter, set []int) bool {
	var first *shareKey
	for _, l := range letters {
		if !slices.Contains(set, l.at) {
			continue
		}
		key := l.shareKey()
		if first == nil {
			first = &key
		}
		if *first != key {
			return false
		}
	}
	return true
}
