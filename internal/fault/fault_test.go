package fault_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

var errFull = fault.New(fault.Conflict, "registration.full")

func TestError_IsAfterCopies(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("outer: %w", errFull.With("seats", 3).Because(io.ErrUnexpectedEOF))
	if !errors.Is(err, errFull) {
		t.Error("a copy no longer matches its sentinel")
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	for _, other := range []error{
		fault.New(fault.Invalid, "registration.full"), fault.New(fault.Conflict, "registration.other"), io.EOF,
	} {
		if errors.Is(err, other) {
			t.Errorf("matches %v", other)
		}
	}
	if errFull.Args != nil || errFull.Unwrap() != nil {
		t.Error("the sentinel was changed by its copies")
	}
}

func TestError_WithKeepsEarlierArgs(t *testing.T) {
	t.Parallel()
	first := errFull.With("a", 1)
	second := first.With("b", 2, "a", 3, "without value")
	if diff := cmp.Diff(map[string]any{"a": 1}, first.Args); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"a": 3, "b": 2}, second.Args); diff != "" {
		t.Error(diff)
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err  error
		want fault.Kind
	}{
		{nil, fault.Internal},
		{io.EOF, fault.Internal},
		{errFull, fault.Conflict},
		{fmt.Errorf("x: %w", fault.New(fault.Gone, "link.gone")), fault.Gone},
		{errors.Join(io.EOF, fault.New(fault.TooLarge, "x")), fault.TooLarge},
		{(*fault.Error)(nil), fault.Internal},
	} {
		if got := fault.KindOf(tc.err); got != tc.want {
			t.Errorf("KindOf(%v) = %v, want %v", tc.err, got, tc.want)
		}
	}
}

func TestKind_String(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for k := fault.Internal; k <= fault.TooLarge; k++ {
		if seen[k.String()] {
			t.Errorf("%q twice", k)
		}
		seen[k.String()] = true
	}
	if got := fault.Kind(200).String(); got != "internal" {
		t.Errorf("unknown kind prints %q", got)
	}
}

func TestError_TellsNoValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := "<" + rapid.StringN(4, 30, -1).Draw(t, "value") + ">"
		var c fault.Check
		c.Add("email", "text.email", "value", value)
		err := c.Err()
		e, ok := errors.AsType[*fault.Error](err)
		if !ok {
			t.Fatalf("%T", err)
		}
		for _, shown := range []string{
			e.Error(), e.With("name", value).Because(errors.New(value)).Error(), fmt.Sprint(e.With("x", value)),
		} {
			if strings.Contains(shown, value) {
				t.Fatalf("shows a value: %q", shown)
			}
		}
	})
}

func TestCheck(t *testing.T) {
	t.Parallel()
	var c fault.Check
	if c.Err() != nil {
		t.Fatal("an empty check is a fault")
	}
	c.Add("ends", "event.end_before_start")
	if err := c.Take("name", fault.New(fault.Invalid, "text.too_long").With("max", 5)); err != nil {
		t.Fatal(err)
	}
	if err := c.Take("name", nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Take("name", io.EOF); !errors.Is(err, io.EOF) {
		t.Errorf("a failure that is no fault of the input was swallowed: %v", err)
	}
	err := c.Err()
	want := "invalid: invalid (ends=event.end_before_start, name=text.too_long)"
	if err.Error() != want || fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %q, want %q", err, want)
	}
	e, _ := errors.AsType[*fault.Error](err)
	if diff := cmp.Diff(map[string]any{"max": 5}, e.Fields[1].Args); diff != "" {
		t.Error(diff)
	}
}
