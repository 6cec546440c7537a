package secret

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strings"
	"sync"

	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// MinBytes is the least length of a secret's text.
const MinBytes = 32

// The errors of this package. None of them tells anything of a secret.
var (
	ErrTooShort = fault.New(fault.Invalid, "secret.too_short")
	ErrTwice    = fault.New(fault.Invalid, "secret.twice")
	ErrSeal     = fault.New(fault.Internal, "secret.seal")
	ErrFileMode = fault.New(fault.Invalid, "secret.file_mode")
)

// Keys holds the keys derived from the current secret and from older ones,
// which still open and match what was made with them. It may be used
// concurrently, and prints as its key id only.
type Keys struct {
	rings []ring // the current secret's first

	mu    sync.Mutex
	aeads map[string]tink.AEAD
}

// ring is one secret after HKDF's extract step.
type ring struct {
	id   string
	root []byte
	// macs has a pool of keyed hashes for each use: a mail takes several, and
	// to derive a key takes as long as to hash with it.
	macs *sync.Map
}

// Open derives the keys. Each secret is text of at least MinBytes bytes, space
// around it left out; otherwise ErrTooShort. Older secrets that are empty are
// left out, the same secret given twice is ErrTwice.
func Open(current string, older ...string) (*Keys, error) {
	k := &Keys{aeads: make(map[string]tink.AEAD)}
	seen := make(map[string]bool)
	for i, text := range append([]string{current}, older...) {
		text = strings.TrimSpace(text)
		if i > 0 && text == "" {
			continue
		}
		if len(text) < MinBytes {
			return nil, ErrTooShort
		}
		r, err := newRing(text)
		if err != nil {
			return nil, err
		}
		if seen[r.id] {
			return nil, ErrTwice
		}
		seen[r.id] = true
		k.rings = append(k.rings, r)
	}
	return k, nil
}

// ID is the current key's id: 8 hex digits that every hash made with it
// carries and that say nothing about it.
func (k *Keys) ID() string { return k.rings[0].id }

// Check is the value by which a store recognises the current secret.
func (k *Keys) Check() string { return k.Checks()[0] }

// Checks gives the check values of the current and then the older secrets: a
// store that keeps one of the older may take over the current one.
func (k *Keys) Checks() []string {
	checks := make([]string, len(k.rings))
	for i, r := range k.rings {
		checks[i] = hex.EncodeToString(r.derive("check", 16))
	}
	return checks
}

// Cursor is the key of page.Sealer.
func (k *Keys) Cursor() [32]byte {
	return [32]byte(k.rings[0].derive("cursor", 32))
}

// String gives the key id, so that printing Keys shows no key.
func (k *Keys) String() string { return "secret.Keys(" + k.ID() + ")" }

// GoString does for %#v what String does for %v.
func (k *Keys) GoString() string { return k.String() }

func newRing(text string) (ring, error) {
	root, err := hkdf.Extract(sha256.New, []byte(text), []byte("sunday/1"))
	if err != nil {
		return ring{}, ErrSeal.Because(err)
	}
	r := ring{root: root, macs: new(sync.Map)}
	r.id = hex.EncodeToString(r.derive("id", 4))
	return r, nil
}

// derive gives the key of one use. Expand fails only for lengths above 8,160
// bytes, and all lengths here are constants.
func (r ring) derive(use string, size int) []byte {
	key, err := hkdf.Expand(sha256.New, r.root, use, size)
	if err != nil {
		panic("secret: " + err.Error())
	}
	return key
}

// mac is HMAC-SHA-256 over the parts, each preceded by its length so that no
// two lists of parts look alike.
func (r ring) mac(use string, parts ...string) []byte {
	pool, ok := r.macs.Load(use)
	if !ok {
		key := r.derive(use, 32)
		pool, _ = r.macs.LoadOrStore(use, &sync.Pool{New: func() any { return hmac.New(sha256.New, key) }})
	}
	hashes := pool.(*sync.Pool)
	h := hashes.Get().(hash.Hash)
	defer hashes.Put(h)
	h.Reset()
	var length [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(length[:], uint64(len(p)))
		h.Write(length[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}
