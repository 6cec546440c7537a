package fault

import (
	"errors"
	"maps"
	"strings"
)

// Kind says what sort of failure happened; web alone turns it into a status.
type Kind uint8

// The zero kind is Internal, so that an error nobody classified is never
// blamed on the caller and never shown.
const (
	Internal Kind = iota
	Invalid
	NotFound
	Conflict
	Forbidden
	Unauthenticated
	TooMany
	Unavailable
	Gone
	PreconditionFailed
	TooLarge
)

var kindNames = [...]string{
	"internal", "invalid", "not_found", "conflict", "forbidden", "unauthenticated",
	"too_many", "unavailable", "gone", "precondition_failed", "too_large",
}

// String names the kind in lower snake case, "internal" for one out of range.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return kindNames[Internal]
	}
	return kindNames[k]
}

// Field names one input that was refused: Name as the client sent it, Code a
// key of the message catalogue, Args what its message is filled with.
type Field struct {
	Name string
	Code string
	Args map[string]any
}

// Error is a failure with a kind and a key of the message catalogue, such as
// "event.end_before_start". Args fill the message, Fields name refused inputs.
type Error struct {
	Kind   Kind
	Code   string
	Args   map[string]any
	Fields []Field
	cause  error
}

// New makes an error; as a package variable it is a sentinel for errors.Is.
func New(kind Kind, code string) *Error {
	return &Error{Kind: kind, Code: code}
}

// Error gives kind, code and the refused fields: never arguments, values or
// causes, since any of them may hold what a person typed.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	b.WriteString(": ")
	b.WriteString(e.Code)
	for i, f := range e.Fields {
		if i == 0 {
			b.WriteString(" (")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(f.Name)
		b.WriteByte('=')
		b.WriteString(f.Code)
	}
	if len(e.Fields) > 0 {
		b.WriteByte(')')
	}
	return b.String()
}

// Unwrap gives the hidden cause, nil if there is none.
func (e *Error) Unwrap() error { return e.cause }

// Is holds for any *Error of the same kind and code, so that a copy made by
// With or Because still matches its sentinel.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t != nil && e != nil && t.Kind == e.Kind && t.Code == e.Code
}

// With returns a copy whose message is filled with args, which are pairs of a
// string key and a value; a last key without a value is left out.
func (e *Error) With(args ...any) *Error {
	c := *e
	c.Args = maps.Clone(e.Args)
	for k, v := range pairs(args) {
		if c.Args == nil {
			c.Args = make(map[string]any, len(args)/2)
		}
		c.Args[k] = v
	}
	return &c
}

// Because returns a copy that remembers cause, for errors.Is and errors.As only.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// KindOf gives the kind of the outermost *Error in err's chain, else Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok && e != nil {
		return e.Kind
	}
	return Internal
}

func pairs(args []any) map[string]any {
	if len(args) < 2 {
		return nil
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		if k, ok := args[i].(string); ok {
			m[k] = args[i+1]
		}
	}
	return m
}
