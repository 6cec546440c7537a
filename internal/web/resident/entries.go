package resident

import (
	"context"
	"sync"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
)

// maxEntries bounds the entries that are kept, of half a kilobyte each.
const maxEntries = 8192

// entries keeps what feeds say of events, each as long as the event's version
// stands: every feed asks which versions there are, and what is written anew is
// only what changed. It may be used concurrently.
type entries struct {
	events *event.Service
	invite func(event.Event) outreach.Invite

	mu   sync.RWMutex
	kept map[string]keptEntry
}

// keptEntry is one version of an event.
type keptEntry struct {
	event.Mark
	outreach.Entry
	start   calendar.Instant
	village string
	// public is false for what has no page, and no entry.
	public bool
}

func newEntries(events *event.Service, invite func(event.Event) outreach.Invite) *entries {
	return &entries{events: events, invite: invite, kept: map[string]keptEntry{}}
}

// of gives the entries of those marked that are public, in their order.
func (s *entries) of(ctx context.Context, marks []event.Mark) ([]keptEntry, error) {
	found, missing := s.known(marks)
	if len(missing) > 0 {
		if err := s.write(ctx, found, missing); err != nil {
			return nil, err
		}
	}
	out := make([]keptEntry, 0, len(marks))
	for _, m := range marks {
		if e := found[m.ID]; e.public {
			out = append(out, e)
		}
	}
	return out, nil
}

func (s *entries) known(marks []event.Mark) (found map[string]keptEntry, missing []event.Mark) {
	found = make(map[string]keptEntry, len(marks))
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, m := range marks {
		if e, ok := s.kept[m.ID]; ok && e.Mark == m {
			found[m.ID] = e
		} else {
			missing = append(missing, m)
		}
	}
	return found, missing
}

// write reads what is missing, writes its entries, and keeps them.
func (s *entries) write(ctx context.Context, found map[string]keptEntry, missing []event.Mark) error {
	ids := make([]string, len(missing))
	for i, m := range missing {
		ids[i] = m.ID
		found[m.ID] = keptEntry{Mark: m}
	}
	public, err := s.events.PublicOf(ctx, ids)
	if err != nil {
		return err
	}
	for _, e := range public {
		found[e.ID] = keptEntry{
			Mark: event.Mark{ID: e.ID, Ver: e.Ver}, Entry: outreach.EntryOf(e, s.invite(e)),
			start: e.StartAt, village: e.Village, public: true,
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept)+len(ids) > maxEntries {
		clear(s.kept)
	}
	for _, id := range ids {
		s.kept[id] = found[id]
	}
	return nil
}
