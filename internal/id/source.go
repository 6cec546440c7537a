package id

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"io"
	randv2 "math/rand/v2"
	"sync"
)

// Source makes ids and nonces; all its methods may be called concurrently.
type Source interface {
	// New gives a UUID of version 7 that carries ms, UTC milliseconds since
	// 1970 (0 to 2^48-1; higher bits are cut off). Two ids of the same
	// millisecond are in no order.
	New(ms int64) string
	// Nonce gives n random bytes.
	Nonce(n int) []byte
}

type source struct{ random io.Reader }

// Random is the source for production: the operating system's randomness.
func Random() Source { return source{rand.Reader} }

// Seeded repeats itself for the same seed and the same order of calls. It is
// for simulations and tests: whoever knows the seed knows every nonce.
func Seeded(seed uint64) Source {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return source{&lockedReader{chacha: randv2.NewChaCha8(key)}}
}

func (s source) New(ms int64) string {
	var u [16]byte
	s.fill(u[6:])
	u[0], u[1], u[2] = byte(ms>>40), byte(ms>>32), byte(ms>>24)
	u[3], u[4], u[5] = byte(ms>>16), byte(ms>>8), byte(ms)
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return format(u)
}

func (s source) Nonce(n int) []byte {
	b := make([]byte, n)
	s.fill(b)
	return b
}

// fill cannot fail: crypto/rand ends the process rather than give bad bytes,
// and ChaCha8 knows no error.
func (s source) fill(b []byte) {
	if _, err := io.ReadFull(s.random, b); err != nil {
		panic("id: random source gave up: " + err.Error())
	}
}

func format(u [16]byte) string {
	var b [36]byte
	hex.Encode(b[0:8], u[0:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:36], u[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

type lockedReader struct {
	mu     sync.Mutex
	chacha *randv2.ChaCha8
}

func (r *lockedReader) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.chacha.Read(b)
}
