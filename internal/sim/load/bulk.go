package load

import (
	"context"
	"fmt"
)

// BulkReport is the most that the store's driver makes of the same writes by
// itself: nothing is read, decided or sent in between.
type BulkReport struct {
	// PerSecond counts messages, each with the two writes that it has in the
	// ledger: the change of its mark and that of its result.
	PerSecond float64 `json:"per_second"`
	// Batch is how many writes went into a command of the fastest try at most,
	// Writers how many wrote at once.
	Batch   int `json:"batch"`
	Writers int `json:"writers"`
}

// bulkTry is one way of writing.
type bulkTry struct{ batch, writers int }

// bulkTries are the ways that are tried, each with its own share of the rows.
func bulkTries() []bulkTry {
	return []bulkTry{{100, 1}, {100, 2}, {100, 4}, {1000, 1}, {1000, 2}, {1000, 4}}
}

// compareBulk measures the driver's bulk of the writes of the run before. Only
// MongoDB has one: on SQLite the writer itself is all there is.
func (s *sending) compareBulk(ctx context.Context, r SendReport) (SendReport, error) {
	if s.bench.opt.MongoURI == "" {
		return r, nil
	}
	occurrences := make([]string, len(s.events))
	for i, e := range s.events {
		occurrences[i] = e.ID
	}
	best, err := s.bulkMongo(ctx, occurrences, s.opt.Messages)
	if err != nil {
		return r, fmt.Errorf("bulk alone: %w", err)
	}
	r.Bulk, r.BulkShare = &best, r.PerSecond/best.PerSecond
	return r, nil
}
