package registration_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

func reg(n int) string { return id.Hash("reg", fmt.Sprint(n)) }

func register(n, party int) registration.Command {
	return registration.Command{Op: registration.OpRegister, Registration: reg(n), Slot: "s1", Party: party}
}

func rollOf(capacity int) *registration.Roll {
	return &registration.Roll{Slots: []registration.RollSlot{{ID: "s1", Capacity: capacity}}}
}

func mustApply(t testing.TB, r *registration.Roll, cs ...registration.Command) []registration.Change {
	t.Helper()
	changes, err := r.Apply(cs...)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func stateOf(t testing.TB, r *registration.Roll, n int) registration.State {
	t.Helper()
	seat, _, err := r.Find(reg(n))
	if err != nil {
		t.Fatal(err)
	}
	return seat.State
}

// Two wait (4, then 2) when 3 places are freed and a newcomer of 2 asks: the
// waiting 2 get them, whichever of the two commands comes first.
func TestRoll_Apply_WaitingBeforeNewcomer(t *testing.T) {
	t.Parallel()
	for _, newcomerFirst := range []bool{false, true} {
		r := rollOf(6)
		mustApply(t, r, register(1, 3), register(2, 3), register(3, 4), register(4, 2))
		cs := []registration.Command{{Op: registration.OpCancel, Registration: reg(1)}, register(5, 2)}
		if newcomerFirst {
			cs[0], cs[1] = cs[1], cs[0]
		}
		changes := mustApply(t, r, cs...)
		got := []registration.State{stateOf(t, r, 3), stateOf(t, r, 4), stateOf(t, r, 5)}
		want := []registration.State{registration.Waitlisted, registration.Registered, registration.Waitlisted}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("newcomer first %v: %s", newcomerFirst, d)
		}
		promoted := 0
		for _, c := range changes {
			if c.Promoted {
				promoted++
				if c.Op != registration.OpCancel || c.Seat.FreedBy != registration.OpCancel || c.Seat.Registration != reg(4) {
					t.Errorf("promoted %+v", c)
				}
			}
		}
		if promoted != 1 {
			t.Errorf("%d promoted, want 1", promoted)
		}
	}
}

func pend(n, party int) registration.Command {
	c := register(n, party)
	c.Unconfirmed = true
	return c
}

func do(op registration.Op, n, party int) registration.Command {
	return registration.Command{Op: op, Registration: reg(n), Party: party}
}

func capacity(n int, ver int64) registration.Command {
	return registration.Command{Op: registration.OpSetCapacity, EventVer: ver, Slots: []registration.RollSlot{{ID: "s1", Capacity: n}}}
}

