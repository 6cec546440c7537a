package resident

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"sync"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
)

// maxFeedBytes bounds the feeds that are kept; the largest has a third of a
// megabyte.
const maxFeedBytes = 4 << 20

// feeds keeps whole feeds, each as long as it holds the same versions of the
// same events. It may be used concurrently.
type feeds struct {
	mu   sync.Mutex
	kept map[feedKey]keptFeed
	size int
}

// feedKey is whose feed it is, and by which name in which language.
type feedKey struct{ unit, name string }

type keptFeed struct {
	events []event.Mark
	body   []byte
	// tag is the body's ETag.
	tag string
}

func newFeeds() *feeds { return &feeds{kept: map[feedKey]keptFeed{}} }

// of gives the feed with these entries.
func (s *feeds) of(key feedKey, entries []keptEntry) keptFeed {
	s.mu.Lock()
	f, ok := s.kept[key]
	s.mu.Unlock()
	if ok && slices.EqualFunc(f.events, entries, func(m event.Mark, e keptEntry) bool { return m == e.Mark }) {
		return f
	}
	f = written(key.name, entries)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size += len(f.body) - len(s.kept[key].body)
	if s.size > maxFeedBytes {
		clear(s.kept)
		s.size = len(f.body)
	}
	s.kept[key] = f
	return f
}

func written(name string, entries []keptEntry) keptFeed {
	f := keptFeed{events: make([]event.Mark, len(entries))}
	texts := make([]outreach.Entry, len(entries))
	for i, e := range entries {
		f.events[i], texts[i] = e.Mark, e.Entry
	}
	f.body = outreach.Feed(texts, name)
	sum := sha256.Sum256(f.body)
	f.tag = `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	return f
}
