package contact

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// Refusals of the service.
var (
	ErrKind  = fault.New(fault.Invalid, "contact.kind")
	ErrState = fault.New(fault.Conflict, "contact.state")
	// ErrOnlyPerson: an opt-out is undone only by the person.
	ErrOnlyPerson = fault.New(fault.Forbidden, "contact.only_by_person")
	// ErrLink stands for wrong, expired and revoked links alike.
	ErrLink = fault.New(fault.NotFound, "link.unknown")
	// ErrForgotten: the value was erased; only its hash is kept.
	ErrForgotten = fault.New(fault.Gone, "contact.forgotten")
	// ErrRow: a fixed mail is for one row, which has to be named.
	ErrRow = fault.New(fault.Internal, "contact.row_required")
)

const sealPurpose = "contact"

// Service finds, seals and opens contacts, and remembers what they refused.
// Its callers (resident, registration, outreach) have asked who may: a contact
// is kept by no unit and shown to nobody as such.
type Service struct {
	store   Store
	holders Holders
	keys    *secret.Keys
	now     func() calendar.Instant
}

// Holders are those who are reached by a contact; resident.Holders is one.
type Holders interface {
	// TouchHolders has the messages to all holders of the contact looked at again.
	TouchHolders(ctx context.Context, contactID string) error
}

// NewService makes the service; now is domain time.
func NewService(store Store, holders Holders, keys *secret.Keys, now func() calendar.Instant) *Service {
	return &Service{store: store, holders: holders, keys: keys, now: now}
}

// Normal gives the one form of a value under which its contact is kept: E.164
// for phones (without a country code read as Vietnamese), text.Email's for
// addresses. Errors are text.ErrEmail, text.ErrPhone and ErrKind.
func Normal(kind Kind, value string) (string, error) {
	switch kind {
	case Email:
		return text.Email(value)
	case Phone:
		return text.Phone(value, "")
	default:
		return "", ErrKind
	}
}

// Ensure gives the contact of a value, and makes it first where it is not
// there. One that was found under an older key keeps its id; one whose value
// was forgotten gets it back.
func (s *Service) Ensure(ctx context.Context, kind Kind, value string) (Contact, error) {
	value, err := Normal(kind, value)
	if err != nil {
		return Contact{}, err
	}
	hashes := s.keys.ContactHashes(string(kind), key(kind, value))
	found, ok, err := s.find(ctx, hashes)
	if err != nil {
		return Contact{}, err
	}
	if !ok {
		found, err = s.create(ctx, kind, hashes[0], value)
	}
	if err != nil || len(found.Sealed) > 0 {
		return found, err
	}
	sealed, err := s.keys.Seal(sealPurpose, found.ID, []byte(value))
	if err != nil {
		return Contact{}, err
	}
	return s.store.Update(ctx, found.ID, func(c *Contact) error {
		if len(c.Sealed) > 0 {
			return record.ErrUnchanged
		}
		c.Sealed = sealed
		return nil
	})
}

// key is what a contact is found by. Mail servers may tell large letters from
// small ones before the @, and none does: with them every way of writing one
// address would be a contact of its own, each with its own mail a day and none
// with the opt-out of the others. The address itself is kept as first written.
func key(kind Kind, value string) string {
	if kind == Email {
		return strings.ToLower(value)
	}
	return value
}

// find looks under all keys at once. The current key's comes first.
func (s *Service) find(ctx context.Context, hashes []string) (Contact, bool, error) {
	found, err := s.store.Many(ctx, slices.Sorted(slices.Values(hashes)))
	if err != nil {
		return Contact{}, false, err
	}
	for _, h := range hashes {
		for _, c := range found {
			if c.ID == h {
				return c, true, nil
			}
		}
	}
	return Contact{}, false, nil
}

func (s *Service) create(ctx context.Context, kind Kind, hash, value string) (Contact, error) {
	sealed, err := s.keys.Seal(sealPurpose, hash, []byte(value))
	if err != nil {
		return Contact{}, err
	}
	c := Contact{Kind: kind, Sealed: sealed, State: Unverified}
	c.ID = hash
	c.OptOutHash = secret.LinkHash(s.keys.Link(secret.LinkOptOut, hash, 0))
	err = s.store.Create(ctx, &c)
	if errors.Is(err, record.ErrExists) {
		return s.store.Get(ctx, hash)
	}
	return c, err
}

// Get gives a contact by its id.
func (s *Service) Get(ctx context.Context, id string) (Contact, error) { return s.store.Get(ctx, id) }

// Plain opens the seal: the value in its normal form. It goes into a message
// or to staff by way of resident.Service.Reveal, and is kept nowhere.
func (s *Service) Plain(_ context.Context, c Contact) (string, error) {
	if len(c.Sealed) == 0 {
		return "", ErrForgotten
	}
	plain, err := s.keys.OpenSeal(sealPurpose, c.ID, c.Sealed)
	return string(plain), err
}
