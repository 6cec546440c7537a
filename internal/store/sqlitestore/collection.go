package sqlitestore

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// maxTries bounds an update that other processes make miss again and again.
const maxTries = 64

// document is a pointer to a stored type.
type document[T any] interface {
	*T
	record.Document
}

// table says how documents of a type are stored.
type table[T any] struct {
	name string
	// columns are copies of what lists and look-ups need.
	columns []string
	values  func(*T) []any
	// kept are fields that live in a column alone: strip takes them out of the
	// document before it is encoded, scan gives where they are read to. Their
	// values come from keep, in the order of kept.
	kept  []string
	keep  func(*T) []any
	strip func(*T)
	scan  func(*T) []any
	// parse reads a document as encode wrote it into a zero value, and reports
	// whether it could; encoding/json alone reads documents if it is nil.
	parse func(string, *T) bool
	// sides are tables with several rows a document.
	sides []side[T]
}

// side is a table that lists a document under several keys; all its columns
// are its key.
type side[T any] struct {
	table   string
	columns []string
	rows    func(*T) [][]any
}

// collection stores documents of one type.
type collection[T any, P document[T]] struct {
	*Store
	table[T]
	selectFrom, insertInto, replaceIn string
	bySide                            []sideText
}

type sideText struct{ insert, remove string }

func newCollection[T any, P document[T]](s *Store, t table[T]) *collection[T, P] {
	columns := append(append([]string{}, t.columns...), t.kept...)
	read := append([]string{"doc", "ver", "op", "outbox"}, t.kept...)
	written := append([]string{"ver", "op", "outbox", "doc"}, columns...)
	c := &collection[T, P]{Store: s, table: t}
	for i := range read {
		read[i] = t.name + "." + read[i]
	}
	c.selectFrom = "SELECT " + strings.Join(read, ", ") + " FROM " + t.name + " "
	c.insertInto = insertText(t.name, append([]string{"id"}, written...)) + " ON CONFLICT DO NOTHING"
	c.replaceIn = "UPDATE " + t.name + " SET " + strings.Join(written, " = ?, ") + " = ? WHERE id = ? AND ver = ?"
	for _, side := range t.sides {
		c.bySide = append(c.bySide, sideText{
			insert: insertText(side.table, side.columns) + " ON CONFLICT DO NOTHING",
			remove: "DELETE FROM " + side.table + " WHERE " + strings.Join(side.columns, " = ? AND ") + " = ?",
		})
	}
	return c
}

func insertText(table string, columns []string) string {
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + marks(len(columns)) + ")"
}

// marks is "?, ?, ?" for n values.
func marks(n int) string { return times("?", n) }

// times is the same n times, with commas between.
func times(one string, n int) string { return strings.TrimSuffix(strings.Repeat(one+", ", n), ", ") }

// get reads one document by id.
func (c *collection[T, P]) get(ctx context.Context, id string) (T, error) {
	return one(ctx, c.Store, c.decoder(), c.selectFrom+"WHERE id = ?", id)
}

// many reads those of the ids that are there, ordered by id.
func (c *collection[T, P]) many(ctx context.Context, ids []string) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return listInto(ctx, c.Store, make([]T, 0, len(ids)), c.decoder(),
		c.selectFrom+"WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", jsonText(ids))
}

// where reads the documents that the rest of a SELECT chooses.
func (c *collection[T, P]) where(ctx context.Context, rest string, args ...any) ([]T, error) {
	return list(ctx, c.Store, c.decoder(), c.selectFrom+rest, args...)
}

// create inserts the document with version 1, record.ErrExists if its id or a
// unique key of it is taken.
func (c *collection[T, P]) create(ctx context.Context, v P) error {
	fresh, err := c.createAll(ctx, []P{v})
	if err == nil && !fresh[0] {
		return record.ErrExists
	}
	if err != nil && c.landed(ctx, v.Base()) {
		return nil
	}
	return err
}

// landed looks for a write whose reply was lost: the stored document then
// bears the write's op.
func (c *collection[T, P]) landed(ctx context.Context, h *record.Head) bool {
	now, err := c.get(ctx, h.ID)
	return err == nil && P(&now).Base().Op == h.Op
}

