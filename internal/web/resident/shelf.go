package resident

import (
	"bytes"
	"encoding/hex"
	"html/template"
	"strconv"
	"sync"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// maxShelf bounds the pages that are kept.
const maxShelf = 1024

// shelf keeps pages that are the same for everybody but for some gaps. It may
// be used concurrently.
type shelf struct {
	// mark begins each gap; nobody outside can guess it, so that no title holds one.
	mark string

	mu   sync.RWMutex
	kept map[shelfKey]gapped
}

// shelfKey is all that a page is made of beside its gaps.
type shelfKey struct {
	event         string
	ver           int64
	lang          string
	keep          bool
	phase         phase
	days          int
	unit, village int64 // versions of their names
	// receipt, waits and slot are the seat's that an answer to the form is about,
	// empty for the page with the form.
	receipt registration.State
	waits   bool
	slot    string
}

// gapped is a page cut at its gaps: parts[i] is followed by the value of gaps[i].
type gapped struct {
	parts [][]byte
	gaps  []int
	size  int
}

const markBytes = 16

func newShelf(ids id.Source) *shelf {
	return &shelf{mark: "gap" + hex.EncodeToString(ids.Nonce(markBytes)) + "x", kept: map[shelfKey]gapped{}}
}

// gap is the n-th gap, for a template to put where a value goes.
func (s *shelf) gap(n int) string { return s.mark + strconv.Itoa(n) + "." }

func (s *shelf) get(key shelfKey) (gapped, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g, ok := s.kept[key]
	return g, ok
}

// put cuts a page and keeps it.
func (s *shelf) put(key shelfKey, page []byte) gapped {
	g := s.cut(page)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) >= maxShelf {
		clear(s.kept)
	}
	s.kept[key] = g
	return g
}

func (s *shelf) cut(page []byte) gapped {
	g := gapped{size: len(page)}
	for {
		before, after, found := bytes.Cut(page, []byte(s.mark))
		g.parts = append(g.parts, before)
		if !found {
			return g
		}
		number, rest, _ := bytes.Cut(after, []byte("."))
		n, _ := strconv.Atoi(string(number)) // written by gap
		g.gaps, page = append(g.gaps, n), rest
	}
}

// fill gives the page with its values, which are plain text.
func (g gapped) fill(values []string) []byte {
	out := make([]byte, 0, g.size)
	for i, part := range g.parts {
		out = append(out, part...)
		if i < len(g.gaps) && g.gaps[i] < len(values) {
			out = append(out, template.HTMLEscapeString(values[g.gaps[i]])...)
		}
	}
	return out
}
