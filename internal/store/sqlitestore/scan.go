package sqlitestore

import (
	"fmt"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Scanners of columns whose Go types have names of their own: database/sql sets
// those by reflection, and numbers by way of their digits.

// integer scans an INTEGER.
type integer[T ~int | ~int64] struct{ to *T }

// Scan implements sql.Scanner.
func (n integer[T]) Scan(src any) error {
	v, ok := src.(int64)
	if !ok {
		return fmt.Errorf("a column of %T is no INTEGER", src)
	}
	*n.to = T(v)
	return nil
}

type instant = integer[notifications.Millis]

// truth scans an INTEGER that is 0 or 1.
type truth struct{ to *bool }

// Scan implements sql.Scanner.
func (t truth) Scan(src any) error {
	var v int64
	err := integer[int64]{&v}.Scan(src)
	*t.to = v != 0
	return err
}

// word scans a TEXT.
type word[T ~string] struct{ to *T }

// Scan implements sql.Scanner.
func (w word[T]) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("a column of %T is no TEXT", src)
	}
	*w.to = T(v)
	return nil
}
