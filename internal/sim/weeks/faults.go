package weeks

import (
	"cmp"
	"fmt"
	randv2 "math/rand/v2"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
)

// Faults by name.
const (
	faultKill          = "kill"
	faultPause         = "pause"
	faultLease         = "lease-expired"
	faultStoreError    = "store-error"
	faultReplyLost     = "reply-lost"
	faultLateApply     = "late-apply"
	faultHalfUpdate    = "half-update"
	faultClockJump     = "clock-jump"
	faultDuplicateTick = "duplicate-tick"
	faultHoldAhead     = "hold-ahead"
	faultSMTP4xx       = "smtp-4xx"
	faultSMTP5xx       = "smtp-5xx"
	faultSMTP421       = "smtp-421"
	faultRcpt550       = "rcpt-550"
	faultTimeout       = "timeout"
	faultDropBefore    = "drop-before-dot"
	faultDropAfter     = "drop-after-dot"
	faultSlow          = "slow"
)

// Fault is one kind of thing that goes wrong.
type Fault struct{ Name, Means string }

// Faults is the closed list.
func Faults() []Fault {
	return []Fault{
		{faultKill, "a worker dies at some call of a port; another begins later"},
		{faultPause, "a worker stands still at some call, often between rows and facts"},
		{faultLease, "a worker stands still until another has taken its parts, and goes on"},
		{faultStoreError, "a call of the store is refused"},
		{faultReplyLost, "a call of the store is obeyed, and its answer lost"},
		{faultLateApply, "a write of the ledger fails, and is obeyed later"},
		{faultHalfUpdate, "a write of many rows stops half-way"},
		{faultClockJump, "a worker's wall clock jumps"},
		{faultDuplicateTick, "a third process plans and dispatches beside the workers"},
		{faultHoldAhead, "units and the system are held and released"},
		{faultSMTP4xx, "the mail server refuses a message for now"},
		{faultSMTP5xx, "the mail server refuses a message for good"},
		{faultSMTP421, "the mail server closes in mid-pipeline"},
		{faultRcpt550, "the mail server refuses the recipient, and says 354 to DATA"},
		{faultTimeout, "the mail server never answers; it may have the message"},
		{faultDropBefore, "the connection drops before the final dot"},
		{faultDropAfter, "the connection drops after the final dot: the server has the message"},
		{faultSlow, "the mail server takes seconds"},
	}
}

// FaultNames are the names of all faults, in order.
func FaultNames() []string {
	var names []string
	for _, f := range Faults() {
		names = append(names, f.Name)
	}
	return names
}

// ParseFaults reads a list such as "kill,pause", "all" or "none".
func ParseFaults(list string) ([]string, error) {
	switch list {
	case "all":
		return FaultNames(), nil
	case "", "none":
		return nil, nil
	}
	names := strings.Split(list, ",")
	for _, n := range names {
		if n == "all" || n == "none" {
			return nil, fmt.Errorf("%q is all there is to say: it stands alone", n)
		}
		if !slices.Contains(FaultNames(), n) {
			return nil, fmt.Errorf("there is no fault %q: choose from %s, or all or none", n, strings.Join(FaultNames(), ", "))
		}
	}
	return names, nil
}

// strike is one fault that is to fall: at the first call after its time that
// meets it, or at one of a person's mails.
type strike struct {
	fault string
	// at is from when on it may fall, place the worker that it falls on.
	at    millis
	place int
	side  gate.Side
	// focus is how the call's name begins, empty for any; skip is how many such
	// calls are let pass first.
	focus string
	skip  int
	// rows has a pause fall between rows and facts.
	rows bool
	// lasts is how long a pause, a delay, or a jump is, or lasts.
	lasts millis
	// jump is by how much the wall clock differs meanwhile.
	jump millis
	// twice has the caller's second try fail as well.
	twice bool
	// person and mail say which mail is struck: the person's mail-th, from 0; or,
	// where at is set, the first from then on, whoever's it is.
	person, mail int
	// times is how often the message is struck that was struck first, row which.
	times int
	row   string
	// taken says whether a server that does not answer has the message.
	taken bool

	done bool
}

// String is one line of a history.
func (s *strike) String() string {
	switch {
	case s.ofMail() && s.at != 0:
		return fmt.Sprintf("%s at the first mail from %s, %d times", s.fault, moment(s.at), s.times)
	case s.ofMail():
		return fmt.Sprintf("%s at mail %d of person-%d, %d times", s.fault, s.mail, s.person, s.times)
	case s.fault == faultClockJump:
		return fmt.Sprintf("%s from %s at place %d by %d s for %d s", s.fault, moment(s.at), s.place, s.jump/second, s.lasts/second)
	}
	return fmt.Sprintf("%s from %s at place %d, %s call %d of %q, for %d s", s.fault, moment(s.at), s.place, s.side, s.skip, s.focus, s.lasts/second)
}

// ofMail reports whether the strike falls on a mail.
func (s *strike) ofMail() bool {
	switch s.fault {
	case faultSMTP4xx, faultSMTP5xx, faultSMTP421, faultRcpt550, faultTimeout, faultDropBefore, faultDropAfter, faultSlow:
		return true
	}
	return false
}

