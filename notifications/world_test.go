package notifications_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/sunday-with-the-people/sunday/notifications"
)

const (
	second = notifications.Millis(1000)
	minute = 60 * second
	hour   = 60 * minute
)

var errKilled = errors.New("killed")

// world is everything outside a dispatcher: a ledger in memory, the facts, a
// mail server and both clocks. A dispatcher sees it through ports that fail
// for ever once its killer has struck.
type world struct {
	mu      sync.Mutex
	rows    map[string]notifications.Row
	holds   []notifications.Hold
	domain  notifications.Millis
	process notifications.Millis
	nonces  int
	fence   int64

	// decide is the Source; nil sends everything.
	decide func(notifications.Row) notifications.Verdict
	// next are the reaches that refused rows have left; nil for none.
	next func([]notifications.Row) []notifications.Lane
	// answer is what the server does with a hand-over, 0 being the first of the row.
	answer func(row notifications.Row, n int) answer
	// sendTakes is the process time of one hand-over.
	sendTakes notifications.Millis
	unopened  bool

	handed  map[string][]answer
	refused map[string]int
	gaveUp  int
	opens   int
	calls   []string
	faults  []string
}

// answer is what a server does with one message.
type answer int

const (
	accepts answer = iota
	acceptsSilently
	losesSilently
	refusesForNow
	drops
	refusesRecipient
	refusesMessage
)

func (a answer) err() error {
	switch a {
	case acceptsSilently, losesSilently:
		return errors.New("no answer")
	case refusesForNow:
		return &notifications.Refusal{Temporary: true, Code: 451, Text: "later"}
	case drops:
		return &notifications.Refusal{Temporary: true, NoTry: true, Text: "dropped"}
	case refusesRecipient:
		return &notifications.Refusal{Recipient: true, Code: 550, Text: "unknown"}
	case refusesMessage:
		return &notifications.Refusal{Code: 554, Text: "no"}
	default:
		return nil
	}
}

// surely reports whether the person surely got nothing.
func (a answer) surelyNot() bool {
	return a == refusesForNow || a == drops || a == refusesRecipient || a == refusesMessage
}

func newWorld() *world {
	return &world{
		rows: map[string]notifications.Row{}, handed: map[string][]answer{}, refused: map[string]int{},
		domain: 1_700_000_000_000, process: 1_700_000_000_000,
		answer: func(notifications.Row, int) answer { return accepts },
	}
}

// plan inserts a row that is due now.
func (w *world) plan(recipient string, change func(*notifications.Row)) notifications.Row {
	key := notifications.Key{Rule: "reminder", Occurrence: "event", Recipient: recipient}
	r := notifications.Row{
		ID: key.ID(), Key: key, Part: 3, Unit: "unit", State: notifications.Planned,
		Lane: notifications.Lane{Class: notifications.Normal, Channel: "smtp"}, Wish: w.domain, Due: w.domain,
		Until: w.domain + 24*hour, Group: key.ID(), Resend: true, Gen: 1, Contact: "contact:" + recipient,
	}
	if change != nil {
		change(&r)
	}
	w.rows[r.ID] = r
	return r
}

func (w *world) row(id string) notifications.Row {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rows[id]
}

func (w *world) pass(t notifications.Millis) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.domain += t
	w.process += t
}

func (w *world) now() notifications.Millis {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.domain
}

// worker is one process: its ports are killed together.
type worker struct {
	*world
	fence int64
	// left is the number of calls until the kill, negative for none. With
	// after, that call is still applied.
	left  int
	after bool
	dead  bool
	// orphan says that the owner before is known to be over.
	orphan bool
	// swept says that nothing of that owner is left.
	swept bool
	// leaving says that the lease lets nothing begin any more.
	leaving atomic.Bool
}

func (w *world) worker(left int, after bool) *worker {
	w.fence++
	return &worker{world: w, fence: w.fence, left: left, after: after}
}

func (k *worker) dispatcher(change func(*notifications.Options)) *notifications.Dispatcher {
	opt := notifications.Options{
		Ledger: k, Source: source{k}, Holds: holds{k}, Channels: []notifications.Channel{channel{k}},
		Leases: func() []notifications.Lease { return []notifications.Lease{lease{k}} },
		Now:    k.now,
		Process: func() notifications.Millis {
			k.mu.Lock()
			defer k.mu.Unlock()
			return k.process
		},
		Nonce: func() string {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.nonces++
			return fmt.Sprint("batch-", k.nonces)
		},
	}
	if change != nil {
		change(&opt)
	}
	return notifications.NewDispatcher(opt)
}

// call runs one port call under the kill, with the world locked.
func (k *worker) call(name string, apply func() error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dead {
		return errKilled
	}
	k.calls = append(k.calls, name)
	if k.left == 0 {
		k.dead = true
		if k.after {
			_ = apply()
		}
		return errKilled
	}
	k.left--
	return apply()
}

