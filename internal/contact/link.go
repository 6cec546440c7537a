package contact

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// OptOutLink gives the token of the contact's opt-out link, the same each time.
// Where the key it was made with is no longer known, the record gets the
// current key's.
func (s *Service) OptOutLink(ctx context.Context, c Contact) (string, error) {
	tokens := s.keys.Links(secret.LinkOptOut, c.ID, c.OptOutGeneration)
	for _, t := range tokens {
		if secret.LinkHash(t) == c.OptOutHash {
			return t, nil
		}
	}
	current := tokens[0]
	_, err := s.store.Update(ctx, c.ID, func(there *Contact) error {
		if there.OptOutGeneration != c.OptOutGeneration {
			return record.ErrContended
		}
		there.OptOutHash = secret.LinkHash(current)
		return nil
	})
	return current, err
}

// ByOptOut finds the contact of an opt-out link's token, or ErrLink.
func (s *Service) ByOptOut(ctx context.Context, token string) (Contact, error) {
	if !secret.LinkForm(token) {
		return Contact{}, ErrLink
	}
	c, err := s.store.ByOptOut(ctx, secret.LinkHash(token))
	if errors.Is(err, record.ErrAbsent) {
		return Contact{}, ErrLink
	}
	return c, err
}