// Where strikes fall: where something is decided, rather than evenly.
var (
	focuses = []string{"", "", "Ledger.", "Ledger.", "Ledger.", "Ledger.Settle", "Ledger.Mark", "Conn.", "Registrations.", "Events."}
	lastsOf = []millis{3 * second, 20 * second, 70 * second, 4 * minute, 12 * minute, 50 * minute}
)

// strikes draws the faults of a plan: some for each worker near moments at
// which something happens, and some for the mails of each person.
func strikes(r *randv2.Rand, names []string, hot []millis, people int) []*strike {
	var worker, mail []string
	for _, n := range names {
		switch {
		case n == faultHoldAhead: // acts of the office
		case (&strike{fault: n}).ofMail():
			mail = append(mail, n)
		default:
			worker = append(worker, n)
		}
	}
	var all []*strike
	for range min(2*len(worker), 3+r.IntN(10)) {
		all = append(all, drawn(r, worker[r.IntN(len(worker))], hot))
	}
	slices.SortStableFunc(all, func(a, b *strike) int { return cmp.Compare(a.at, b.at) })
	for range min(2*len(mail), r.IntN(2*people)) {
		s := &strike{fault: mail[r.IntN(len(mail))], person: r.IntN(people), mail: r.IntN(5), taken: r.IntN(2) == 0, times: 1}
		s.lasts = second + millis(r.IntN(20))*second
		if r.IntN(3) == 0 { // a server that is like that for a while
			s.times = 3 + r.IntN(2)
		}
		all = append(all, s)
	}
	return all
}

// oneClock leaves out the jumps of a single clock within an hour of those of all:
// of workers whose clocks are wrong in two ways at once one is believed in the
// end, and nobody can know that it is the wrong one.
func (w *writer) oneClock(drawn []*strike) []*strike {
	return slices.DeleteFunc(drawn, func(s *strike) bool {
		return s.fault == faultClockJump && slices.ContainsFunc(w.jumps, func(at millis) bool {
			return s.at < at+jumpLasts+hour && s.at+s.lasts > at-hour
		})
	})
}

// jumpLasts is how long the clocks of all workers are wrong together.
const jumpLasts = 20 * minute

// meant are the faults that belong to acts of the plan.
func (w *writer) meant() []*strike {
	var all []*strike
	for _, at := range w.doubtful {
		if slices.Contains(w.faults, faultDropAfter) {
			s := &strike{fault: faultDropAfter, at: at, times: 1}
			if w.chance(20) { // whenever it goes again, too
				s.times = 4
			}
			all = append(all, s)
		}
	}
	for _, at := range w.jumps {
		for place := range workers {
			if slices.Contains(w.faults, faultClockJump) {
				// back, since clocks that go on wrong together are believed in the end
				all = append(all, &strike{fault: faultClockJump, at: at, place: place, jump: -11 * minute, lasts: jumpLasts})
			}
		}
	}
	return all
}

// fallsOn reports whether a strike of mails is of this one: the person's mail-th.
func (s *strike) fallsOn(row string, person, mail int, now millis) bool {
	switch {
	case s.done || !s.ofMail():
		return false
	case s.row != "":
		return s.row == row
	case s.at != 0:
		return now >= s.at
	}
	return s.person == person && s.mail == mail
}

// fell notes that it fell on a message, which it may strike again.
func (s *strike) fell(row string) {
	s.row = row
	s.times--
	s.done = s.times <= 0
}

func drawn(r *randv2.Rand, name string, hot []millis) *strike {
	s := &strike{
		fault: name, place: r.IntN(workers), side: gate.Side(r.IntN(2)), focus: focuses[r.IntN(len(focuses))],
		at: hot[r.IntN(len(hot))] + millis(r.IntN(120)-30)*second, lasts: lastsOf[r.IntN(len(lastsOf))],
		twice: r.IntN(3) == 0,
	}
	s.skip = r.IntN(12)
	if s.focus == "" {
		s.skip = r.IntN(80)
	}
	switch name {
	case faultKill:
		if r.IntN(2) == 0 { // the server has the message, and the ledger does not know
			s.focus, s.skip, s.side = "Conn.Send", r.IntN(3), gate.After
		}
	case faultPause:
		if s.rows = r.IntN(2) == 0; s.rows {
			s.focus, s.skip, s.side = "Ledger.BySubject", r.IntN(2), gate.After
		}
	case faultLease:
		s.lasts = 36*second + millis(r.IntN(200))*second
	case faultStoreError:
		s.side = gate.Before
	case faultReplyLost:
		s.side = gate.After
	case faultHalfUpdate, faultLateApply:
		s.focus, s.skip = writesOf[r.IntN(len(writesOf))], r.IntN(4)
	case faultClockJump:
		s.jump = []millis{-day, -hour, -11 * minute, 3 * minute, 11 * minute, hour, day}[r.IntN(7)]
	}
	return s
}

// writesOf are the calls of the ledger that may come late, or stop half-way.
var writesOf = []string{"Ledger.Mark", "Ledger.Mark", "Ledger.Settle", "Ledger.Settle", "Ledger.GiveBack", "Ledger.Insert", "Ledger.Change"}
