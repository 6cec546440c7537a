package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// ending is a result with the part that its row is of.
type ending struct {
	notifications.Result
	part int
}

// Settle has its results kept: all that come for one commit by one statement.
func (l ledger) Settle(ctx context.Context, part int, results []notifications.Result) error {
	ends := make([]ending, len(results))
	for i, r := range results {
		ends[i] = ending{r, part}
	}
	soon := l.writer.full && record.IsSoon(ctx)
	return forNotifications(l.do(ctx, &op{ends: ends, soon: soon, done: make(chan error, 1)}))
}

// settle writes results into their rows, those of a mark that say the same by one
// statement.
func settle(s *session, ends []ending) error {
	for _, g := range alike(ends) {
		if _, err := s.exec(g.text(), g.args()...); err != nil {
			return err
		}
	}
	return nil
}

// likes are results that differ in nothing but their rows.
type likes struct {
	ending
	rows []string
}

// alike groups results without changing the order of those of one row.
func alike(ends []ending) []*likes {
	var groups []*likes
	by := make(map[ending]*likes)
	seen := make(map[string]bool, len(ends))
	for _, e := range ends {
		key := e
		key.ID = ""
		g := by[key]
		if g == nil || seen[e.ID] {
			g = &likes{ending: key}
			by[key] = g
			groups = append(groups, g)
		}
		seen[e.ID] = true
		g.rows = append(g.rows, e.ID)
	}
	return groups
}

func (g *likes) text() string {
	switch g.State {
	case notifications.Sent:
		return settleSent
	case notifications.Unknown:
		return settleUnknown
	default:
		return settleEnd
	}
}

func (g *likes) args() []any {
	args := []any{string(g.State), string(g.Reason), g.Error, int64(g.At)}
	if g.State == notifications.Unknown {
		noReply := g.Reason == notifications.ReasonNoReply
		args = append(args, noReply, noReply)
	}
	return append(args, g.part, jsonText(g.rows), g.Batch)
}
