package resident

import "crypto/sha256"

// seen remembers in which line of a list each resident came. A key is half of a
// hash of the id: with its line it takes 20 bytes and holds no pointer, so that a
// million rows cost some 30 MB and the garbage collector nothing. The id itself
// would keep the whole record that it was cut from when that was read.
type seen map[[16]byte]uint32

// line is where the resident came, 0 for nowhere yet.
func (s seen) line(id string) int { return int(s[seenKey(id)]) }

func (s seen) put(id string, line int) { s[seenKey(id)] = uint32(line) }

func seenKey(id string) [16]byte {
	sum := sha256.Sum256([]byte(id))
	return [16]byte(sum[:16])
}
