package registration_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

func drawSeat(t *rapid.T) registration.Seat {
	s := registration.Seat{
		Registration: rapid.StringMatching(`[0-9a-f]{32}`).Draw(t, "registration"),
		Slot:         rapid.IntRange(0, 49).Draw(t, "slot"),
		Party:        rapid.IntRange(1, 20).Draw(t, "party"),
		State: rapid.SampledFrom([]registration.State{registration.Pending, registration.Registered,
			registration.Waitlisted, registration.Offered, registration.Cancelled}).Draw(t, "state"),
		Unconfirmed: rapid.Bool().Draw(t, "unconfirmed"),
		FreedBy: rapid.SampledFrom([]registration.Op{"", registration.OpCancel, registration.OpLapse,
			registration.OpResize, registration.OpSetCapacity, registration.OpExpire, registration.OpTerms,
			registration.OpConfirm}).Draw(t, "freed by"),
		Passed:  rapid.Bool().Draw(t, "passed"),
		Seq:     rapid.Int64Range(0, 1<<62).Draw(t, "seq"),
		Entered: rapid.Int64Range(0, 1<<62).Draw(t, "entered"),
	}
	if s.State == registration.Offered {
		s.Until = calendar.Instant(rapid.Int64Range(0, 1<<62).Draw(t, "until"))
	}
	return s
}

func TestPack_RoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Custom(drawSeat), 0, 40).Draw(t, "seats")
		packed, err := registration.Pack(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := registration.Unpack(packed)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 {
			want = nil
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

func TestPack_Refused(t *testing.T) {
	t.Parallel()
	for _, s := range []registration.Seat{
		{Registration: "AB", State: registration.Pending},
		{Registration: reg(1), State: registration.Attended},
		{Registration: reg(1), State: registration.Pending, Party: -1},
		{Registration: reg(1), State: registration.Pending, FreedBy: registration.OpRegister},
		{Registration: reg(1), State: registration.Registered, Until: 1},
	} {
		if _, err := registration.Pack([]registration.Seat{s}); !errors.Is(err, registration.ErrPacked) {
			t.Errorf("Pack(%+v) = %v", s, err)
		}
	}
}

func TestUnpack_Broken(t *testing.T) {
	t.Parallel()
	packed, err := registration.Pack([]registration.Seat{{Registration: reg(1), State: registration.Registered, Party: 2}})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n < len(packed); n++ {
		if _, err := registration.Unpack(packed[:n]); !errors.Is(err, registration.ErrPacked) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	for name, b := range map[string][]byte{
		"longer":  append(bytes.Clone(packed), 0),
		"version": append([]byte{9}, packed[1:]...),
	} {
		if _, err := registration.Unpack(b); !errors.Is(err, registration.ErrPacked) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	packed, err := registration.Pack([]registration.Seat{{Registration: reg(1), State: registration.Waitlisted, Party: 2, Seq: 300}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Fuzz(func(t *testing.T, b []byte) {
		seats, err := registration.Unpack(b)
		if err != nil {
			return
		}
		again, err := registration.Pack(seats)
		if err != nil {
			t.Fatalf("what was unpacked cannot be packed: %v", err)
		}
		back, err := registration.Unpack(again)
		if err != nil || !cmp.Equal(seats, back) {
			t.Fatalf("packed again it is something else: %v", err)
		}
	})
}

// full is a roll with 5,000 places taken by parties of one.
func full(b *testing.B) registration.Roll {
	b.Helper()
	seats := make([]registration.Seat, 5000)
	for i := range seats {
		seats[i] = registration.Seat{Registration: reg(i), Party: 1, State: registration.Registered, Seq: int64(i + 1), Entered: int64(i + 1)}
	}
	packed, err := registration.Pack(seats)
	if err != nil {
		b.Fatal(err)
	}
	return registration.Roll{Slots: []registration.RollSlot{{ID: "s1", Capacity: 5000}}, Seats: packed, Seq: 5000}
}

func BenchmarkPack(b *testing.B) {
	r := full(b)
	seats, err := registration.Unpack(r.Seats)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(r.Seats)))
	for b.Loop() {
		if _, err := registration.Pack(seats); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRoll_Apply(b *testing.B) {
	for _, size := range []int{1, 64} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			start := full(b)
			commands := make([]registration.Command, size)
			for i := range commands {
				commands[i] = register(10_000+i, 1)
			}
			for b.Loop() {
				r := start
				if _, err := r.Apply(commands...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
