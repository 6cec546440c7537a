package id

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Parts is how many parts the message work is split into.
const Parts = 64

// Hash derives an id from what a record is about: the first 128 bits of
// SHA-256 over the parts, each preceded by its length so that ("ab", "c") and
// ("a", "bc") differ, as 32 lower-case hex digits.
func Hash(parts ...string) string {
	sum := digest(parts...)
	return hex.EncodeToString(sum[:16])
}

// Part says which of the Parts (0 to Parts-1) an occurrence belongs to.
func Part(occurrence string) int {
	sum := digest("part", occurrence)
	return int(sum[0]) % Parts
}

// Valid tells whether s has the form of an id: a lower-case UUID or 32
// lower-case hex digits. Upper case is refused, as ids are compared bytewise.
func Valid(s string) bool {
	switch len(s) {
	case 32:
		return isHex(s)
	case 36:
		return s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' &&
			isHex(s[:8]) && isHex(s[9:13]) && isHex(s[14:18]) && isHex(s[19:23]) && isHex(s[24:])
	}
	return false
}

func digest(parts ...string) [sha256.Size]byte {
	size := 0
	for _, p := range parts {
		size += 8 + len(p)
	}
	b := make([]byte, 0, size)
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	return sha256.Sum256(b)
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
