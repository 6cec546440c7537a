package audit

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// ScopeRead is the API scope for reading the log.
const ScopeRead = "audit:read"

// ErrUnit: a page of the log is of one unit, which has to be named.
var ErrUnit = fault.New(fault.Invalid, "audit.unit_required")

// Service relays, seals, verifies and shows the log.
type Service struct {
	store Store
	now   func() calendar.Instant
	ids   id.Source
}

// NewService makes the service; now is domain time.
func NewService(store Store, now func() calendar.Instant, ids id.Source) *Service {
	return &Service{store: store, now: now, ids: ids}
}

// Record writes entries that no change carries: that person data was read,
// revealed or exported. It is called before the data is given out.
func (s *Service) Record(ctx context.Context, entries ...record.Entry) error {
	lines := make([]Line, len(entries))
	for i, e := range entries {
		lines[i] = Line{ID: s.ids.New(e.At), Entry: e, Salt: hex.EncodeToString(s.ids.Nonce(saltBytes))}
	}
	return s.store.Append(ctx, lines)
}

// Page lists the lines of one unit, newest first, for an auditor or an
// administrator of that very unit; for anybody else the unit is absent.
func (s *Service) Page(ctx context.Context, act actor.Actor, f Filter, r page.Request) (page.List[Line], error) {
	if err := act.Require(ScopeRead); err != nil {
		return page.List[Line]{}, err
	}
	if f.Unit == "" {
		return page.List[Line]{}, ErrUnit
	}
	if !act.Any(int64(s.now()), f.Unit, actor.Auditor, actor.Admin) {
		return page.List[Line]{}, record.ErrAbsent
	}
	return s.store.Page(ctx, f, r)
}

// History gives the newest lines of one thing, for a page of it: whoever shows
// them has asked before whether the thing may be seen.
func (s *Service) History(ctx context.Context, unit, thing string, limit int) ([]Line, error) {
	list, err := s.store.Page(ctx, Filter{Unit: unit, Thing: thing}, page.Request{Limit: limit})
	return list.Items, err
}

// Relay copies the entries in at most limit outboxes into the log and empties
// them. It returns the number of entries. What stops it half-way is copied
// again, into the same lines.
func (s *Service) Relay(ctx context.Context, limit int) (int, error) {
	boxes, err := s.store.Boxes(ctx, limit)
	if err != nil || len(boxes) == 0 {
		return 0, err
	}
	var lines []Line
	for _, b := range boxes {
		for _, e := range b.Entries {
			lines = append(lines, newLine(e, s.ids))
		}
	}
	if err := s.store.Append(ctx, lines); err != nil {
		return 0, err
	}
	return len(lines), s.store.Empty(ctx, boxes)
}

// Seal chains unsealed lines: of at most limit units, at most limit lines of
// each. It returns the number of lines sealed. Where another sealer was first,
// it leaves that unit to it.
func (s *Service) Seal(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	units, err := s.store.UnsealedUnits(ctx, limit)
	if err != nil {
		return 0, err
	}
	sealed := 0
	for _, u := range units {
		n, err := s.sealUnit(ctx, u, now, limit)
		if err != nil && !errors.Is(err, record.ErrExists) {
			return sealed, err
		}
		sealed += n
	}
	return sealed, nil
}

func (s *Service) sealUnit(ctx context.Context, unit string, now calendar.Instant, limit int) (int, error) {
	last, err := s.store.LastBlock(ctx, unit)
	if err != nil && !errors.Is(err, record.ErrAbsent) {
		return 0, err
	}
	lines, err := s.store.Unsealed(ctx, unit, limit)
	if err != nil {
		return 0, err
	}
	fresh := notIn(last, lines)
	if len(fresh) < len(lines) {
		// The last sealer stopped between its block and the marks on its lines.
		if err := s.store.PutBlock(ctx, last); err != nil && !errors.Is(err, record.ErrExists) {
			return 0, err
		}
	}
	if len(fresh) == 0 {
		return 0, nil
	}
	if err := s.store.PutBlock(ctx, next(last, unit, now, fresh)); err != nil {
		return 0, err
	}
	return len(fresh), nil
}

// Purge removes at most limit lines that are older than Keep and Slack. Their
// hashes stay in the blocks.
func (s *Service) Purge(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	return s.store.Purge(ctx, int64(keptSince(now).Add(-Slack)), limit)
}
