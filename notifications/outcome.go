package notifications

import (
	"context"
	"errors"
)

// record puts away how a hand-over ended, the same for all rows of the parcel.
func (b *batch) record(ctx context.Context, p parcel, err error) error {
	if err == nil {
		return b.settle(ctx, p, Sent, "", "")
	}
	var refusal *Refusal
	switch {
	case !errors.As(err, &refusal):
		reason := ReasonNoReply
		if lead := p.lead(); !lead.Resend || lead.Unknowns >= MaxResends {
			reason = ReasonLeft
		}
		return b.settle(ctx, p, Unknown, reason, "no answer")
	case refusal.NoTry:
		return b.again(ctx, p, Back{NotBefore: b.now + connectionOff, Error: refusal.Text})
	case refusal.Temporary:
		return b.temporary(ctx, p, refusal)
	default:
		return b.permanent(ctx, p, refusal)
	}
}

// temporary gives all rows back for the same time, so that they stay together.
func (b *batch) temporary(ctx context.Context, p parcel, refusal *Refusal) error {
	try := 0
	for _, r := range p.rows {
		try = max(try, r.Try+1)
	}
	if try >= MaxTries {
		if err := b.d.opt.Source.Exhausted(context.WithoutCancel(ctx), p.rows); err != nil {
			b.d.opt.Log.Warn("nothing takes the place of rows that are given up", "err", err)
		}
		return b.settle(ctx, p, Dead, ReasonExhausted, refusal.Text)
	}
	wait := Backoff(p.lead().Group, try)
	return b.again(ctx, p, Back{NotBefore: b.now + wait, TryMore: true, Error: refusal.Text})
}

func (b *batch) permanent(ctx context.Context, p parcel, refusal *Refusal) error {
	reason := ReasonRefused
	if refusal.Code == 0 && !refusal.Recipient {
		reason = ReasonMalformed
	}
	var next []Lane
	if refusal.Recipient {
		var err error
		if next, err = b.d.opt.Source.Refused(context.WithoutCancel(ctx), b.now, p.rows, p.msg.Contact); err != nil {
			// The contact's next message is refused as well and says so again;
			// the rows' own end does not wait for it.
			b.d.opt.Log.Warn("refused contact not suppressed", "err", err)
		}
	}
	return b.onward(ctx, p, next, reason, refusal)
}

// onward plans the refused rows that have a next reach, at once: the refusal
// was of the contact and costs them no try. The others are dead.
func (b *batch) onward(ctx context.Context, p parcel, next []Lane, reason Reason, refusal *Refusal) error {
	var backs []Back
	dead := parcel{msg: p.msg}
	for i, r := range p.rows {
		if i >= len(next) || next[i] == (Lane{}) {
			dead.rows = append(dead.rows, r)
			continue
		}
		backs = append(backs, Back{ID: r.ID, Batch: r.Batch, NotBefore: b.now, Lane: next[i], Error: refusal.Text})
		b.d.opt.Metrics.RowBack(r.Lane, ReasonRefused)
	}
	b.stats.Refused += len(backs)
	return b.put(ctx, b.lease.Part(), b.results(dead, Dead, reason, refusal.Text), backs, oneBefore)
}

// settle gives every row of the parcel the same result, in one write.
func (b *batch) settle(ctx context.Context, p parcel, state State, reason Reason, text string) error {
	return b.put(ctx, b.lease.Part(), b.results(p, state, reason, text), nil, oneBefore)
}

func (b *batch) results(p parcel, state State, reason Reason, text string) []Result {
	results := make([]Result, len(p.rows))
	for i, r := range p.rows {
		results[i] = Result{ID: r.ID, Batch: r.Batch, State: state, Reason: reason, Error: text, At: b.now}
		b.count(r, results[i])
	}
	return results
}

func (b *batch) count(row Row, res Result) {
	b.stats.ended(res.State)
	b.d.opt.Metrics.RowEnded(row.Lane, res.State, res.Reason)
}

// again gives every row of the parcel back alike, in one write.
func (b *batch) again(ctx context.Context, p parcel, back Back) error {
	backs := make([]Back, len(p.rows))
	for i, r := range p.rows {
		backs[i] = back
		backs[i].ID, backs[i].Batch, backs[i].Reason = r.ID, r.Batch, ReasonBackoff
		b.d.opt.Metrics.RowBack(r.Lane, ReasonBackoff)
	}
	b.stats.Refused += len(backs)
	return b.put(ctx, b.lease.Part(), nil, backs, oneBefore)
}
