package sim_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
)

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// witness looks from another connection whether the file changed in a call.
type witness struct {
	*gate.Counter

	db     *sql.DB
	before int
	kept   bool
	err    error
}

func (w *witness) version() int { return w.ask("PRAGMA data_version") }

// keeps reports whether there are results that are not in their rows yet. A read
// enters them, which changes the file and nothing that it says.
func (w *witness) keeps() bool { return w.ask("SELECT count(*) FROM ledger_results") > 0 }

func (w *witness) ask(text string) int {
	var v int
	if err := w.db.QueryRow(text).Scan(&v); err != nil && w.err == nil {
		w.err = err
	}
	return v
}

func (w *witness) Before(call string) error {
	w.before, w.kept = w.version(), w.keeps()
	return w.Counter.Before(call)
}

func (w *witness) After(call string) error {
	entered := w.kept && !w.keeps()
	if !gate.Writes(call) && !entered && w.version() != w.before && w.err == nil {
		w.err = fmt.Errorf("%s is listed as a read, and wrote", call)
	}
	return w.Counter.After(call)
}

// TestReads holds the list of calls at which no kill is tried to what it says:
// none of them changes the file.
func TestReads(t *testing.T) {
	t.Parallel()
	l := onSQLite(t)
	c, err := l.fresh(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(c.DataDir, "sunday.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	counter := &gate.Counter{}
	g := &witness{Counter: counter, db: db}
	w := &world{scene: l.scene, config: c, clock: &clock{}, gate: counter, before: g}
	if _, err := w.live(t.Context()); err != nil {
		t.Fatal(err)
	}
	if g.err != nil {
		t.Error(g.err)
	}
	reads := 0
	for _, call := range counter.Calls() {
		if !gate.Writes(call) {
			reads++
		}
	}
	if reads < 100 {
		t.Errorf("only %d reads were looked at", reads)
	}
}
