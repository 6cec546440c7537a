package registration

import "slices"

// Apply obeys the commands in their order and reports one Change for each, but
// none for OpSetCapacity, OpPrepare, OpTerms and OpCopied, and one for each
// promotion and each offer that ended, right after its cause. Whoever waits is
// promoted as soon as the whole party fits, first come first, in the way that
// the last OpTerms says; nobody is promoted in part and nobody loses a seat
// because capacity shrinks. So that of a slot's free places no waiting party
// ever fits into them, which lets a newcomer who fits be seated at once: but
// for those who may not be asked now. ErrPacked if Seats cannot be read.
func (r *Roll) Apply(cmds ...Command) ([]Change, error) {
	b, err := open(r)
	if err != nil {
		return nil, err
	}
	if len(cmds) > indexFrom {
		b.index()
	}
	for i, c := range cmds {
		b.command, b.op = i, c.Op
		b.obey(c)
	}
	return b.changes, b.close()
}

// Find gives the seat of a registration, cancelled or not, and whether there is one.
func (r *Roll) Find(registration string) (Seat, bool, error) {
	entries, err := unpack(r.Seats)
	if err != nil {
		return Seat{}, false, err
	}
	key, ok := parseKey(registration)
	if !ok {
		return Seat{}, false, nil
	}
	for _, e := range entries {
		if e.key == key {
			return e.seat(), true, nil
		}
	}
	return Seat{}, false, nil
}

// Places tells how full each slot is.
func (r *Roll) Places() ([]Place, error) {
	b, err := open(r)
	if err != nil {
		return nil, err
	}
	places := make([]Place, len(r.Slots))
	for i, s := range r.Slots {
		places[i] = Place{Slot: s.ID, Capacity: s.Capacity, Taken: b.taken[i]}
	}
	for _, e := range b.entries {
		if e.state == Waitlisted && e.slot < len(places) {
			places[e.slot].Waiting += e.party
		}
	}
	return places, nil
}

// book is a roll laid open.
type book struct {
	roll      *Roll
	entries   []entry                // in order of entered
	at        map[[keyBytes]byte]int // nil where few look for theirs
	taken     []int                  // people per slot
	changes   []Change
	unsettled map[[keyBytes]byte]bool
	dropped   bool
	command   int
	op        Op
	terms     Terms
}

func open(r *Roll) (*book, error) {
	entries, err := unpack(r.Seats)
	if err != nil {
		return nil, err
	}
	b := &book{
		roll: r, entries: entries, taken: make([]int, len(r.Slots)), terms: Terms{As: Registered},
		unsettled: make(map[[keyBytes]byte]bool, len(r.Unsettled)),
	}
	for _, e := range entries {
		if e.slot >= len(r.Slots) {
			return nil, ErrPacked
		}
		if e.seated() {
			b.taken[e.slot] += e.party
		}
	}
	for _, id := range r.Unsettled {
		key, ok := parseKey(id)
		if !ok {
			return nil, ErrPacked
		}
		b.unsettled[key] = true
	}
	return b, nil
}

// indexFrom is the number of commands from which an index costs less than to
// look through the list for each.
const indexFrom = 32

func (b *book) index() {
	b.at = make(map[[keyBytes]byte]int, len(b.entries)+1)
	for i, e := range b.entries {
		b.at[e.key] = i
	}
}

func (b *book) find(key [keyBytes]byte) (int, bool) {
	if b.at != nil {
		i, ok := b.at[key]
		return i, ok
	}
	for i := range b.entries {
		if b.entries[i].key == key {
			return i, true
		}
	}
	return 0, false
}

// close writes the book back. Seats that were cancelled and copied go: their
// registrations know all that is left of them.
func (b *book) close() error {
	if b.dropped {
		b.entries = slices.DeleteFunc(b.entries, func(e entry) bool {
			return e.state == Cancelled && !b.unsettled[e.key]
		})
	}
	packed, err := pack(b.entries)
	if err != nil {
		return err
	}
	b.roll.Seats = packed
	b.roll.Unsettled = nil
	// In the list's order, never a map's; the few are mostly at its end.
	for i := len(b.entries) - 1; i >= 0 && len(b.roll.Unsettled) < len(b.unsettled); i-- {
		if e := b.entries[i]; b.unsettled[e.key] {
			b.roll.Unsettled = append(b.roll.Unsettled, e.seat().Registration)
		}
	}
	slices.Reverse(b.roll.Unsettled)
	b.roll.IsUnsettled = len(b.roll.Unsettled) > 0 || b.roll.ResyncAt != 0
	b.roll.NextAt = b.nextAt()
	return nil
}

func (b *book) obey(c Command) {
	switch c.Op {
	case OpSetCapacity:
		b.setCapacity(c)
		return
	case OpPrepare:
		b.roll.ResyncAt = c.At
		return
	case OpTerms:
		b.setTerms(c.Terms)
		return
	}
	key, ok := parseKey(c.Registration)
	if !ok {
		b.refuse(Seat{Registration: c.Registration}, RefusedGone)
		return
	}
	i, found := b.find(key)
	switch {
	case c.Op == OpCopied:
		b.copied(key, i, found, c.Seq)
	case c.Op == OpRegister:
		b.register(key, i, found, c)
	case !found:
		b.refuse(Seat{Registration: c.Registration}, RefusedGone)
	case b.entries[i].state == Cancelled:
		b.onCancelled(i, c.Op)
	case c.Op == OpConfirm:
		b.confirm(i)
	case c.Op == OpCancel:
		b.giveUp(i)
	case c.Op == OpLapse:
		b.lapse(i)
	case c.Op == OpResize:
		b.resize(i, c.Party)
	case c.Op == OpAccept:
		b.accept(i)
	}
}

// onCancelled: to cancel once more is as wished, all else comes too late.
func (b *book) onCancelled(i int, op Op) {
	if op == OpCancel || op == OpLapse {
		b.same(i)
		return
	}
	b.refuse(b.entries[i].seat(), RefusedGone)
}

func (e entry) seated() bool {
	return e.state == Registered || e.state == Pending || e.state == Offered
}

// fits reports whether n more people fit into the slot.
func (b *book) fits(slot, n int) bool {
	capacity := b.roll.Slots[slot].Capacity
	return capacity == 0 || b.taken[slot]+n <= capacity
}

func (b *book) refuse(s Seat, why Refusal) {
	b.changes = append(b.changes, Change{Command: b.command, Op: b.op, Seat: s, Refused: why})
}

func (b *book) same(i int) {
	b.changes = append(b.changes, Change{Command: b.command, Op: b.op, Seat: b.entries[i].seat(), Same: true})
}

// mark numbers a change, remembers that it is to be copied, and gives it to be
// filled in.
func (b *book) mark(i int) *Change {
	b.roll.Seq++
	b.entries[i].seq = b.roll.Seq
	b.unsettled[b.entries[i].key] = true
	b.changes = append(b.changes, Change{Command: b.command, Op: b.op, Seat: b.entries[i].seat()})
	return &b.changes[len(b.changes)-1]
}
