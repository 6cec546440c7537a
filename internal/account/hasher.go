package account

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/alexedwards/argon2id"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// HashCost is how dear one hash of a password is. The zero value stands for
// DefaultCost.
type HashCost struct {
	MemoryKiB, Passes uint32
}

// DefaultCost takes 55 ms of one core and 32 MiB where the program was
// measured: twice the least that OWASP's Password Storage Cheat Sheet asks for,
// and little enough for a server of two cores.
var DefaultCost = HashCost{MemoryKiB: 32 << 10, Passes: 2}

const (
	// hashesAtOnce bounds memory to 64 MiB, and leaves the server to others.
	hashesAtOnce = 2
	// hashesWaiting bounds how many wait for their turn: the last waits 2 s.
	hashesWaiting = 64
	saltBytes     = 16
	keyBytes      = 32
)

// ErrBusy: more people sign in at this moment than the server can look at.
var ErrBusy = fault.New(fault.Unavailable, "account.busy")

// Hasher hashes passwords by argon2id, few at once. It may be used
// concurrently.
type Hasher struct {
	params argon2id.Params
	queue  chan struct{}
	turn   chan struct{}
	// nobody is the hash of no known password: compared with where there is no
	// account, so that the answer takes as long.
	nobody string
}

// NewHasher makes a hasher.
func NewHasher(cost HashCost) *Hasher {
	if cost == (HashCost{}) {
		cost = DefaultCost
	}
	return &Hasher{
		params: argon2id.Params{
			Memory: cost.MemoryKiB, Iterations: cost.Passes, Parallelism: 1, SaltLength: saltBytes, KeyLength: keyBytes,
		},
		queue: make(chan struct{}, hashesAtOnce+hashesWaiting),
		turn:  make(chan struct{}, hashesAtOnce),
		nobody: fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", cost.MemoryKiB, cost.Passes,
			base64.RawStdEncoding.EncodeToString(make([]byte, saltBytes)), base64.RawStdEncoding.EncodeToString(make([]byte, keyBytes))),
	}
}

// Hash gives the hash to keep, or ErrBusy.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	done, err := h.wait(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return argon2id.CreateHash(password, &h.params)
}

// Match tells whether the password is the one that was hashed, and whether the
// hash is of another cost than new ones are. An empty hash, of nobody, takes as
// long and never matches. ErrBusy where too many wait.
func (h *Hasher) Match(ctx context.Context, password, hash string) (same, stale bool, err error) {
	done, err := h.wait(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	if hash == "" {
		_, _, err := argon2id.CheckHash(password, h.nobody)
		return false, false, err
	}
	same, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, errors.New("account: a stored hash cannot be read")
	}
	return same, *params != h.params, nil
}

// wait takes a place in the queue and then a turn.
func (h *Hasher) wait(ctx context.Context) (done func(), err error) {
	select {
	case h.queue <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	select {
	case h.turn <- struct{}{}:
		return func() { <-h.turn; <-h.queue }, nil
	case <-ctx.Done():
		<-h.queue
		return nil, ErrBusy
	}
}
