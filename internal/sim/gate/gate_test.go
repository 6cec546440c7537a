package gate_test

import (
	"context"
	"errors"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

var errStruck = errors.New("struck")

// holds counts what reached it.
type holds struct {
	notifications.Holds

	held, listed int
}

func (h *holds) Hold(context.Context, notifications.Hold) error { h.held++; return nil }

func (h *holds) List(context.Context) ([]notifications.Hold, error) {
	h.listed++
	return []notifications.Hold{{Unit: "u"}}, nil
}

// line is a channel and its own connection.
type line struct{ sent int }

func (*line) Name() string                                        { return "line" }
func (l *line) Open(context.Context) (notifications.Conn, error)  { return l, nil }
func (l *line) Send(context.Context, notifications.Message) error { l.sent++; return nil }
func (*line) Usable() bool                                        { return true }
func (*line) Close() error                                        { return nil }

// calls makes three calls and tells how they went.
func calls(t *testing.T, g gate.Gate) (h *holds, failed []bool) {
	t.Helper()
	h = &holds{}
	set := gate.Wrap(store.Set{Holds: h}, g)
	_, first := set.Holds.List(t.Context())
	second := set.Holds.Hold(t.Context(), notifications.Hold{})
	_, third := set.Holds.List(t.Context())
	for _, err := range []error{first, second, third} {
		failed = append(failed, err != nil)
	}
	return h, failed
}

func TestCounter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		g      *gate.Counter
		failed []bool
		held   int
		listed int
		calls  []string
	}{
		{"no fault", &gate.Counter{}, []bool{false, false, false}, 1, 2, []string{"Holds.List", "Holds.Hold", "Holds.List"}},
		{"killed before", &gate.Counter{At: 2}, []bool{false, true, true}, 0, 1, []string{"Holds.List", "Holds.Hold"}},
		{"killed after", &gate.Counter{At: 2, Side: gate.After}, []bool{false, true, true}, 1, 1, []string{"Holds.List", "Holds.Hold"}},
		{
			"refused once", &gate.Counter{At: 2, Err: errStruck},
			[]bool{false, true, false}, 0, 2, []string{"Holds.List", "Holds.Hold", "Holds.List"},
		},
		{
			"reply lost", &gate.Counter{At: 2, Side: gate.After, Err: errStruck},
			[]bool{false, true, false}, 1, 2, []string{"Holds.List", "Holds.Hold", "Holds.List"},
		},
		{"writes only", &gate.Counter{At: 1, Counts: gate.Writes}, []bool{false, true, true}, 0, 1, []string{"Holds.Hold"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, failed := calls(t, tt.g)
			if diff := cmp.Diff(tt.failed, failed); diff != "" {
				t.Errorf("failed (-want +got):\n%s", diff)
			}
			if h.held != tt.held || h.listed != tt.listed {
				t.Errorf("held %d and listed %d, want %d and %d", h.held, h.listed, tt.held, tt.listed)
			}
			if diff := cmp.Diff(tt.calls, tt.g.Calls()); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if tt.g.Struck() != (tt.g.At > 0) || tt.g.Killed() != (tt.g.At > 0 && tt.g.Err == nil) {
				t.Errorf("struck %t, killed %t", tt.g.Struck(), tt.g.Killed())
			}
		})
	}
}

// TestChannel: connections that a channel opens pass the gate too.
func TestChannel(t *testing.T) {
	t.Parallel()
	l := &line{}
	conn, err := gate.Channel(l, &gate.Counter{At: 2, Side: gate.After}).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := conn.Send(t.Context(), notifications.Message{}); !errors.Is(err, gate.ErrKilled) {
			t.Errorf("got %v, want killed", err)
		}
	}
	if l.sent != 1 {
		t.Errorf("%d messages went out, want the one whose reply was lost", l.sent)
	}
}

// verbs begin the names of calls that change something; a ping tries to.
var verbs = regexp.MustCompile(`\.(Add|Append|Bind|Change|Clean|Create|Decide|Delete|Dissolve|Doubt|Drop|Empty|Erase|Exhausted|Forget|GiveBack|` +
	`Hold|Insert|Mark|Ping|Purge|Put|Refused|Release|Remove|Send|Set|Settle|Swap|Sweep|Take|Update)`)

// TestWrites: what is not listed as a read is named as a write, so that a new
// read is not taken for one.
func TestWrites(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("ports.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`gate\.Before\("([^"]+)"\)`).FindAllStringSubmatch(string(text), -1)
	if len(found) < 100 {
		t.Fatalf("only %d calls were found", len(found))
	}
	for _, m := range found {
		if call := m[1]; gate.Writes(call) && !verbs.MatchString(call) {
			t.Errorf("%s is not listed as a read", call)
		}
	}
}
