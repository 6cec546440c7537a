package audit

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

// ErrBroken: the chain of a unit does not hold. Its arguments are "unit" and
// "seq", the first broken block.
var ErrBroken = fault.New(fault.Conflict, "audit.broken")

const blocksAtOnce = 100

// Verify walks the chain of a unit: every block is chained to the one before
// it, every line that a block holds is there as it was sealed (or was purged by
// age), and no line claims a block that does not hold it. The first block where
// that fails is in the *fault.Error that is ErrBroken; nil means that all holds.
func (s *Service) Verify(ctx context.Context, unit string) error {
	v := verifier{store: s.store, unit: unit, since: int64(keptSince(s.now())), missing: map[int64]int{}}
	if err := v.blocks(ctx); err != nil {
		return err
	}
	if err := v.lines(ctx); err != nil {
		return err
	}
	for seq, n := range v.missing {
		if n > 0 {
			v.fail(seq)
		}
	}
	if v.broken > 0 {
		return ErrBroken.With("unit", unit, "seq", v.broken)
	}
	return nil
}

type verifier struct {
	store  Store
	unit   string
	since  int64 // lines of blocks sealed before may have been purged
	last   Block
	broken int64 // the lowest broken seq, 0 for none
	// missing counts, per block, the lines not met yet.
	missing map[int64]int
	// held is the block that was asked for last: lines come nearly in its order.
	held   Block
	hashes map[string]string
}

func (v *verifier) fail(seq int64) {
	if v.broken == 0 || seq < v.broken {
		v.broken = seq
	}
}

func (v *verifier) blocks(ctx context.Context) error {
	for {
		bs, err := v.store.Blocks(ctx, v.unit, v.last.Seq+1, blocksAtOnce)
		if err != nil || len(bs) == 0 {
			return err
		}
		for _, b := range bs {
			if !follows(v.last, b) {
				v.fail(v.last.Seq + 1)
				return nil // what hangs on a broken block proves nothing
			}
			if b.At >= v.since {
				v.missing[b.Seq] = len(b.Lines)
			}
			v.last = b
		}
	}
}

func (v *verifier) lines(ctx context.Context) error {
	r := page.Request{Limit: page.MaxLimit}
	for {
		list, err := v.store.Page(ctx, Filter{Unit: v.unit}, r)
		if err != nil {
			return err
		}
		for _, l := range list.Items {
			if err := v.line(ctx, l); err != nil {
				return err
			}
		}
		if list.Next == nil {
			return nil
		}
		r.After = list.Next
	}
}

func (v *verifier) line(ctx context.Context, l Line) error {
	if l.Block == 0 || v.broken > 0 && l.Block >= v.broken {
		return nil // not sealed yet, or hangs on a broken block
	}
	if err := v.hold(ctx, l.Block); err != nil {
		return err
	}
	if v.hashes[l.ID] != LineHash(l) {
		v.fail(l.Block)
		return nil
	}
	if v.missing[l.Block] > 0 {
		v.missing[l.Block]--
	}
	return nil
}

// hold gets the block of a seq; one that is not there has no hashes.
func (v *verifier) hold(ctx context.Context, seq int64) error {
	if v.held.Seq == seq {
		return nil
	}
	bs, err := v.store.Blocks(ctx, v.unit, seq, 1)
	if err != nil {
		return err
	}
	v.held, v.hashes = Block{Seq: seq}, nil
	if len(bs) == 1 && bs[0].Seq == seq {
		v.held, v.hashes = bs[0], bs[0].hashes()
	}
	return nil
}
