package notifications

import (
	"cmp"
	"slices"
)

// The moves of a row that a dispatcher causes, as pure functions: each store
// does the same in its own words, or calls these, and is compared with them.
// None checks the guard of its port; every one raises Gen.

// Marked is the row taken by a mark.
func (r Row) Marked(m Mark) Row {
	r.State = Sending
	r.Batch, r.Fence, r.SendingAt = m.Batch, m.Fence, m.At
	r.Gen++
	return r
}

// GivenBack is the row planned again by its dispatcher. Batch, Fence and
// SendingAt stay as the mark left them.
func (r Row) GivenBack(b Back) Row {
	r.State = Planned
	r.NotBefore, r.Due = b.NotBefore, max(r.Wish, b.NotBefore)
	r.Reason = b.Reason
	if b.Lane != (Lane{}) {
		r.Lane = b.Lane
	}
	if b.TryMore {
		r.Try++
	}
	if b.Error != "" {
		r.Error = b.Error
	}
	r.Gen++
	return r
}

// Bound is the row with the Message-ID and the contact of the mail that is about
// to be handed over.
func (r Row) Bound(b Bind) Row {
	r.MessageID = b.MessageID
	if b.Contact != "" {
		r.Contact = b.Contact
	}
	r.Gen++
	return r
}

// CanSettle reports whether a result may still be stored on the row: it is the
// row's batch, and no newer decision stands.
func (r Row) CanSettle(res Result) bool {
	if r.Batch != res.Batch || r.ID != res.ID {
		return false
	}
	if r.State == Sending {
		return true
	}
	return res.State != Unknown && (r.State == Unknown || r.State == Planned && r.WasUnknown)
}

// Settled is the row with a result. A hand-over without an answer
// (ReasonNoReply) raises Unknowns and Try; unknown(left) raises neither,
// unless the row was never unknown before.
func (r Row) Settled(res Result) Row {
	r.State, r.Reason, r.EndedAt = res.State, res.Reason, res.At
	r.Error = res.Error
	if res.State == Unknown && (res.Reason == ReasonNoReply || !r.WasUnknown) {
		r.WasUnknown = true
		r.Unknowns++
		r.Try++
	}
	r.Gen++
	return r
}

// IsSwept reports whether the sweep takes the row.
func (r Row) IsSwept(s Sweep) bool {
	switch r.State {
	case Sending:
		return r.Fence < s.FenceBelow || r.SendingAt < s.SendingBefore
	case Unknown:
		return r.Reason == ReasonNoReply
	default:
		return false
	}
}

// Swept is the row after the sweep, if it is unknown or was begun (see
// MayHaveBegun): a sending row counts one more unknown; then it is planned
// again for the same message, or left.
func (r Row) Swept(s Sweep) Row {
	if r.State == Sending {
		r.WasUnknown = true
		r.Unknowns++
		r.Try++
		r.EndedAt = s.Now
	}
	again := s.Now + s.RetryAfter<<max(r.Unknowns-1, 0)
	if r.Resend && r.Unknowns <= s.MaxUnknowns && r.Try < MaxTries && (r.Until == 0 || again <= r.Until) {
		r.State, r.Reason = Planned, ReasonBackoff
		r.NotBefore, r.Due = again, max(r.Wish, again)
	} else {
		r.State, r.Reason = Unknown, ReasonLeft
	}
	r.Gen++
	return r
}

// begunMost is how many hand-overs of a mark may have been begun without their
// result being in the ledger: the one under way, and the one before it.
const begunMost = 2

// MayHaveBegun returns the ids of those of the rows, all sending, whose
// hand-over may have been begun. A connection hands its mark over in the order
// of due, group, id, begins none before all but the last result are stored, and
// stores what it does not hand over before it begins: so these are the rows of
// the first groups of each batch that are still sending, and no later one.
func MayHaveBegun(rows []Row) map[string]bool {
	sorted := slices.Clone(rows)
	slices.SortFunc(sorted, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Batch, b.Batch), InOrder(a, b))
	})
	begun := make(map[string]bool, len(rows))
	var batch string
	var groups []string
	for _, r := range sorted {
		if r.Batch != batch {
			batch, groups = r.Batch, nil
		}
		if !slices.Contains(groups, r.Group) && len(groups) < begunMost {
			groups = append(groups, r.Group)
		}
		if slices.Contains(groups, r.Group) {
			begun[r.ID] = true
		}
	}
	return begun
}

// NotBegun is the row of an abandoned batch whose hand-over nobody began:
// planned again as it was before its mark.
func (r Row) NotBegun() Row {
	r.State = Planned
	r.Gen++
	return r
}

// IsDoubted reports whether a doubt takes the row.
func (r Row) IsDoubted(d Doubt) bool {
	return r.Lane == d.Lane && r.Due <= d.Until && (r.State == Planned || r.State == Sending)
}

// Doubted is a row of a restored ledger that may have been handed over since
// the backup: unknown, until the sweep does with it what its rule says.
func (r Row) Doubted(d Doubt) Row {
	r.State, r.Reason, r.EndedAt = Unknown, ReasonNoReply, d.Now
	r.WasUnknown = true
	r.Unknowns++
	r.Try++
	r.Gen++
	return r
}

// Erased is the row of a recipient who was erased: it names nobody any more,
// and what was planned is not sent. A row that is under way is left alone, and
// false is returned: its end has to be known first.
func (r Row) Erased(now Millis) (Row, bool) {
	switch {
	case r.State == Sending, r.State == Printed, r.State == Unknown && !r.Left():
		return r, false
	case r.State == Planned && r.WasUnknown:
		r.State, r.Reason, r.EndedAt = Unknown, ReasonLeft, now
	case r.State == Planned:
		r.State, r.Reason, r.EndedAt = Suppressed, ReasonErased, now
	}
	r.Recipient, r.Contact, r.MainContact, r.MessageID = "", "", "", ""
	r.Gen++
	return r, true
}
