package audit

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

// Keep is how many years lines are kept. Purge waits Slack longer, so that a
// line missing from a block younger than Keep was surely not purged, however
// late its block was sealed.
const (
	KeepYears = 5
	Slack     = 31 * 24 * time.Hour
)

func keptSince(now calendar.Instant) calendar.Instant {
	return calendar.FromTime(now.Time().AddDate(-KeepYears, 0, 0))
}

// next chains lines after the last block; last is the zero Block for the first.
func next(last Block, unit string, now calendar.Instant, lines []Line) Block {
	b := Block{Unit: unit, Seq: last.Seq + 1, Prev: last.Hash, At: int64(now)}
	b.ID = blockID(unit, b.Seq)
	for _, l := range lines {
		b.Lines = append(b.Lines, Sealed{Line: l.ID, Hash: LineHash(l)})
	}
	b.Hash = BlockHash(b)
	return b
}

// follows tells whether b is whole and chained to the block before it.
func follows(last, b Block) bool {
	return b.Seq == last.Seq+1 && b.Prev == last.Hash && b.Hash == BlockHash(b)
}

// notIn leaves out the lines that the block already holds.
func notIn(b Block, lines []Line) []Line {
	held := b.hashes()
	fresh := make([]Line, 0, len(lines))
	for _, l := range lines {
		if _, ok := held[l.ID]; !ok {
			fresh = append(fresh, l)
		}
	}
	return fresh
}

func (b Block) hashes() map[string]string {
	m := make(map[string]string, len(b.Lines))
	for _, s := range b.Lines {
		m[s.Line] = s.Hash
	}
	return m
}
