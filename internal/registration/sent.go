package registration

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// SentForm says that a form was sent, and what it held. It is kept of every form
// alike: were it of new people only, the same form sent with somebody else in it
// would be answered by whether the first was known. It names nobody, and what it
// held cannot be guessed without the form's random id.
type SentForm struct {
	record.Head `bson:",inline"`
	Event       string `json:"event"`
	// Hash is a keyed hash of all that the form held when it was first sent.
	Hash string `json:"hash"`
}

// Forms keeps which forms were sent.
type Forms interface {
	// CreateForm returns record.ErrExists if the form was sent before.
	CreateForm(ctx context.Context, f *SentForm) error
	Form(ctx context.Context, id string) (SentForm, error)
	// ForgetForms removes all of an event.
	ForgetForms(ctx context.Context, event string) error
}

// begin notes that the form is sent, before anything else is written for it.
// ErrFormUsed where it was sent before with something else in it.
func (s *Service) begin(ctx context.Context, e event.Event, in Form) error {
	hashes := s.hashes(in)
	sent := SentForm{Head: record.Head{ID: in.sentID()}, Event: e.ID, Hash: hashes[0]}
	err := s.p.Forms.CreateForm(ctx, &sent)
	if !errors.Is(err, record.ErrExists) {
		return err
	}
	there, err := s.p.Forms.Form(ctx, sent.ID)
	if err == nil && !slices.Contains(hashes, there.Hash) {
		return ErrFormUsed
	}
	return err
}

// sentID is also the id of the resident that the form makes where it speaks of
// nobody who is known.
func (f Form) sentID() string { return id.Hash("form", f.Event, f.ID) }

// hashes are of all that the form holds, under each key, the current one first.
// Its language is none of it: the page is the same in each.
func (s *Service) hashes(f Form) []string {
	// Addresses are told apart as contacts are, without a look at large letters.
	parts := []string{f.Event, f.ID, f.Slot, strconv.Itoa(f.Party), f.Name, strings.ToLower(f.Email), f.Village}
	for i, p := range f.Purposes {
		parts = append(parts, string(p), f.Texts[i])
	}
	return s.p.Keys.FormHashes(parts...)
}
