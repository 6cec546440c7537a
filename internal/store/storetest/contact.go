package storetest

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testContacts(t *testing.T, set *store.Set) {
	d := documents[contact.Contact, *contact.Contact]{
		create: set.Contacts.Create, get: set.Contacts.Get, update: set.Contacts.Update,
		fix:  func(c *contact.Contact) { c.OptOutHash = newHash() },
		text: func(c *contact.Contact) *string { return &c.FixedFor },
	}
	d.contract(t)

	t.Run("OptOut", func(t *testing.T) {
		c := d.make()
		must(t, set.Contacts.Create(t.Context(), &c))
		diff(t, "ByOptOut", get[contact.Contact](t)(set.Contacts.ByOptOut(t.Context(), c.OptOutHash)), c)
		next := newHash()
		get[contact.Contact](t)(set.Contacts.Update(t.Context(), c.ID, func(c *contact.Contact) error {
			c.OptOutHash = next
			return nil
		}))
		_, err := set.Contacts.ByOptOut(t.Context(), c.OptOutHash)
		wantErr(t, err, record.ErrAbsent)
		_, err = set.Contacts.ByOptOut(t.Context(), "")
		wantErr(t, err, record.ErrAbsent)
	})
	t.Run("CreateMany", func(t *testing.T) {
		a, b := d.make(), d.make()
		must(t, set.Contacts.Create(t.Context(), &a))
		again := a
		again.OptedOutAt, again.Sealed = 0, nil
		must(t, set.Contacts.CreateMany(t.Context(), []contact.Contact{again, b}))
		diff(t, "the one that is there", get[contact.Contact](t)(set.Contacts.Get(t.Context(), a.ID)), a)
		b.Ver = 1
		diff(t, "the other", get[contact.Contact](t)(set.Contacts.Get(t.Context(), b.ID)), b)
		must(t, set.Contacts.CreateMany(t.Context(), nil))
	})
	t.Run("Many", func(t *testing.T) {
		a, b := d.make(), d.make()
		must(t, set.Contacts.Create(t.Context(), &a))
		must(t, set.Contacts.Create(t.Context(), &b))
		if a.ID > b.ID {
			a, b = b, a
		}
		got := get[[]contact.Contact](t)(set.Contacts.Many(t.Context(), []string{b.ID, newHash(), a.ID, b.ID}))
		diff(t, "by id, the absent left out", got, []contact.Contact{a, b})
		diff(t, "of none", get[[]contact.Contact](t)(set.Contacts.Many(t.Context(), nil)), []contact.Contact(nil))
	})
}
