package notifications

import (
	"crypto/sha256"
	"encoding/binary"
)

// MaxTries is how many temporary refusals and unknowns a row has before it is
// dead(exhausted): a little over four hours with Backoff.
const MaxTries = 8

// MaxResends is how often a row may be handed over again after unknown.
const MaxResends = 2

const (
	second = Millis(1000)
	minute = 60 * second

	backoffBase = 2 * minute
	backoffMost = 4 * 60 * minute
)

// Backoff is the wait before the next hand-over of a row that was tried `try`
// times: 2 minutes, doubled with every try up to 4 hours, give or take a
// quarter. The jitter is a hash of the key, which is the row's group, so that
// a group stays together and a replay gives the same.
func Backoff(key string, try int) Millis {
	wait := backoffMost
	if try < 8 {
		wait = min(backoffBase<<max(try-1, 0), backoffMost)
	}
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(try))
	sum := sha256.Sum256(append([]byte(key), n[:]...))
	spread := wait / 2
	return wait - spread/2 + Millis(binary.BigEndian.Uint32(sum[:4]))*spread/(1<<32)
}
