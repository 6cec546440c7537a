package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// dirt is a port of documents that the planner looks at.
type dirt[T any, P interface {
	*T
	record.Document
}] struct {
	documents documents[T, P]
	of        func(*T) *record.Dirt
	// dirty lists what is dirty where v is.
	dirty func(v *T) ([]T, error)
	// parts is DirtyParts, nil where the port has none.
	parts func(ctx context.Context) ([]int, error)
	clean func(ctx context.Context, id string, planVer int64) (bool, error)
}

// testDirt: Clean clears what the planner saw and nothing newer.
func testDirt[T any, P interface {
	*T
	record.Document
}](t *testing.T, d dirt[T, P]) {
	ctx := t.Context()
	v := d.documents.make()
	d.of(&v).Touch()
	must(t, d.documents.create(ctx, &v))
	id, planVer := P(&v).Base().ID, d.of(&v).PlanVer
	isDirty := func() bool {
		t.Helper()
		listed := get[[]T](t)(d.dirty(&v))
		if d.parts != nil {
			parts := get[[]int](t)(d.parts(ctx))
			if !slices.IsSorted(parts) || slices.Contains(parts, d.of(&v).Part) != (len(listed) > 0) {
				t.Errorf("DirtyParts gives %v; part %d has %d dirty documents", parts, d.of(&v).Part, len(listed))
			}
		}
		for _, o := range listed {
			if P(&o).Base().ID == id {
				return true
			}
		}
		return false
	}
	if !isDirty() {
		t.Fatal("a new document that was touched is not listed as dirty")
	}
	if did := get[bool](t)(d.clean(ctx, id, planVer-1)); did || !isDirty() {
		t.Error("Clean cleared dirt that it had not seen")
	}
	if did := get[bool](t)(d.clean(ctx, newHash(), planVer)); did {
		t.Error("Clean of the absent reports true")
	}
	if did := get[bool](t)(d.clean(ctx, id, planVer)); !did || isDirty() {
		t.Error("Clean did not clear what it saw")
	}
	got := get[T](t)(d.documents.get(ctx, id))
	if o := d.of(&got); o.Dirty || o.PlanVer != planVer {
		t.Errorf("after Clean: dirty %v, plan_ver %d, want false, %d", o.Dirty, o.PlanVer, planVer)
	}

	get[T](t)(d.documents.update(ctx, id, func(v *T) error {
		*d.documents.text(v) += mark
		return nil
	}))
	if isDirty() {
		t.Error("an update that touches nothing made it dirty again")
	}
	get[T](t)(d.documents.update(ctx, id, func(v *T) error {
		d.of(v).Touch()
		return nil
	}))
	if !isDirty() {
		t.Error("a touched document is not listed as dirty")
	}
}

// turnsPart is the part of what is listed in turns.
const turnsPart = 17

// idIn is a new id of the part.
func idIn(part int) string {
	for {
		if one := newID(); id.Part(one) == part {
			return one
		}
	}
}

// ours leaves out what other cases left.
func ours[K comparable](got, want []K) []K {
	return slices.DeleteFunc(got, func(k K) bool { return !slices.Contains(want, k) })
}

// walkDirty reads all that is dirty, limit at a time, each after the last.
func walkDirty[T, K any](after K, limit int, read func(after K, limit int) []T, key func(T) K) (keys []K) {
	for {
		page := read(after, limit)
		for _, v := range page {
			after = key(v)
			keys = append(keys, after)
		}
		if len(page) < limit {
			return keys
		}
	}
}
