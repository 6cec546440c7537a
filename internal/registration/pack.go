package registration

import (
	"encoding/binary"
	"encoding/hex"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// ErrPacked: the seats of a roll cannot be read, or hold what no roll can hold.
var ErrPacked = fault.New(fault.Internal, "registration.packed")

const (
	packVersion = 1
	keyBytes    = 16
	// minEntryBytes is a key, one byte of state and four varints.
	minEntryBytes = keyBytes + 1 + 4
	unconfirmed   = 1 << 3 // above the three bits of the state
	freedShift    = 4
	freedMask     = 1<<3 - 1
	passed        = 1 << 7 // above the three bits of the reason
)

// packStates number the states of a seat. The order is stored: add at the end.
var packStates = []State{Pending, Registered, Waitlisted, Offered, Cancelled}

// packFreed number the reasons of promotions. The order is stored: add at the end.
// There is room for 8.
var packFreed = []Op{"", OpCancel, OpLapse, OpResize, OpSetCapacity, OpExpire, OpTerms, OpConfirm}

// entry is a Seat as Apply works on it: its registration in 16 bytes.
type entry struct {
	key          [keyBytes]byte
	slot, party  int
	state        State
	unconfirmed  bool
	freedBy      Op
	until        calendar.Instant
	passed       bool
	seq, entered int64
}

func (e entry) seat() Seat {
	return Seat{
		Registration: hex.EncodeToString(e.key[:]), Slot: e.slot, Party: e.party,
		State: e.state, Unconfirmed: e.unconfirmed, FreedBy: e.freedBy, Until: e.until, Passed: e.passed,
		Seq: e.seq, Entered: e.entered,
	}
}

// Pack stores seats in about 24 bytes each, an offer with its end. ErrPacked if
// a registration is not 32 lower-case hex digits, a number is out of its range,
// or something that is no offer has an end.
func Pack(seats []Seat) ([]byte, error) {
	entries := make([]entry, len(seats))
	for i, s := range seats {
		key, ok := parseKey(s.Registration)
		if !ok {
			return nil, ErrPacked
		}
		entries[i] = entry{
			key: key, slot: s.Slot, party: s.Party, state: s.State,
			unconfirmed: s.Unconfirmed, freedBy: s.FreedBy, until: s.Until, passed: s.Passed, seq: s.Seq, entered: s.Entered,
		}
	}
	return pack(entries)
}

// Unpack is the reverse of Pack; nil for no bytes.
func Unpack(b []byte) ([]Seat, error) {
	entries, err := unpack(b)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	seats := make([]Seat, len(entries))
	for i, e := range entries {
		seats[i] = e.seat()
	}
	return seats, nil
}

func pack(entries []entry) ([]byte, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	b := make([]byte, 0, 8+len(entries)*(minEntryBytes+4))
	b = append(b, packVersion)
	b = binary.AppendUvarint(b, uint64(len(entries)))
	for _, e := range entries {
		state := slices.Index(packStates, e.state)
		freed := slices.Index(packFreed, e.freedBy)
		if state < 0 || freed < 0 || e.slot < 0 || e.party < 0 || e.seq < 0 || e.entered < 0 || e.until < 0 || e.until > 0 && e.state != Offered {
			return nil, ErrPacked
		}
		state |= freed << freedShift
		if e.unconfirmed {
			state |= unconfirmed
		}
		if e.passed {
			state |= passed
		}
		b = append(b, e.key[:]...)
		b = append(b, byte(state))
		b = binary.AppendUvarint(b, uint64(e.slot))
		b = binary.AppendUvarint(b, uint64(e.party))
		b = binary.AppendUvarint(b, uint64(e.seq))
		b = binary.AppendUvarint(b, uint64(e.entered))
		if e.state == Offered {
			b = binary.AppendUvarint(b, uint64(e.until))
		}
	}
	return b, nil
}

// spareEntries is room for those who register next, without which the first of
// them would have all others copied.
const spareEntries = 16

func unpack(b []byte) ([]entry, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if b[0] != packVersion {
		return nil, ErrPacked
	}
	n, size := binary.Uvarint(b[1:])
	if size <= 0 {
		return nil, ErrPacked
	}
	b = b[1+size:]
	if n == 0 || n > uint64(len(b)/minEntryBytes) {
		return nil, ErrPacked
	}
	entries := make([]entry, n, n+spareEntries)
	for i := range entries {
		rest, ok := entries[i].read(b)
		if !ok {
			return nil, ErrPacked
		}
		b = rest
	}
	if len(b) > 0 {
		return nil, ErrPacked
	}
	return entries, nil
}

// read takes one entry off the front of b.
func (e *entry) read(b []byte) (rest []byte, ok bool) {
	if len(b) < minEntryBytes {
		return nil, false
	}
	copy(e.key[:], b)
	flags := int(b[keyBytes])
	state, freed := flags&(unconfirmed-1), flags>>freedShift&freedMask
	if state >= len(packStates) || freed >= len(packFreed) {
		return nil, false
	}
	e.state, e.freedBy, e.unconfirmed = packStates[state], packFreed[freed], flags&unconfirmed != 0
	e.passed = flags&passed != 0
	b = b[keyBytes+1:]
	var numbers [5]int64 // the last one is an offer's alone
	for i := range numbers {
		if i == len(numbers)-1 && e.state != Offered {
			break
		}
		n, size := binary.Uvarint(b)
		if size <= 0 || n > 1<<62 {
			return nil, false
		}
		numbers[i], b = int64(n), b[size:]
	}
	e.slot, e.party, e.seq, e.entered = int(numbers[0]), int(numbers[1]), numbers[2], numbers[3]
	if e.state == Offered {
		e.until = calendar.Instant(numbers[4])
	}
	return b, true
}

func parseKey(s string) (key [keyBytes]byte, ok bool) {
	if len(s) != 2*keyBytes {
		return key, false
	}
	if _, err := hex.Decode(key[:], []byte(s)); err != nil || hex.EncodeToString(key[:]) != s {
		return key, false
	}
	return key, true
}