// createAll inserts what is not there yet, and reports for each whether it
// was new.
func (c *collection[T, P]) createAll(ctx context.Context, vs []P) ([]bool, error) {
	writes := make([]write, len(vs))
	for i, v := range vs {
		h := v.Base()
		h.Ver, h.Op = 1, c.nonce()
		w, err := c.encode(v, nil)
		if err != nil {
			return nil, err
		}
		writes[i] = w
	}
	fresh := make([]bool, len(vs))
	err := c.writeMany(ctx, len(vs), func(s *session) error {
		for i, w := range writes {
			n, err := s.exec(c.insertInto, append([]any{w.id}, w.columns...)...)
			if err != nil {
				return err
			}
			if fresh[i] = n == 1; fresh[i] {
				err = c.writeSides(s, w)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// insertGroup is how many documents an import writes at once.
const insertGroup = 2000

// createMany is createAll in groups.
func (c *collection[T, P]) createMany(ctx context.Context, vs []T) ([]bool, error) {
	var fresh []bool
	for group := range slices.Chunk(vs, insertGroup) {
		ps := make([]P, len(group))
		for i := range group {
			ps[i] = &group[i]
		}
		isNew, err := c.createAll(ctx, ps)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, isNew...)
	}
	return fresh, nil
}

// update changes the document by the closure; see DESIGN.md, storage rules.
func (c *collection[T, P]) update(ctx context.Context, id string, change func(*T) error) (T, error) {
	var zero T
	unlock, err := c.updates.lock(ctx, c.name+" "+id)
	if err != nil {
		return zero, err
	}
	defer unlock()

	op := c.nonce()
	for range maxTries {
		v, err := c.get(ctx, id)
		if err != nil {
			return zero, err
		}
		seen, before := P(&v).Base().Ver, c.sideRows(&v)
		if err := change(&v); errors.Is(err, record.ErrUnchanged) {
			return c.get(ctx, id)
		} else if err != nil {
			return zero, err
		}
		h := P(&v).Base()
		h.ID, h.Ver, h.Op = id, seen+1, op
		did, err := c.replace(ctx, &v, before)
		if err != nil || did {
			return v, err
		}
	}
	return zero, record.ErrContended
}

// replace writes the document where the stored version is the one before its
// own, and reports whether it did.
func (c *collection[T, P]) replace(ctx context.Context, v P, before [][][]any) (bool, error) {
	w, err := c.encode(v, before)
	if err != nil {
		return false, err
	}
	args := slices.Concat(w.columns, []any{w.id, v.Base().Ver - 1})
	did := false
	err = c.write(ctx, func(s *session) error {
		n, err := s.exec(c.replaceIn, args...)
		if did = err == nil && n == 1; did {
			err = c.writeSides(s, w)
		}
		return err
	})
	if err != nil {
		if c.landed(ctx, v.Base()) {
			return true, nil
		}
		return false, err
	}
	return did, nil
}

// dirtyParts leaps from one part with dirty documents to the next: where
// nothing is dirty, that is one look into an empty index.
func (c *collection[T, P]) dirtyParts(ctx context.Context) ([]int, error) {
	return leap[int](ctx, c.Store, id.Parts, "part", "FROM "+c.name+" WHERE dirty = 1 AND ")
}

// clean clears dirty where plan_ver is as seen. The version stays, as nothing
// changed that a reader could see.
func (c *collection[T, P]) clean(ctx context.Context, id string, planVer int64) (bool, error) {
	text := "UPDATE " + c.name + " SET dirty = 0 WHERE id = ? AND plan_ver = ?"
	return c.did(ctx, text, id, planVer)
}

// did runs one statement and reports whether it changed a row.
func (s *Store) did(ctx context.Context, text string, args ...any) (bool, error) {
	var n int64
	err := s.write(ctx, func(s *session) (err error) {
		n, err = s.exec(text, args...)
		return err
	})
	return err == nil && n > 0, err
}

// erase runs one statement that takes personal data away, and empties the log
// if there was any.
func (s *Store) erase(ctx context.Context, text string, args ...any) error {
	did, err := s.did(ctx, text, args...)
	if err != nil || !did {
		return err
	}
	return s.emptyLog(ctx)
}

// jsonText is a list as json_each takes it. Lists of ids are written without
// reflection: there is one for every batch of messages and kind of fact.
func jsonText(v any) string {
	ids, ok := v.([]string)
	if ok && len(ids) == 0 {
		return "[]" // never null, which would be one value
	}
	if ok && !slices.ContainsFunc(ids, needsEscapes) {
		return `["` + strings.Join(ids, `","`) + `"]`
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic("sqlitestore: a list of strings has no JSON: " + err.Error())
	}
	return string(b)
}

// needsEscapes reports whether the text is anything but plain letters, digits
// and signs.
func needsEscapes(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return true
		}
	}
	return false
}
