package page

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// ErrCursor is the answer to every cursor that cannot be opened, whatever the
// reason: altered, made for another list, or made with another key.
var ErrCursor = fault.New(fault.Invalid, "page.cursor")

const maxCursorBytes = 4096

// Sealer seals and opens cursors; it may be used concurrently.
type Sealer struct {
	aead     cipher.AEAD
	nonceKey []byte
}

// NewSealer makes a sealer of a secret key that has no other use.
func NewSealer(key [32]byte) *Sealer {
	aead, err := chacha20poly1305.NewX(subkey(key, "seal"))
	if err != nil {
		panic("page: a 32-byte key was refused: " + err.Error())
	}
	return &Sealer{aead: aead, nonceKey: subkey(key, "nonce")}
}

// Seal gives the cursor for k, in characters that need no escaping in a URL.
// It opens only with the same scope, which names the list and whatever narrows
// it (the reader, the filter). The nonce is derived from the content, so that
// equal keys give equal cursors and sealing needs no randomness.
func (s *Sealer) Seal(scope string, k Key) string {
	plain := encode(k)
	nonce := s.nonce(scope, plain)
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, plain, []byte(scope)))
}

// Open gives the key that Seal was given; any other string is ErrCursor.
func (s *Sealer) Open(scope, cursor string) (Key, error) {
	// The decoder skips line ends, and one key has one cursor only.
	if len(cursor) > maxCursorBytes || strings.ContainsAny(cursor, "\r\n") {
		return Key{}, ErrCursor
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(sealed) < s.aead.NonceSize() {
		return Key{}, ErrCursor
	}
	nonce, rest := sealed[:s.aead.NonceSize()], sealed[s.aead.NonceSize():]
	plain, err := s.aead.Open(nil, nonce, rest, []byte(scope))
	if err != nil {
		return Key{}, ErrCursor
	}
	k, ok := decode(plain)
	if !ok {
		return Key{}, ErrCursor
	}
	return k, nil
}

func (s *Sealer) nonce(scope string, plain []byte) []byte {
	mac := hmac.New(sha256.New, s.nonceKey)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(scope))))
	mac.Write([]byte(scope))
	mac.Write(plain)
	return mac.Sum(nil)[:s.aead.NonceSize()]
}

func subkey(key [32]byte, use string) []byte {
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(use))
	return mac.Sum(nil)
}

func encode(k Key) []byte {
	var b []byte
	for _, v := range k.Values {
		b = binary.AppendUvarint(b, uint64(len(v)))
		b = append(b, v...)
	}
	return b
}

func decode(b []byte) (Key, bool) {
	var k Key
	for len(b) > 0 {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return Key{}, false
		}
		k.Values = append(k.Values, string(b[n:n+int(size)]))
		b = b[n+int(size):]
	}
	return k, true
}
