package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// What is kept until it is entered: so many results that of fifty connections
// each has come to the end of its mark, and then those of a few marks at once.
const (
	resultsMost  = 2048
	marksAtATime = 4
)

const (
	keepResults   = "INSERT INTO ledger_results (id, ends) VALUES (?, ?)"
	keptResults   = "SELECT ends FROM ledger_results ORDER BY id"
	anyKept       = "SELECT 1 FROM ledger_results LIMIT 1"
	dropResults   = "DELETE FROM ledger_results WHERE id IN (SELECT value FROM json_each(?))"
	dropAllOfThem = "DELETE FROM ledger_results"
)

// results are those that are durable in a table of their own and not in their
// rows yet. A commit has results of many marks, one of each, whose rows are all
// on different pages; the rows of a mark stand side by side. So they are kept by
// commits and entered by marks. Everything that reads or changes rows has them
// entered before, but for what looks for planned rows: see Store.entered,
// Store.writeRows, and Mark.
//
// It is the writer's alone, and is no more than what this process knows of the
// table: results of others, who have the file open too, are entered with all.
type results struct {
	next int64 // id of the next entry; each process begins somewhere else
	// marks are by when their first result was kept, by their batches.
	marks   []*markResults
	ofBatch map[string]*markResults
	n       int // results in marks
	// lost says that the table may have other entries of this process than marks;
	// touched, that the transaction that runs would make it so if it were undone.
	lost, touched bool
}

// markResults are the results of a mark that are not entered, in their order.
type markResults struct {
	ends    []ending
	entries []*entry // where each is kept
}

// entry is one row of the table.
type entry struct {
	id   int64
	left int // results that are not entered
}

func newResults() *results {
	first := binary.BigEndian.Uint32(id.Random().Nonce(4)) >> 1
	return &results{next: int64(first) << 32, ofBatch: map[string]*markResults{}}
}

// keep makes results durable with the commit that runs.
func (r *results) keep(s *session, ends []ending) error {
	if len(ends) == 0 {
		return nil
	}
	e := &entry{id: r.next, left: len(ends)}
	r.next++
	r.touched = true
	if _, err := s.exec(keepResults, e.id, jsonText(keptOf(ends))); err != nil {
		return err
	}
	if r.lost {
		return nil
	}
	for _, end := range ends {
		m := r.ofBatch[end.Batch]
		if m == nil {
			m = &markResults{}
			r.ofBatch[end.Batch] = m
			r.marks = append(r.marks, m)
		}
		m.ends, m.entries = append(m.ends, end), append(m.entries, e)
	}
	r.n += len(ends)
	return nil
}

// enough reports whether some are to be entered by now.
func (r *results) enough() bool { return r.lost || r.n > resultsMost }

// enterSome enters the results of the marks that have waited longest, and all
// where it is not known which there are.
func (r *results) enterSome(s *session) error {
	if r.lost {
		return r.enterAll(s)
	}
	return r.enterOldest(s)
}

// enterOldest enters the results of the marks that have waited longest: of a few
// at once, and of more where marks are small, until no more are kept than may be.
func (r *results) enterOldest(s *session) error {
	r.touched = true
	many, left := 0, r.n
	for many < len(r.marks) && (many < marksAtATime || left > resultsMost) {
		left -= len(r.marks[many].ends)
		many++
	}
	oldest := r.marks[:many]
	r.marks = r.marks[many:]
	var ends []ending
	var done []int64
	for _, m := range oldest {
		delete(r.ofBatch, m.ends[0].Batch)
		ends = append(ends, m.ends...)
		for _, e := range m.entries {
			if e.left--; e.left == 0 {
				done = append(done, e.id)
			}
		}
	}
	r.n -= len(ends)
	if err := settle(s, ends); err != nil || len(done) == 0 {
		return err
	}
	_, err := s.exec(dropResults, jsonText(done))
	return err
}

// enterAll enters everything that any process kept.
func (r *results) enterAll(s *session) error {
	var ends []ending
	err := s.query(func(rows *sql.Rows) error {
		text, err := column[[]byte](rows)
		if err != nil {
			return err
		}
		var kept []keptResult
		err = json.Unmarshal(text, &kept)
		for _, k := range kept {
			ends = append(ends, k.ending())
		}
		return err
	}, keptResults)
	if err != nil {
		return err
	}
	if r.n > 0 || r.lost {
		*r = results{next: r.next, ofBatch: map[string]*markResults{}, touched: true}
	}
	if len(ends) == 0 {
		return nil
	}
	if err := settle(s, ends); err != nil {
		return err
	}
	_, err = s.exec(dropAllOfThem)
	return err
}

// undone is told that the transaction was: what is known of the table is wrong if
// it had a part in it.
func (r *results) undone() {
	if r.touched {
		*r = results{next: r.next, ofBatch: map[string]*markResults{}, lost: true}
	}
}

// keeps reports whether there may be a result of a row. Those of a batch are all
// of the process that marked it.
func (r *results) keeps(batch, id string) bool {
	m := r.ofBatch[batch]
	return r.lost || m != nil && slices.ContainsFunc(m.ends, func(e ending) bool { return e.ID == id })
}

// keptResult is an ending as it is kept.
type keptResult struct {
	ID     string               `json:"i"`
	Batch  string               `json:"b"`
	State  notifications.State  `json:"s"`
	Reason notifications.Reason `json:"r,omitempty"`
	Error  string               `json:"e,omitempty"`
	At     notifications.Millis `json:"t"`
	Part   int                  `json:"p"`
}

func keptOf(ends []ending) []keptResult {
	kept := make([]keptResult, len(ends))
	for i, e := range ends {
		kept[i] = keptResult{e.ID, e.Batch, e.State, e.Reason, e.Error, e.At, e.part}
	}
	return kept
}

func (k keptResult) ending() ending {
	return ending{notifications.Result{ID: k.ID, Batch: k.Batch, State: k.State, Reason: k.Reason, Error: k.Error, At: k.At}, k.Part}
}

// entered has every result that is durable by now entered into its row, so that
// what is read next says how it is. That takes the write lock, if there are any.
func (s *Store) entered(ctx context.Context) error {
	found, err := list(ctx, s, column[int], anyKept)
	if err != nil || len(found) == 0 {
		return err
	}
	return s.do(ctx, &op{run: s.writer.results.enterAll, soon: s.writer.full, done: make(chan error, 1)})
}

// enteredForPeople is entered for those who look on: where nothing can be written
// they see what there is, and what was answered last as still on its way.
func (s *Store) enteredForPeople(ctx context.Context) error {
	err := s.entered(ctx)
	if errors.Is(err, record.ErrAway) && ctx.Err() == nil {
		return nil
	}
	return err
}

// writeRows is write for what changes rows by what they say.
func (s *Store) writeRows(ctx context.Context, run func(*session) error) error {
	return s.write(ctx, func(own *session) error {
		if err := s.writer.results.enterAll(own); err != nil {
			return err
		}
		return run(own)
	})
}
