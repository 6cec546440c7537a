package fault

import (
	"errors"
	"slices"
)

// CodeInvalid is the code of the one error that a Check gives.
const CodeInvalid = "invalid"

// Check collects every refused field of one input, so that a person hears of
// all of them at once. The zero value is ready; it is for one goroutine.
type Check struct {
	fields []Field
}

// Add notes that the field name was refused; args are pairs as for With.
func (c *Check) Add(name, code string, args ...any) {
	c.fields = append(c.fields, Field{Name: name, Code: code, Args: pairs(args)})
}

// AddField notes a field that another Check refused.
func (c *Check) AddField(f Field) { c.fields = append(c.fields, f) }

// Has tells whether the field name was refused already.
func (c *Check) Has(name string) bool {
	return slices.ContainsFunc(c.fields, func(f Field) bool { return f.Name == name })
}

// Take notes err, if there is one, as the refusal of the field name, under the
// error's own code. An error that is no *Error of kind Invalid is returned, as
// it is no fault of the input; otherwise Take returns nil.
func (c *Check) Take(name string, err error) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Invalid {
		return err
	}
	c.fields = append(c.fields, Field{Name: name, Code: e.Code, Args: e.Args})
	return nil
}

// Err gives one Invalid error with every field noted so far, nil if none was.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: CodeInvalid, Fields: slices.Clone(c.fields)}
}
