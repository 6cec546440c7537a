package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// testLedgerModel does the same random moves on the store and on a map of
// rows with the pure transitions, and compares all rows after each.
func testLedgerModel(t *testing.T, set *store.Set) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			m := &ledgerModel{t: t, set: set, o: newOccurrence(), rows: map[string]notifications.Row{}, seen: map[string]notifications.Row{}, random: rand.New(rand.NewPCG(seed, 1))}
			for step := range 60 {
				name := m.step()
				diff(t, fmt.Sprintf("step %d, %s", step, name), m.o.stored(t, set), m.rows)
				if t.Failed() {
					return
				}
			}
		})
	}
}

type ledgerModel struct {
	t    *testing.T
	set  *store.Set
	o    occurrence
	rows map[string]notifications.Row
	// seen are rows as they were when a mark last read them.
	seen   map[string]notifications.Row
	random *rand.Rand
	clock  notifications.Millis
	marks  int
}

const modelRows = 12

func (m *ledgerModel) step() string {
	m.clock += notifications.Millis(m.random.IntN(20))
	switch m.random.IntN(8) {
	case 0:
		return m.insert()
	case 1:
		return m.change()
	case 2, 3:
		return m.mark()
	case 4:
		return m.giveBack()
	case 5:
		return m.settle()
	case 6:
		return m.bind()
	default:
		return m.sweep()
	}
}

func (m *ledgerModel) now() notifications.Millis { return now + m.clock }

// some picks recipients, each once.
func (m *ledgerModel) some() []notifications.Row {
	var rows []notifications.Row
	for _, n := range m.random.Perm(modelRows)[:1+m.random.IntN(modelRows)] {
		r := m.o.row(n)
		r.Due = m.now() + notifications.Millis(m.random.IntN(20)-10)
		r.Wish, r.Resend, r.Until = r.Due, n%2 == 0, now+notifications.Millis(n%3*400)
		rows = append(rows, r)
	}
	return rows
}

// stored picks rows that are there.
func (m *ledgerModel) stored() []notifications.Row {
	var rows []notifications.Row
	for _, r := range m.some() {
		if s, ok := m.rows[r.ID]; ok {
			rows = append(rows, s)
		}
	}
	return rows
}

// read picks rows as a worker has read them: now, or when they were last picked.
func (m *ledgerModel) read() []notifications.Row {
	rows := m.some()
	for i, r := range rows {
		s, there := m.rows[r.ID]
		if before, read := m.seen[r.ID]; read && m.random.IntN(2) == 0 {
			s = before
		}
		if there {
			rows[i], m.seen[r.ID] = s, m.rows[r.ID]
		}
	}
	return rows
}

func (m *ledgerModel) batch() string { return fmt.Sprint("b", m.random.IntN(m.marks+1)) }

func (m *ledgerModel) insert() string {
	rows := m.some()
	var want []bool
	for _, r := range rows {
		_, there := m.rows[r.ID]
		if want = append(want, !there); !there {
			m.rows[r.ID] = r
		}
	}
	diff(m.t, "fresh", get[[]bool](m.t)(m.set.Ledger.Insert(m.t.Context(), rows)), want)
	return "Insert"
}

func (m *ledgerModel) change() string {
	var changes []notifications.Change
	var want []bool
	for _, r := range m.stored() {
		next := r
		next.Wish, next.Reason = m.now(), ""
		next.Due = max(next.Wish, next.NotBefore)
		if next.State != notifications.Sending {
			next.State = notifications.Planned
		}
		c := notifications.Change{SeenGen: r.Gen - int64(m.random.IntN(2)), SeenState: r.State, Row: next}
		changes = append(changes, c)
		if want = append(want, c.SeenGen == r.Gen); c.SeenGen == r.Gen {
			next.Gen++
			m.rows[r.ID] = next
		}
	}
	diff(m.t, "applied", get[[]bool](m.t)(m.set.Ledger.Change(m.t.Context(), changes)), want)
	return "Change"
}

