package registration

import "slices"

// What each command does to an open book.

func (b *book) register(key [keyBytes]byte, i int, found bool, c Command) {
	if found && b.entries[i].state != Cancelled {
		b.same(i)
		return
	}
	slot := slices.IndexFunc(b.roll.Slots, func(s RollSlot) bool { return s.ID == c.Slot })
	refused := Seat{Registration: c.Registration, Party: c.Party}
	switch {
	case slot < 0:
		b.refuse(refused, RefusedSlot)
		return
	case b.roll.Slots[slot].Capacity > 0 && c.Party > b.roll.Slots[slot].Capacity:
		b.refuse(refused, RefusedTooBig)
		return
	case !found && len(b.entries) >= MaxEntries:
		b.refuse(refused, RefusedFull)
		return
	}
	if found { // whoever comes back queues at the end
		b.remove(i)
	}
	e := entry{key: key, slot: slot, party: c.Party, state: Waitlisted, unconfirmed: c.Unconfirmed, entered: b.roll.Seq + 1}
	if b.fits(slot, c.Party) {
		e.state = e.seatedState()
		b.taken[slot] += c.Party
	}
	b.entries = append(b.entries, e)
	if b.at != nil {
		b.at[key] = len(b.entries) - 1
	}
	b.mark(len(b.entries) - 1)
}

// seatedState is what an entry becomes when it gets its seat.
func (e entry) seatedState() State {
	if e.unconfirmed {
		return Pending
	}
	return Registered
}

func (b *book) remove(i int) {
	b.entries = slices.Delete(b.entries, i, i+1)
	if b.at != nil {
		b.index()
	}
}

func (b *book) confirm(i int) {
	e := &b.entries[i]
	if !e.unconfirmed {
		b.same(i)
		return
	}
	e.unconfirmed = false
	if e.state == Pending {
		e.state = Registered
	}
	b.mark(i)
	if e.state == Waitlisted {
		b.promote(e.slot) // who could not be asked before can be now
	}
}

func (b *book) lapse(i int) {
	if !b.entries[i].unconfirmed {
		b.refuse(b.entries[i].seat(), RefusedKept)
		return
	}
	b.giveUp(i)
}

func (b *book) giveUp(i int) {
	e := &b.entries[i]
	if e.seated() {
		b.taken[e.slot] -= e.party
	}
	e.state, e.freedBy, e.until, e.passed = Cancelled, "", 0, false
	b.mark(i)
	b.promote(e.slot)
}

func (b *book) resize(i, party int) {
	e := &b.entries[i]
	capacity := b.roll.Slots[e.slot].Capacity
	switch {
	case party == e.party:
		b.same(i)
		return
	case party > e.party && capacity > 0 && party > capacity:
		b.refuse(e.seat(), RefusedTooBig)
		return
	case e.seated() && party > e.party && !b.fits(e.slot, party-e.party):
		b.refuse(e.seat(), RefusedNoRoom)
		return
	}
	if e.seated() {
		b.taken[e.slot] += party - e.party
	}
	e.party = party
	b.mark(i)
	b.promote(e.slot)
}

// setCapacity takes the event's slots over. A slot that the event no longer
// has stays, as people sit there.
func (b *book) setCapacity(c Command) {
	if c.EventVer < b.roll.EventVer {
		return
	}
	b.roll.EventVer = c.EventVer
	if c.Resynced {
		b.roll.ResyncAt = 0
	}
	b.roll.Slots = slices.Clone(b.roll.Slots)
	for _, s := range c.Slots {
		i := slices.IndexFunc(b.roll.Slots, func(o RollSlot) bool { return o.ID == s.ID })
		if i < 0 {
			b.roll.Slots = append(b.roll.Slots, s)
			b.taken = append(b.taken, 0)
			continue
		}
		b.roll.Slots[i].Capacity = s.Capacity
	}
	for slot := range b.roll.Slots {
		b.promote(slot)
	}
}

// promote gives or offers places to whoever waits for the slot and fits, in the
// order in which they came. One pass is enough, since free places only get
// fewer in it.
func (b *book) promote(slot int) {
	for i := range b.entries {
		if !b.fits(slot, 1) {
			return
		}
		e := &b.entries[i]
		if e.state != Waitlisted || e.slot != slot || !b.fits(slot, e.party) || !b.terms.reach(*e) {
			continue
		}
		e.state, e.freedBy, e.passed = e.seatedState(), b.op, false
		if b.terms.As == Offered {
			e.state, e.until = Offered, b.terms.Until
		}
		b.taken[slot] += e.party
		b.mark(i).Promoted = true
	}
}

// copied forgets that a change is to be copied, unless a newer one came.
func (b *book) copied(key [keyBytes]byte, i int, found bool, seq int64) {
	if found && b.entries[i].seq > seq {
		return
	}
	delete(b.unsettled, key)
	b.dropped = true
}