// applied are commands at a slot of 5 places, and what becomes of 1, 2 ...
var applied = map[string]struct {
	commands []registration.Command
	want     []registration.State // of 1, 2 ...
	last     registration.Refusal
}{
	"full": {[]registration.Command{register(1, 4), register(2, 2)},
		[]registration.State{registration.Registered, registration.Waitlisted}, ""},
	"smaller overtakes what does not fit": {[]registration.Command{register(1, 3), register(2, 3), register(3, 2)},
		[]registration.State{registration.Registered, registration.Waitlisted, registration.Registered}, ""},
	"pending holds a seat": {[]registration.Command{pend(1, 5), register(2, 1)},
		[]registration.State{registration.Pending, registration.Waitlisted}, ""},
	"confirmed": {[]registration.Command{pend(1, 5), do(registration.OpConfirm, 1, 0)},
		[]registration.State{registration.Registered}, ""},
	"lapsed frees": {[]registration.Command{pend(1, 5), pend(2, 1), do(registration.OpLapse, 1, 0)},
		[]registration.State{registration.Cancelled, registration.Pending}, ""},
	"confirmed does not lapse": {[]registration.Command{register(1, 1), do(registration.OpLapse, 1, 0)},
		[]registration.State{registration.Registered}, registration.RefusedKept},
	"waits confirmed": {[]registration.Command{register(1, 5), pend(2, 1), do(registration.OpConfirm, 2, 0), do(registration.OpCancel, 1, 0)},
		[]registration.State{registration.Cancelled, registration.Registered}, ""},
	"grows": {[]registration.Command{register(1, 2), do(registration.OpResize, 1, 5), register(2, 1)},
		[]registration.State{registration.Registered, registration.Waitlisted}, ""},
	"cannot grow": {[]registration.Command{register(1, 2), register(2, 2), do(registration.OpResize, 1, 4)},
		[]registration.State{registration.Registered, registration.Registered}, registration.RefusedNoRoom},
	"shrinks and lets in": {[]registration.Command{register(1, 5), register(2, 2), do(registration.OpResize, 1, 3)},
		[]registration.State{registration.Registered, registration.Registered}, ""},
	"waiting shrinks and gets in": {[]registration.Command{register(1, 4), register(2, 2), do(registration.OpResize, 2, 1)},
		[]registration.State{registration.Registered, registration.Registered}, ""},
	"more room": {[]registration.Command{register(1, 5), register(2, 2), capacity(7, 2)},
		[]registration.State{registration.Registered, registration.Registered}, ""},
	"less room takes no seat": {[]registration.Command{register(1, 5), capacity(1, 2), register(2, 1)},
		[]registration.State{registration.Registered, registration.Waitlisted}, ""},
	"an older event is no news": {[]registration.Command{register(1, 5), capacity(5, 3), capacity(9, 2), register(2, 1)},
		[]registration.State{registration.Registered, registration.Waitlisted}, ""},
	"no limit": {[]registration.Command{capacity(0, 2), register(1, 20), register(2, 20)},
		[]registration.State{registration.Registered, registration.Registered}, ""},
	"never fits":        {[]registration.Command{register(1, 6)}, []registration.State{""}, registration.RefusedTooBig},
	"no such slot":      {[]registration.Command{{Op: registration.OpRegister, Registration: reg(1), Slot: "s9", Party: 1}}, nil, registration.RefusedSlot},
	"cancelled is gone": {[]registration.Command{register(1, 1), do(registration.OpCancel, 1, 0), do(registration.OpResize, 1, 2)}, nil, registration.RefusedGone},
	"unknown is gone":   {[]registration.Command{do(registration.OpCancel, 1, 0)}, nil, registration.RefusedGone},
	"no id":             {[]registration.Command{{Op: registration.OpRegister, Registration: "x", Slot: "s1", Party: 1}}, nil, registration.RefusedGone},
	"comes back at the end": {[]registration.Command{register(1, 5), register(2, 5), do(registration.OpCancel, 1, 0), register(1, 5), register(3, 5), do(registration.OpCancel, 2, 0)},
		[]registration.State{registration.Registered, registration.Cancelled, registration.Waitlisted}, ""},
}

func TestRoll_Apply(t *testing.T) {
	t.Parallel()
	for name, c := range applied {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rollOf(5)
			changes := mustApply(t, r, c.commands...)
			for i, want := range c.want {
				if got := stateOf(t, r, i+1); got != want {
					t.Errorf("%d is %q, want %q", i+1, got, want)
				}
			}
			if c.last != "" && changes[len(changes)-1].Refused != c.last {
				t.Errorf("last change %+v, want %s", changes[len(changes)-1], c.last)
			}
		})
	}
}

func TestRoll_Apply_Copied(t *testing.T) {
	t.Parallel()
	r := rollOf(5)
	mustApply(t, r, register(1, 1), register(2, 1))
	mustApply(t, r, registration.Command{Op: registration.OpCancel, Registration: reg(1)})
	copied := func(n int, seq int64) registration.Command {
		return registration.Command{Op: registration.OpCopied, Registration: reg(n), Seq: seq}
	}
	mustApply(t, r, copied(1, 1), copied(2, 2)) // of 1 an older change was copied
	if d := cmp.Diff([]string{reg(1)}, r.Unsettled); d != "" || !r.IsUnsettled {
		t.Errorf("unsettled %v", d)
	}
	mustApply(t, r, copied(1, 3))
	if r.IsUnsettled {
		t.Errorf("still unsettled: %v", r.Unsettled)
	}
	if _, found, _ := r.Find(reg(1)); found {
		t.Error("a cancelled seat that was copied is kept")
	}
}

