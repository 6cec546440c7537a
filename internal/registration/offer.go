package registration

import "github.com/sunday-with-the-people/sunday/internal/calendar"

// What terms and offers do to an open book.

// reach reports whether the terms give a waiting one a place, if there is one.
// Offers go to those only who can be told of them, and once.
func (t Terms) reach(e entry) bool {
	switch t.As {
	case Waitlisted:
		return false
	case Offered:
		return !e.unconfirmed && !e.passed
	}
	return true
}

// setTerms ends the offers that are over, in the order in which they were
// made, and gives what is free by the new terms.
func (b *book) setTerms(t Terms) {
	b.terms = t
	for i := 0; i < len(b.entries); {
		if e := b.entries[i]; e.state == Offered && e.until <= t.Now {
			b.expire(i) // moves to the end, and another one to i
			continue
		}
		i++
	}
	for slot := range b.roll.Slots {
		b.promote(slot)
	}
}

// expire puts an offer that was not answered at the end of the line, and gives
// its places to the next.
func (b *book) expire(i int) {
	e := b.entries[i]
	b.remove(i)
	b.taken[e.slot] -= e.party
	e.state, e.freedBy, e.until, e.passed, e.entered = Waitlisted, "", 0, true, b.roll.Seq+1
	b.entries = append(b.entries, e)
	last := len(b.entries) - 1
	if b.at != nil {
		b.at[e.key] = last
	}
	b.mark(last).Expired = true
	b.op = OpExpire
	b.promote(e.slot)
	b.op = OpTerms
}

// accept makes an offer a seat. Whoever has one has accepted.
func (b *book) accept(i int) {
	e := &b.entries[i]
	switch e.state {
	case Offered:
		e.state, e.until = Registered, 0
		b.mark(i)
	case Registered:
		b.same(i)
	default:
		b.refuse(e.seat(), RefusedOver)
	}
}

// nextAt is when the roll changes though nobody asks.
func (b *book) nextAt() calendar.Instant {
	var next calendar.Instant
	for _, e := range b.entries {
		switch {
		case e.state == Offered && (next == 0 || e.until < next):
			next = e.until
		case e.state == Waitlisted && b.terms.Next != 0 && b.fits(e.slot, e.party) && (next == 0 || b.terms.Next < next):
			next = b.terms.Next
		}
	}
	return next
}
