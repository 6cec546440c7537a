package sqlitestore

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore/jsondoc"
)

// write is an encoded document: what the writer needs, made before it is
// queued, so that the writer shares no memory with a caller that gave up.
type write struct {
	id      string
	columns []any // ver, op, outbox, doc, and the table's own
	// add and remove are rows of each side table.
	add, remove [][][]any
}

// encode makes the write of a document whose side rows were as given before.
func (c *collection[T, P]) encode(v P, before [][][]any) (write, error) {
	h := *v.Base()
	w := write{id: h.ID, columns: []any{h.Ver, h.Op}}

	outbox, err := outboxText(h.Outbox)
	if err != nil {
		return w, err
	}
	bare := *v
	P(&bare).Base().Outbox, P(&bare).Base().Op = nil, ""
	if c.strip != nil {
		c.strip(&bare)
	}
	doc, err := json.Marshal(&bare)
	if err != nil {
		return w, err
	}
	w.columns = append(w.columns, outbox, string(doc))
	if c.values != nil {
		w.columns = append(w.columns, c.values(v)...)
	}
	if c.keep != nil {
		w.columns = append(w.columns, c.keep(v)...)
	}
	w.add, w.remove = difference(before, c.sideRows(v))
	return w, nil
}

// decoder reads rows of selectFrom, into the same places one after another. The
// document comes first, so that the columns after it win.
func (c *collection[T, P]) decoder() func(*sql.Rows) (T, error) {
	var v T
	h := P(&v).Base()
	into := []any{docOf[T]{&v, c.parse}, &h.Ver, &h.Op, docOf[[]record.Entry]{&h.Outbox, jsondoc.Outbox}}
	if c.scan != nil {
		into = append(into, c.scan(&v)...)
	}
	return func(rows *sql.Rows) (T, error) {
		var none T
		v = none
		err := rows.Scan(into...)
		return v, err
	}
}

func (c *collection[T, P]) sideRows(v *T) [][][]any {
	var all [][][]any
	for _, side := range c.sides {
		all = append(all, side.rows(v))
	}
	return all
}

func (c *collection[T, P]) writeSides(s *session, w write) error {
	for i, text := range c.bySide {
		for _, row := range w.remove[i] {
			if _, err := s.exec(text.remove, row...); err != nil {
				return err
			}
		}
		for _, row := range w.add[i] {
			if _, err := s.exec(text.insert, row...); err != nil {
				return err
			}
		}
	}
	return nil
}

// difference gives per side table the rows that are new, and those to remove.
func difference(before, after [][][]any) (add, remove [][][]any) {
	for i := range after {
		var old [][]any
		if before != nil {
			old = before[i]
		}
		add = append(add, without(after[i], old))
		remove = append(remove, without(old, after[i]))
	}
	return add, remove
}

// without gives the rows that are none of the others. Both are few: a document
// has a row for each of a handful of names.
func without(rows, others [][]any) [][]any {
	return slices.DeleteFunc(slices.Clone(rows), func(row []any) bool {
		return slices.ContainsFunc(others, func(other []any) bool { return slices.EqualFunc(row, other, sameValue) })
	})
}

// sameValue compares two values of one column; keys to sort by are bytes, which
// == does not compare.
func sameValue(a, b any) bool {
	if key, ok := a.([]byte); ok {
		other, ok := b.([]byte)
		return ok && bytes.Equal(key, other)
	}
	return a == b
}

// asJSON scans a column of JSON, NULL for none.
type asJSON struct{ into any }

// Scan implements sql.Scanner.
func (j asJSON) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(src), j.into)
	case []byte:
		return json.Unmarshal(src, j.into)
	}
	return fmt.Errorf("a column of %T is no JSON", src)
}

// docOf scans a document: by the quick way of its type where it has one, and by
// encoding/json where that one does not know what it met.
type docOf[T any] struct {
	into  *T
	parse func(string, *T) bool
}

// Scan implements sql.Scanner.
func (d docOf[T]) Scan(src any) error {
	if text, ok := src.(string); ok && d.parse != nil {
		if d.parse(text, d.into) {
			return nil
		}
		var none T
		*d.into = none
	}
	return asJSON{d.into}.Scan(src)
}

// outboxText is NULL for an empty outbox, which keeps it out of its index.
func outboxText(entries []record.Entry) (any, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(entries)
	return string(b), err
}

// bytesOf is never NULL.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// scanDoc reads a row of one column of JSON.
func scanDoc[T any](rows *sql.Rows) (T, error) {
	var v T
	err := rows.Scan(asJSON{&v})
	return v, err
}