func (m *ledgerModel) mark() string {
	m.marks++
	mark := notifications.Mark{Batch: fmt.Sprint("b", m.marks), Fence: int64(m.marks), Now: m.now(), At: m.now()}
	rows := m.read()
	var want []notifications.Row
	for _, r := range rows {
		if s, ok := m.rows[r.ID]; ok && s.State == notifications.Planned && s.Due <= mark.Now {
			m.rows[r.ID] = s.Marked(mark)
			want = append(want, m.rows[r.ID])
		}
	}
	slices.SortFunc(want, byDue)
	for range 2 {
		got := get[[]notifications.Row](m.t)(m.set.Ledger.Mark(m.t.Context(), m.o.part, rows, mark))
		diff(m.t, "marked", got, want)
	}
	return "Mark"
}

func (m *ledgerModel) giveBack() string {
	var backs []notifications.Back
	for _, r := range m.stored() {
		b := notifications.Back{ID: r.ID, Batch: m.batch(), NotBefore: m.now() + 5, Reason: notifications.ReasonHeld, TryMore: m.random.IntN(2) == 0}
		if m.random.IntN(2) == 0 {
			b.Batch = r.Batch
		}
		backs = append(backs, b)
		if r.State == notifications.Sending && r.Batch == b.Batch {
			m.rows[r.ID] = r.GivenBack(b)
		}
	}
	must(m.t, m.set.Ledger.GiveBack(m.t.Context(), m.o.part, backs))
	return "GiveBack"
}

func (m *ledgerModel) bind() string {
	var binds []notifications.Bind
	for _, r := range m.stored() {
		b := notifications.Bind{ID: r.ID, Batch: m.batch(), MessageID: fmt.Sprint("m", m.random.IntN(3))}
		if m.random.IntN(4) == 0 {
			b.Contact = "moved"
		}
		if m.random.IntN(2) == 0 {
			b.Batch = r.Batch
		}
		binds = append(binds, b)
		if r.State == notifications.Sending && r.Batch == b.Batch {
			m.rows[r.ID] = r.Bound(b)
		}
	}
	must(m.t, m.set.Ledger.Bind(m.t.Context(), m.o.part, binds))
	return "Bind"
}

func (m *ledgerModel) settle() string {
	kinds := []notifications.Result{
		{State: notifications.Sent}, {State: notifications.Dead, Reason: notifications.ReasonExhausted},
		{State: notifications.Unknown, Reason: notifications.ReasonNoReply},
		{State: notifications.Unknown, Reason: notifications.ReasonLeft},
		{State: notifications.Suppressed, Reason: notifications.ReasonBudget},
	}
	var results []notifications.Result
	for _, r := range m.stored() {
		res := kinds[m.random.IntN(len(kinds))]
		res.ID, res.Batch, res.At = r.ID, r.Batch, m.now()
		if m.random.IntN(4) == 0 {
			res.Batch = m.batch()
		}
		results = append(results, res)
		if r.CanSettle(res) {
			m.rows[r.ID] = r.Settled(res)
		}
	}
	must(m.t, m.set.Ledger.Settle(m.t.Context(), m.o.part, results))
	return "Settle"
}

func (m *ledgerModel) sweep() string {
	s := notifications.Sweep{
		FenceBelow: int64(m.random.IntN(m.marks + 1)), SendingBefore: m.now() - 20, Now: m.now(),
		RetryAfter: 10, MaxUnknowns: 2, Limit: 1 + m.random.IntN(5),
	}
	moved := sweepModel(m.rows, s)
	if n := get[int](m.t)(m.set.Ledger.Sweep(m.t.Context(), m.o.part, s)); n != moved {
		m.t.Errorf("Sweep moved %d, want %d", n, moved)
	}
	return "Sweep"
}

// sweepModel does to rows by id what Sweep does to the stored ones.
func sweepModel(rows map[string]notifications.Row, s notifications.Sweep) int {
	var sending []notifications.Row
	var silent []string
	for rowID, r := range rows {
		switch {
		case !r.IsSwept(s):
		case r.State == notifications.Sending:
			sending = append(sending, r)
		default:
			silent = append(silent, rowID)
		}
	}
	begun := notifications.MayHaveBegun(sending)
	for _, r := range sending {
		if rows[r.ID] = r.NotBegun(); begun[r.ID] {
			rows[r.ID] = r.Swept(s)
		}
	}
	slices.Sort(silent)
	silent = silent[:min(len(silent), s.Limit)]
	for _, rowID := range silent {
		rows[rowID] = rows[rowID].Swept(s)
	}
	return len(sending) + len(silent)
}
