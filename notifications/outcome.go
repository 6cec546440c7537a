package notifications

import (
	"context"
	"errors"
)

// record puts away how a hand-over ended.
func (b *batch) record(ctx context.Context, p parcel, err error) error {
	if err == nil {
		return b.settle(ctx, p.row, b.result(p, Sent, "", ""))
	}
	var refusal *Refusal
	switch {
	case !errors.As(err, &refusal):
		reason := ReasonNoReply
		if !p.row.Resend || p.row.Unknowns >= MaxResends {
			reason = ReasonLeft
		}
		return b.settle(ctx, p.row, b.result(p, Unknown, reason, "no answer"))
	case refusal.NoTry:
		return b.again(ctx, p.row, Back{NotBefore: b.now + connectionOff, Error: refusal.Text})
	case refusal.Temporary:
		return b.temporary(ctx, p, refusal)
	default:
		return b.permanent(ctx, p, refusal)
	}
}

func (b *batch) temporary(ctx context.Context, p parcel, refusal *Refusal) error {
	try := p.row.Try + 1
	if try >= MaxTries {
		return b.settle(ctx, p.row, b.result(p, Dead, ReasonExhausted, refusal.Text))
	}
	wait := Backoff(p.row.Group, try)
	return b.again(ctx, p.row, Back{NotBefore: b.now + wait, TryMore: true, Error: refusal.Text})
}

func (b *batch) permanent(ctx context.Context, p parcel, refusal *Refusal) error {
	reason := ReasonRefused
	if refusal.Code == 0 && !refusal.Recipient {
		reason = ReasonMalformed
	}
	if refusal.Recipient {
		// If this fails, the contact's next message is refused as well and
		// says so again; the row's own end does not wait for it.
		if err := b.d.opt.Source.Refused(context.WithoutCancel(ctx), p.msg.Contact); err != nil {
			b.d.opt.Log.Warn("refused contact not suppressed", "err", err)
		}
	}
	return b.settle(ctx, p.row, b.result(p, Dead, reason, refusal.Text))
}

func (b *batch) result(p parcel, state State, reason Reason, text string) Result {
	return Result{
		ID: p.row.ID, Batch: p.row.Batch, State: state, Reason: reason,
		Error: text, At: b.now, Contact: p.msg.Contact,
	}
}

func (b *batch) settle(ctx context.Context, row Row, res Result) error {
	b.count(row, res)
	return b.put(ctx, b.lease.Part(), []Result{res}, nil, oneBefore)
}

func (b *batch) count(row Row, res Result) {
	b.stats.ended(res.State)
	b.d.opt.Metrics.RowEnded(row.Lane, res.State, res.Reason)
}

func (b *batch) again(ctx context.Context, row Row, back Back) error {
	back.ID, back.Batch, back.Reason = row.ID, row.Batch, ReasonBackoff
	b.stats.Refused++
	b.d.opt.Metrics.RowBack(row.Lane, ReasonBackoff)
	return b.put(ctx, b.lease.Part(), nil, []Back{back}, oneBefore)
}