var _ notifications.Ledger = (*worker)(nil)

func (k *worker) Insert(_ context.Context, rows []notifications.Row) (fresh []bool, err error) {
	err = k.call("Insert", func() error {
		for _, r := range rows {
			_, there := k.rows[r.ID]
			if !there {
				k.rows[r.ID] = r
			}
			fresh = append(fresh, !there)
		}
		return nil
	})
	return fresh, err
}

func (k *worker) Change(_ context.Context, changes []notifications.Change) (applied []bool, err error) {
	err = k.call("Change", func() error {
		for _, c := range changes {
			old := k.rows[c.Row.ID]
			ok := old.Gen == c.SeenGen && old.State == c.SeenState
			if ok {
				c.Row.Gen = old.Gen + 1
				k.rows[c.Row.ID] = c.Row
			}
			applied = append(applied, ok)
		}
		return nil
	})
	return applied, err
}

func (k *worker) DueParts(_ context.Context, parts []int, channel string, now notifications.Millis) (found []int, err error) {
	err = k.call("DueParts", func() error {
		for _, part := range parts {
			if len(k.list(func(r notifications.Row) bool {
				return r.Part == part && r.Channel == channel && r.State == notifications.Planned && r.Due <= now
			})) > 0 {
				found = append(found, part)
			}
		}
		return nil
	})
	return found, err
}

func (k *worker) BegunParts(_ context.Context, parts []int) (found []int, err error) {
	err = k.call("BegunParts", func() error {
		for _, part := range parts {
			if len(k.list(func(r notifications.Row) bool {
				silent := r.State == notifications.Unknown && r.Reason == notifications.ReasonNoReply
				return r.Part == part && (r.State == notifications.Sending || silent)
			})) > 0 {
				found = append(found, part)
			}
		}
		return nil
	})
	return found, err
}

func (k *worker) NextDue(_ context.Context, parts []int, channel string, after, until notifications.Millis) (next notifications.Millis, err error) {
	err = k.call("NextDue", func() error {
		for _, r := range k.list(func(r notifications.Row) bool {
			return slices.Contains(parts, r.Part) && r.Channel == channel && r.State == notifications.Planned && r.Due > after && r.Due <= until
		}) {
			if next == 0 || r.Due < next {
				next = r.Due
			}
		}
		return nil
	})
	return next, err
}

func (k *worker) Due(_ context.Context, part int, lane notifications.Lane, now notifications.Millis, limit int) (rows []notifications.Row, err error) {
	err = k.call("Due "+string(lane.Class), func() error {
		rows = k.list(func(r notifications.Row) bool {
			return r.Part == part && r.Lane == lane && r.State == notifications.Planned && r.Due <= now
		})
		rows = rows[:min(limit, len(rows))]
		return nil
	})
	return rows, err
}

func (k *worker) DueOutside(_ context.Context, part int, lane notifications.Lane, now notifications.Millis, units []string, limit int) (rows []notifications.Row, err error) {
	err = k.call("DueOutside "+string(lane.Class), func() error {
		rows = k.list(func(r notifications.Row) bool {
			return r.Part == part && r.Lane == lane && r.State == notifications.Planned && r.Due <= now && !slices.Contains(units, r.Unit)
		})
		rows = rows[:min(limit, len(rows))]
		return nil
	})
	return rows, err
}

func (w *world) list(want func(notifications.Row) bool) (rows []notifications.Row) {
	for _, r := range w.rows {
		if want(r) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b notifications.Row) int {
		return notifications.InOrder(a, b)
	})
	return rows
}

func (k *worker) Mark(_ context.Context, part int, seen []notifications.Row, m notifications.Mark) (rows []notifications.Row, err error) {
	err = k.call("Mark", func() error {
		for _, s := range seen {
			if r := k.rows[s.ID]; r.Part == part && r.State == notifications.Planned && r.Due <= m.Now {
				k.rows[s.ID] = r.Marked(m)
			}
		}
		rows = k.list(func(r notifications.Row) bool { return r.State == notifications.Sending && r.Batch == m.Batch })
		return nil
	})
	return rows, err
}

func (k *worker) Bind(_ context.Context, _ int, binds []notifications.Bind) error {
	return k.call("Bind", func() error {
		for _, b := range binds {
			if r := k.rows[b.ID]; r.State == notifications.Sending && r.Batch == b.Batch {
				k.rows[b.ID] = r.Bound(b)
			}
		}
		return nil
	})
}

func (k *worker) Sharing(_ context.Context, part int, messageIDs []string) (rows []notifications.Row, err error) {
	err = k.call("Sharing", func() error {
		rows = k.list(func(r notifications.Row) bool { return r.Part == part && slices.Contains(messageIDs, r.MessageID) })
		return nil
	})
	return rows, err
}