// model is the roll as plainly as it can be said.
type model struct {
	capacity int
	queue    []person
}

type person struct {
	n, party int
	seated   bool
}

func (m *model) taken() int {
	sum := 0
	for _, p := range m.queue {
		if p.seated {
			sum += p.party
		}
	}
	return sum
}

func (m *model) promote() {
	for i, p := range m.queue {
		if !p.seated && m.taken()+p.party <= m.capacity {
			m.queue[i].seated = true
		}
	}
}

func (m *model) find(n int) int {
	for i, p := range m.queue {
		if p.n == n {
			return i
		}
	}
	return -1
}

// step draws one command, does it to the model and returns it.
func (m *model) step(t *rapid.T, ver int64) registration.Command {
	n := rapid.IntRange(1, 12).Draw(t, "who")
	party := rapid.IntRange(1, 4).Draw(t, "party")
	i := m.find(n)
	switch op := rapid.SampledFrom([]registration.Op{
		registration.OpRegister, registration.OpRegister, registration.OpCancel, registration.OpResize, registration.OpSetCapacity,
	}).Draw(t, "op"); op {
	case registration.OpRegister:
		if i < 0 && party <= m.capacity {
			m.queue = append(m.queue, person{n: n, party: party, seated: m.taken()+party <= m.capacity})
		}
		return register(n, party)
	case registration.OpCancel:
		if i >= 0 {
			m.queue = append(m.queue[:i:i], m.queue[i+1:]...)
			m.promote()
		}
		return registration.Command{Op: op, Registration: reg(n)}
	case registration.OpResize:
		if i >= 0 && (party <= m.queue[i].party || party <= m.capacity) {
			p := &m.queue[i]
			if !p.seated || party <= p.party || m.taken()-p.party+party <= m.capacity {
				p.party = party
				m.promote()
			}
		}
		return registration.Command{Op: op, Registration: reg(n), Party: party}
	default:
		m.capacity = rapid.IntRange(4, 12).Draw(t, "capacity")
		m.promote()
		return registration.Command{Op: op, EventVer: ver, Slots: []registration.RollSlot{{ID: "s1", Capacity: m.capacity}}}
	}
}

func (m *model) compare(t *rapid.T, r *registration.Roll) {
	seats, err := registration.Unpack(r.Seats)
	if err != nil {
		t.Fatal(err)
	}
	var got []person
	for _, s := range seats {
		if s.State == registration.Cancelled {
			continue
		}
		for n := 1; n <= 12; n++ {
			if s.Registration == reg(n) {
				got = append(got, person{n: n, party: s.Party, seated: s.State == registration.Registered})
			}
		}
	}
	if d := cmp.Diff(m.queue, got, cmp.AllowUnexported(person{}), cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("roll (-model +roll):\n%s", d)
	}
}

func TestRoll_Apply_AsTheModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, r := &model{capacity: 8}, rollOf(8)
		for ver := range int64(rapid.IntRange(1, 20).Draw(t, "batches")) {
			var batch []registration.Command
			for range rapid.IntRange(1, 5).Draw(t, "size") {
				batch = append(batch, m.step(t, ver+1))
			}
			before := *r
			if _, err := r.Apply(batch...); err != nil {
				t.Fatal(err)
			}
			m.compare(t, r)
			checkSeqs(t, before, *r)
		}
	})
}

// checkSeqs: every seat that changed is named as unsettled and has a new number.
func checkSeqs(t *rapid.T, before, after registration.Roll) {
	was := map[string]registration.Seat{}
	old, err := registration.Unpack(before.Seats)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range old {
		was[s.Registration] = s
	}
	unsettled := map[string]bool{}
	for _, u := range after.Unsettled {
		unsettled[u] = true
	}
	seats, err := registration.Unpack(after.Seats)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seats {
		if s != was[s.Registration] && (!unsettled[s.Registration] || s.Seq <= before.Seq) {
			t.Fatalf("%+v changed, was %+v, and nobody would copy it", s, was[s.Registration])
		}
	}
}
