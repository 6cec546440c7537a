package resident

import (
	"context"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// Get gives a resident to staff with a role on the very unit. That it was read
// is an entry of the log, made before it is given out.
func (s *Service) Get(ctx context.Context, act actor.Actor, resident string) (Resident, error) {
	r, err := s.open(ctx, act, ScopeRead, resident)
	if err != nil {
		return Resident{}, err
	}
	if err := s.p.Log.Record(ctx, s.entry(act, &r, "resident.read")); err != nil {
		return Resident{}, err
	}
	return r, nil
}

// Told gives a resident to staff who want to know what the person was told and
// why not. That it was read is an entry of the log, made before.
func (s *Service) Told(ctx context.Context, act actor.Actor, resident string) (Resident, error) {
	r, err := s.open(ctx, act, ScopeRead, resident)
	if err != nil {
		return Resident{}, err
	}
	return r, s.p.Log.Record(ctx, s.entry(act, &r, "resident.messages"))
}

// Page lists the residents of one unit by name. Those that were erased or
// merged are left out, so that a page may hold less than was asked for.
// Filter.Prefix is not used here; see Search.
func (s *Service) Page(ctx context.Context, act actor.Actor, f Filter, r page.Request) (page.List[Resident], error) {
	f.Prefix = ""
	return s.list(ctx, act, f, nil, r)
}

// Search lists the residents of one unit with words that begin as those of the
// query, accents aside, by name. Like Page it may give less than was asked for,
// even nothing, while there is a next page.
func (s *Service) Search(ctx context.Context, act actor.Actor, keeper, query string, r page.Request) (page.List[Resident], error) {
	words := text.Words(query)
	f := Filter{Unit: keeper}
	for _, w := range words {
		if len(w) > len(f.Prefix) {
			f.Prefix = w
		}
	}
	return s.list(ctx, act, f, words, r)
}

func (s *Service) list(ctx context.Context, act actor.Actor, f Filter, words []string, r page.Request) (page.List[Resident], error) {
	var none page.List[Resident]
	if err := act.Require(ScopeRead); err != nil {
		return none, err
	}
	if !s.keeps(act, f.Unit) {
		return none, record.ErrAbsent
	}
	list, err := s.p.Residents.Page(ctx, f, r)
	if err != nil {
		return none, err
	}
	entry := audit.Of(act, s.p.Now(), f.Unit, audit.Thing("unit", f.Unit), "resident.list")
	if err := s.p.Log.Record(ctx, entry); err != nil {
		return none, err
	}
	list.Items = slices.DeleteFunc(list.Items, func(r Resident) bool {
		return r.ErasedAt != 0 || r.MergedInto != "" || !r.hasWords(words)
	})
	return list, nil
}

// hasWords tells whether each word begins one of the resident's.
func (r Resident) hasWords(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		return !slices.ContainsFunc(r.Words, func(own string) bool { return strings.HasPrefix(own, w) })
	})
}

// Revealed is a contact in plain, for the eyes of staff.
type Revealed struct {
	ID    string
	Kind  contact.Kind
	Value string
}

// Reveal gives a resident's contacts in plain, main first, to staff with a role
// on the very unit. That they were revealed is an entry of the log, made before
// they are given out. A contact whose value was forgotten is left out.
func (s *Service) Reveal(ctx context.Context, act actor.Actor, resident string) ([]Revealed, error) {
	r, err := s.open(ctx, act, ScopeRead, resident)
	if err != nil {
		return nil, err
	}
	if err := s.p.Log.Record(ctx, s.entry(act, &r, "resident.reveal", "contacts")); err != nil {
		return nil, err
	}
	return s.plain(ctx, r)
}
