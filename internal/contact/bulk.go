package contact

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Value is a phone number or an address in its normal form, as Normal gives it.
type Value struct {
	Kind  Kind
	Value string
}

// Look gives the contact of each value, in order. One that is not kept yet has
// no version, and the id that it would get. Nothing is written.
func (s *Service) Look(ctx context.Context, values []Value) ([]Contact, error) {
	hashes := make([][]string, len(values))
	var all []string
	for i, v := range values {
		hashes[i] = s.keys.ContactHashes(string(v.Kind), key(v.Kind, v.Value))
		all = append(all, hashes[i]...)
	}
	there, err := s.Many(ctx, all)
	if err != nil {
		return nil, err
	}
	found := make([]Contact, len(values))
	for i, v := range values {
		found[i] = Contact{Kind: v.Kind, State: Unverified}
		found[i].ID = hashes[i][0]
		for _, h := range hashes[i] {
			if c, ok := there[h]; ok {
				found[i] = c
				break
			}
		}
	}
	return found, nil
}

// Many gives those of the contacts that are kept, by id.
func (s *Service) Many(ctx context.Context, ids []string) (map[string]Contact, error) {
	list, err := s.store.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	there := make(map[string]Contact, len(list))
	for _, c := range list {
		there[c.ID] = c
	}
	return there, nil
}

// EnsureMany is Ensure for many values at once, in order: those that are not
// there are made, one whose value was forgotten gets it back. What a contact
// refused stays refused.
func (s *Service) EnsureMany(ctx context.Context, values []Value) ([]Contact, error) {
	found, err := s.Look(ctx, values)
	if err != nil {
		return nil, err
	}
	var fresh []Contact
	made := map[string]bool{}
	for i := range found {
		c := &found[i]
		if len(c.Sealed) > 0 || made[c.ID] {
			continue
		}
		made[c.ID] = true
		if c.Sealed, err = s.keys.Seal(sealPurpose, c.ID, []byte(values[i].Value)); err != nil {
			return nil, err
		}
		if c.Ver == 0 {
			c.OptOutHash = secret.LinkHash(s.keys.Link(secret.LinkOptOut, c.ID, 0))
			fresh = append(fresh, *c)
			continue
		}
		sealed := c.Sealed
		if *c, err = s.store.Update(ctx, c.ID, func(c *Contact) error {
			if len(c.Sealed) > 0 {
				return record.ErrUnchanged
			}
			c.Sealed = sealed
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return found, s.store.CreateMany(ctx, fresh)
}
