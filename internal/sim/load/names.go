package load

import (
	"encoding/binary"
	"slices"
)

// names is a set of 64-bit names that never forgets, in 10 bytes a name where a
// map would take 40: so many messages are counted that it would show in the
// memory that is measured. Where it can it lies beside Go's objects: as one of
// them it would have as much garbage again lie about as it is large itself. 0 is
// no name.
type names struct {
	slots []byte // of 8 bytes each
	used  int
}

// newNames has room for so many.
func newNames(expect int) *names { return &names{slots: makeRoom(8 * (expect + expect/4 + 16))} }

// forget gives the room back; nothing may be added any more.
func (n *names) forget() { dropRoom(n.slots) }

// add reports whether the name is new.
func (n *names) add(name uint64) bool {
	if n.used*8*8 >= len(n.slots)*7 {
		n.grow()
	}
	slot := n.place(name)
	if binary.NativeEndian.Uint64(slot) == name {
		return false
	}
	binary.NativeEndian.PutUint64(slot, name)
	n.used++
	return true
}

// place is the slot that the name is in, or would be.
func (n *names) place(name uint64) []byte {
	for at := int(name%uint64(len(n.slots)/8)) * 8; ; {
		slot := n.slots[at : at+8]
		if was := binary.NativeEndian.Uint64(slot); was == 0 || was == name {
			return slot
		}
		if at += 8; at == len(n.slots) {
			at = 0
		}
	}
}

func (n *names) grow() {
	bigger := &names{slots: makeRoom(2 * len(n.slots))}
	for slot := range slices.Chunk(n.slots, 8) {
		if name := binary.NativeEndian.Uint64(slot); name != 0 {
			binary.NativeEndian.PutUint64(bigger.place(name), name)
			bigger.used++
		}
	}
	n.forget()
	*n = *bigger
}
