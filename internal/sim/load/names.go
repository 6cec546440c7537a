package load

// names is a set of 64-bit names that never forgets, in 10 bytes a name where a
// map would take 40: so many messages are counted that it would show in the
// memory that is measured. Where it can it lies beside Go's objects: as one of
// them it would have as much garbage again lie about as it is large itself. 0 is
// no name.
type names struct {
	slots []uint64
	used  int
}

// newNames has room for so many.
func newNames(expect int) *names { return &names{slots: makeSlots(expect + expect/4 + 16)} }

// forget gives the room back; nothing may be added any more.
func (n *names) forget() {
	dropSlots(n.slots)
	n.slots = nil
}

// add reports whether the name is new.
func (n *names) add(name uint64) bool {
	if n.used*8 >= len(n.slots)*7 {
		n.grow()
	}
	at := n.place(name)
	if n.slots[at] == name {
		return false
	}
	n.slots[at] = name
	n.used++
	return true
}

// place is where the name is, or would be.
func (n *names) place(name uint64) int {
	at := int(name % uint64(len(n.slots)))
	for n.slots[at] != 0 && n.slots[at] != name {
		if at++; at == len(n.slots) {
			at = 0
		}
	}
	return at
}

func (n *names) grow() {
	bigger := &names{slots: makeSlots(2 * len(n.slots))}
	for _, name := range n.slots {
		if name != 0 {
			bigger.slots[bigger.place(name)] = name
			bigger.used++
		}
	}
	n.forget()
	*n = *bigger
}
