package weeks

import "github.com/sunday-with-the-people/sunday/internal/id"

// ids draws ids and nonces from streams of their own: the stores need different
// numbers of nonces, and have to get the same ids.
type ids struct{ made, nonces id.Source }

var _ id.Source = ids{}

func newIDs(seed uint64) ids {
	return ids{made: id.Seeded(2*seed + 1), nonces: id.Seeded(2 * seed)}
}

// New gives the next id.
func (i ids) New(ms int64) string { return i.made.New(ms) }

// Nonce gives random bytes that reach no history.
func (i ids) Nonce(n int) []byte { return i.nonces.Nonce(n) }
