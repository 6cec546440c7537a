package storetest

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testForms(t *testing.T, set *store.Set) {
	d := documents[registration.SentForm, *registration.SentForm]{create: set.Forms.CreateForm, get: set.Forms.Form}
	d.contract(t)
	t.Run("Forget", func(t *testing.T) {
		ctx := t.Context()
		gone, kept := newID(), newID()
		var ids []string
		for _, event := range []string{gone, gone, kept} {
			f := d.make()
			f.Event = event
			must(t, set.Forms.CreateForm(ctx, &f))
			ids = append(ids, f.ID)
		}
		for range 2 {
			must(t, set.Forms.ForgetForms(ctx, gone))
		}
		for _, id := range ids[:2] {
			_, err := set.Forms.Form(ctx, id)
			wantErr(t, err, record.ErrAbsent)
		}
		if f := get[registration.SentForm](t)(set.Forms.Form(ctx, ids[2])); f.Event != kept {
			t.Errorf("got the form of %s, want of %s", f.Event, kept)
		}
	})
}
