package notifications

import "sync"

const (
	markMost  = 32
	markFirst = 4
	// markLasts is how long the hand-overs of one mark should take at most, and
	// markStays the same with the waits for their results to be stored: half of
	// the time in which they have to begin.
	markLasts = second
	markStays = beginWithin / 2
)

// pace chooses how many rows a mark takes: as many as are handed over within
// markLasts, and one where unknown is not resent, since each marked row that a
// kill leaves behind would end without a message.
type pace struct {
	mu   sync.Mutex
	size int
}

// take returns the first rows of those due that one mark may cover: whole
// groups, and at least one.
func (p *pace) take(rows []Row) []Row {
	n := firstGroup(rows)
	if !rows[0].Resend {
		return rows[:n]
	}
	p.mu.Lock()
	most := p.size
	p.mu.Unlock()
	if most == 0 {
		most = markFirst
	}
	for n < len(rows) && rows[n].Resend {
		more := n + firstGroup(rows[n:])
		if more > most {
			break
		}
		n = more
	}
	return rows[:n]
}

// observe learns from rows whose hand-overs took so long, and all in all until
// the last one's result was put away.
func (p *pace) observe(rows int, sending, all Millis) {
	if rows == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.size
	if before == 0 {
		before = markFirst
	}
	fits := Millis(markMost)
	if sending > 0 {
		fits = min(fits, Millis(rows)*markLasts/sending)
	}
	if all > 0 {
		fits = min(fits, Millis(rows)*markStays/all)
	}
	p.size = max(1, min(int(fits), before*2))
}
