package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/record"
)

// documents is what every stored document's port has.
type documents[T any, P interface {
	*T
	record.Document
}] struct {
	create func(context.Context, *T) error
	get    func(context.Context, string) (T, error)
	// update is nil for what is never changed.
	update func(context.Context, string, func(*T) error) (T, error)
	// fix sets what a filled document must agree on, such as its part.
	fix func(*T)
	// text is a field of the document that the cases write a mark to, per update.
	text func(*T) *string
}

// mark is nothing that fill writes.
const mark = "+"

// make gives a document with every field filled.
func (d documents[T, P]) make() T {
	var v T
	fill(&v)
	*P(&v).Base() = record.Head{ID: newHash()}
	if d.fix != nil {
		d.fix(&v)
	}
	return v
}

// contract holds the port to what is the same for all documents.
func (d documents[T, P]) contract(t *testing.T) {
	t.Run("Create", d.testCreate)
	t.Run("Absent", d.testAbsent)
	if d.update != nil {
		t.Run("Update", d.testUpdate)
		t.Run("UpdateRefused", d.testUpdateRefused)
		t.Run("UpdateConcurrently", d.testUpdateConcurrently)
	}
}

func (d documents[T, P]) testCreate(t *testing.T) {
	ctx := t.Context()
	v := d.make()
	P(&v).Base().Note(record.Entry{Unit: "u", Thing: "thing:1", Actor: "job:test", Act: "test.create", Fields: []string{"a"}, At: now})
	must(t, d.create(ctx, &v))
	if got := P(&v).Base().Ver; got != 1 {
		t.Errorf("Ver after Create = %d, want 1", got)
	}
	got := get[T](t)(d.get(ctx, P(&v).Base().ID))
	diff(t, "every field is stored", got, v)

	again := d.make()
	P(&again).Base().ID = P(&v).Base().ID
	if d.fix != nil {
		d.fix(&again) // the part follows from the id
	}
	wantErr(t, d.create(ctx, &again), record.ErrExists)
	diff(t, "a duplicate leaves what is there", get[T](t)(d.get(ctx, P(&v).Base().ID)), v)
}

func (d documents[T, P]) testAbsent(t *testing.T) {
	_, err := d.get(t.Context(), newHash())
	wantErr(t, err, record.ErrAbsent)
	if d.update == nil {
		return
	}
	_, err = d.update(t.Context(), newHash(), func(*T) error { return nil })
	wantErr(t, err, record.ErrAbsent)
}

func (d documents[T, P]) testUpdate(t *testing.T) {
	ctx := t.Context()
	v := d.make()
	must(t, d.create(ctx, &v))
	id := P(&v).Base().ID

	changed := get[T](t)(d.update(ctx, id, func(v *T) error {
		*d.text(v) += mark
		P(v).Base().Note(record.Entry{Unit: "u", Thing: "thing:2", Act: "test.update"})
		return nil
	}))
	stored := get[T](t)(d.get(ctx, id))
	diff(t, "Update returns what it stored", changed, stored)
	want := v
	*d.text(&want) += mark
	h := P(&want).Base()
	h.Note(record.Entry{Unit: "u", Thing: "thing:2", Act: "test.update"})
	h.Ver = 2
	diff(t, "nothing else changed", stored, want)
}

func (d documents[T, P]) testUpdateRefused(t *testing.T) {
	ctx := t.Context()
	v := d.make()
	must(t, d.create(ctx, &v))
	id := P(&v).Base().ID

	refused := errors.New("refused")
	_, err := d.update(ctx, id, func(v *T) error {
		*d.text(v) += mark
		return refused
	})
	wantErr(t, err, refused)
	diff(t, "after a refusal", get[T](t)(d.get(ctx, id)), v)

	same := get[T](t)(d.update(ctx, id, func(*T) error { return record.ErrUnchanged }))
	diff(t, "ErrUnchanged returns what is there", same, v)
	diff(t, "after ErrUnchanged", get[T](t)(d.get(ctx, id)), v)
}

func (d documents[T, P]) testUpdateConcurrently(t *testing.T) {
	const workers, rounds = 8, 4
	ctx := t.Context()
	v := d.make()
	must(t, d.create(ctx, &v))
	id := P(&v).Base().ID

	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range rounds {
				_, err := retry(ctx, d.update, id, func(v *T) error {
					*d.text(v) += mark
					return nil
				})
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	group.Wait()
	got := get[T](t)(d.get(ctx, id))
	if n := strings.Count(*d.text(&got), mark); n != workers*rounds {
		t.Errorf("%d marks after %d updates", n, workers*rounds)
	}
	if ver := P(&got).Base().Ver; ver != 1+workers*rounds {
		t.Errorf("Ver = %d, want one more per update", ver)
	}
}

// retry goes on where others were always first, as a service may.
func retry[T any](ctx context.Context, update func(context.Context, string, func(*T) error) (T, error), id string, change func(*T) error) (T, error) {
	for {
		v, err := update(ctx, id, change)
		if !errors.Is(err, record.ErrContended) {
			return v, err
		}
	}
}