func (k *worker) Handed(context.Context, notifications.HandedQuery) ([]notifications.Handed, error) {
	return nil, k.call("Handed", func() error { return nil })
}

func (k *worker) GiveBack(_ context.Context, _ int, backs []notifications.Back) error {
	return k.call("GiveBack", func() error {
		for _, b := range backs {
			if r := k.rows[b.ID]; r.State == notifications.Sending && r.Batch == b.Batch {
				k.rows[b.ID] = r.GivenBack(b)
			}
		}
		return nil
	})
}

func (k *worker) Settle(_ context.Context, _ int, results []notifications.Result) error {
	return k.call("Settle", func() error {
		for _, res := range results {
			if r := k.rows[res.ID]; r.CanSettle(res) {
				k.rows[res.ID] = r.Settled(res)
			}
		}
		return nil
	})
}

func (k *worker) Sweep(_ context.Context, part int, s notifications.Sweep) (n int, err error) {
	err = k.call("Sweep", func() error {
		rows := k.list(func(r notifications.Row) bool { return r.Part == part && r.IsSwept(s) })
		begun := notifications.MayHaveBegun(slices.DeleteFunc(slices.Clone(rows), func(r notifications.Row) bool {
			return r.State != notifications.Sending
		}))
		for _, r := range rows {
			next := r.NotBegun()
			if r.State == notifications.Unknown || begun[r.ID] {
				next = r.Swept(s)
			}
			k.rows[r.ID] = next
			n++
		}
		return nil
	})
	return n, err
}

func (k *worker) BySubject(_ context.Context, _ int, occurrence string, _ []string) (rows []notifications.Row, err error) {
	err = k.call("BySubject", func() error {
		rows = k.list(func(r notifications.Row) bool { return r.Occurrence == occurrence })
		return nil
	})
	return rows, err
}

type lease struct{ k *worker }

func (lease) Part() int        { return 3 }
func (l lease) Fence() int64   { return l.k.fence }
func (l lease) MayBegin() bool { return !l.k.leaving.Load() }
func (l lease) Orphan() bool   { return l.k.orphan }
func (l lease) Swept()         { l.k.swept = true }

type holds struct{ k *worker }

func (holds) Hold(context.Context, notifications.Hold) error { return nil }
func (holds) Release(context.Context, string) (bool, error)  { return false, nil }

func (h holds) List(context.Context) (list []notifications.Hold, err error) {
	err = h.k.call("Holds", func() error {
		list = slices.Clone(h.k.holds)
		return nil
	})
	return list, err
}

type source struct{ k *worker }

func (s source) Decide(_ context.Context, _ notifications.Millis, rows []notifications.Row) (verdicts []notifications.Verdict, err error) {
	err = s.k.call("Decide", func() error {
		for _, r := range rows {
			v := notifications.Verdict{Do: notifications.DoSend}
			if s.k.decide != nil {
				v = s.k.decide(r)
			}
			v.RowID = r.ID
			v.Message = notifications.Message{To: r.Recipient, Contact: "contact:" + r.Recipient, MessageID: r.ID}
			verdicts = append(verdicts, v)
		}
		return nil
	})
	return verdicts, err
}

func (s source) Refused(_ context.Context, _ notifications.Millis, rows []notifications.Row, contact string) (next []notifications.Lane, err error) {
	err = s.k.call("Refused", func() error {
		s.k.refused[contact]++
		if s.k.next != nil {
			next = s.k.next(rows)
		}
		return nil
	})
	return next, err
}

func (s source) Exhausted(_ context.Context, rows []notifications.Row) error {
	return s.k.call("Exhausted", func() error {
		s.k.gaveUp += len(rows)
		return nil
	})
}

type channel struct{ k *worker }

func (channel) Name() string { return "smtp" }

func (c channel) Open(context.Context) (notifications.Conn, error) {
	err := c.k.call("Open", func() error {
		c.k.opens++
		if c.k.unopened {
			return errors.New("no server")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &conn{k: c.k}, nil
}

type conn struct {
	k      *worker
	broken bool
}

func (c *conn) Usable() bool { return !c.broken }
func (c *conn) Close() error { return nil }

// Send checks L3 where it counts: the row is sending, durably, at this moment.
func (c *conn) Send(_ context.Context, m notifications.Message) error {
	return c.k.call("Send", func() error {
		row := c.k.rows[m.MessageID]
		if row.State != notifications.Sending {
			c.k.faults = append(c.k.faults, fmt.Sprintf("row %s was handed over while %s", row.ID, row.State))
		}
		a := c.k.answer(row, len(c.k.handed[row.ID]))
		c.k.handed[row.ID] = append(c.k.handed[row.ID], a)
		c.k.process += c.k.sendTakes
		c.broken = a == acceptsSilently || a == losesSilently || a == drops
		return a.err()
	})
}
