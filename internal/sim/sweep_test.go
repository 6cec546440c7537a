package sim_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
)

// unharmed is how every rule ended for everybody, as the facts of the scene ask
// for: worked out by hand.
var unharmed = []string{
	"cancelled change hung: sent",
	"cancelled change lan: sent",
	"cancelled change leaver: suppressed opted_out",
	"cancelled confirmation hung: sent",
	"cancelled confirmation lan: sent",
	"cancelled confirmation leaver: sent",
	"cancelled reminder hung: suppressed cancelled",
	"cancelled reminder lan: suppressed cancelled",
	"cancelled reminder leaver: suppressed cancelled",
	"moved change again waiting: sent", // promoted first, then moved
	"moved change confirmer: sent",
	"moved change hung: sent",
	"moved change lan: sent",
	"moved change leaver: suppressed opted_out",
	"moved change silent: suppressed no_contact", // and never asked to agree to a visit
	"moved change waiting: sent",
	"moved confirmation confirmer: sent",
	"moved confirmation hung: sent",
	"moved confirmation lan: sent",
	"moved confirmation leaver: sent",
	"moved confirmation silent: suppressed no_contact",
	"moved confirmation waiting: sent",
	"moved pending confirmer: sent",
	"moved pending dreamer: sent",
	"moved reminder confirmer: sent",
	"moved reminder hung: sent",
	"moved reminder lan: sent",
	"moved reminder leaver: suppressed opted_out",
	"moved reminder silent: suppressed no_contact",
	"moved reminder waiting: sent",
	"moved short reminder confirmer: sent",
	"moved short reminder hung: sent",
	"moved short reminder lan: sent",
	"moved short reminder leaver: suppressed opted_out",
	"moved short reminder silent: suppressed no_contact",
	"moved short reminder waiting: sent",
	"moved survey confirmer: suppressed budget",
	"moved survey hung: suppressed not_registered", // counted by name: only who came is asked
	"moved survey lan: suppressed budget",
	"moved survey leaver: suppressed not_registered",
	"moved survey silent: suppressed not_registered",
	"moved survey waiting: suppressed not_registered",
	"restored change again child: sent",
	"restored change again lan: sent",
	"restored change again mother: sent",
	"restored change again waiting: sent",
	"restored change child: sent",
	"restored change lan: sent",
	"restored change mother: sent",
	"restored change waiting: sent",
	"restored confirmation child: sent",
	"restored confirmation lan: sent",
	"restored confirmation late: sent",
	"restored confirmation mother: sent",
	"restored confirmation waiting: sent",
	"restored reminder child: sent",
	"restored reminder lan: sent",
	"restored reminder late: expired in_confirmation",
	"restored reminder mother: sent",
	"restored reminder waiting: sent",
	"restored survey child: sent",
	"restored survey lan: suppressed budget",
	"restored survey late: sent",
	"restored survey mother: sent",
	"restored survey waiting: suppressed budget",
}

// lives gives each life of the scene a database of its own.
type lives struct {
	scene *scene
	// fresh prepares the database of the n-th life at the same time, 0 and up.
	fresh func(ctx context.Context, at int) (config.Config, error)
	// alongside is how many lives there may be at the same time.
	alongside int
}

// live plays the scene once behind the gate.
func (l *lives) live(ctx context.Context, at int, g *gate.Counter) (*world, oracle.History, error) {
	c, err := l.fresh(ctx, at)
	if err != nil {
		return nil, oracle.History{}, err
	}
	w := &world{scene: l.scene, config: c, clock: &clock{}, gate: g}
	h, err := w.live(ctx)
	return w, h, err
}

// point is one place for a fault.
type point struct {
	n    int
	side gate.Side
	call string
}

func (p point) String() string { return fmt.Sprintf("%s call %d (%s)", p.side, p.n, p.call) }

// unharmed plays the scene without a fault, holds it to the rules and the
// table, and returns it with every point at which a kill leaves something
// else. A kill before a call leaves what a kill after the write before it
// leaves, unless a tick lies between, and with it something that others did.
func (l *lives) unharmed(t *testing.T) (oracle.History, []point) {
	t.Helper()
	w, h, err := l.live(t.Context(), 0, &gate.Counter{Counts: gate.Writes})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range oracle.Check(h) {
		t.Error(v)
	}
	if diff := cmp.Diff(unharmed, ends(l.scene, h), cmp.Transformer("sorted", slices.Sorted[string])); diff != "" {
		t.Errorf("without a fault (-want +got):\n%s", diff)
	}
	if got, want := len(w.post.texts(addressOf(mother))), 5; got != want {
		t.Errorf("the household got %d mails, want %d: one for each rule", got, want)
	}
	var points []point
	for i, call := range w.gate.Calls() {
		if slices.Contains(w.begins, i) {
			points = append(points, point{i + 1, gate.Before, call})
		}
		points = append(points, point{i + 1, gate.After, call})
	}
	return h, points
}

// sweep lives the scene once for each point with the fault there, and holds
// each life to the rules and to the unharmed one. A nil fault kills.
func (l *lives) sweep(t *testing.T, want oracle.History, points []point, fault error) {
	t.Helper()
	queue := make(chan point)
	var all sync.WaitGroup
	for at := range l.alongside {
		all.Go(func() {
			for p := range queue {
				for _, wrong := range l.harmed(t.Context(), at, want, p, fault) {
					t.Errorf("fault %s: %s", p, wrong)
				}
			}
		})
	}
	for _, p := range points {
		queue <- p
	}
	close(queue)
	all.Wait()
	t.Logf("%d points", len(points))
}

// harmed is one life with a fault, and all that is wrong with it.
func (l *lives) harmed(ctx context.Context, at int, want oracle.History, p point, fault error) []string {
	w, h, err := l.live(ctx, at, &gate.Counter{At: p.n, Side: p.side, Err: fault, Counts: gate.Writes})
	if err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	if calls := w.gate.Calls(); !w.gate.Struck() || calls[p.n-1] != p.call {
		wrong = append(wrong, "the life went another way before the fault")
	}
	for _, v := range append(oracle.Check(h), oracle.Compare(want, h)...) {
		wrong = append(wrong, v.String())
	}
	return wrong
}

// TestSweep_Unharmed plays the scene without a fault.
func TestSweep_Unharmed(t *testing.T) {
	t.Parallel()
	onSQLite(t).unharmed(t)
}

// TestSweep kills the worker at points of the scene, or at every one.
func TestSweep(t *testing.T) {
	t.Parallel()
	l := onSQLite(t)
	want, points := l.unharmed(t)
	l.sweep(t, want, chosen(points, 30, len(points)), nil)
}

// TestSweep_Hiccup has a call fail once, refused or with its reply lost, while
// the worker lives on.
func TestSweep_Hiccup(t *testing.T) {
	t.Parallel()
	l := onSQLite(t)
	want, points := l.unharmed(t)
	points = messaging(points)
	for _, p := range slices.Clone(points) {
		points = append(points, point{p.n, gate.Before, p.call})
	}
	l.sweep(t, want, chosen(points, 20, 200), record.ErrAway)
}

// messaging leaves out the calls by which the process starts and by which jobs
// are claimed and ended.
func messaging(points []point) []point {
	started := slices.IndexFunc(points, func(p point) bool { return strings.HasPrefix(p.call, "Leases.") })
	return slices.DeleteFunc(slices.Clone(points[started:]), func(p point) bool { return p.call == "Jobs.SwapJob" })
}

// chosen are part of the points, for which there is time with every change. With
// SWEEP=all, as in `make sweep`, they are more; with SWEEP=quarter, as in .ci/run,
// a quarter of those, without the part that `make test` has taken before.
func chosen(points []point, part, more int) []point {
	few := spread(points, part)
	switch os.Getenv("SWEEP") {
	case "all":
		return spread(points, more)
	case "quarter":
		return slices.DeleteFunc(slices.Clone(spread(points, more/4)), func(p point) bool { return slices.Contains(few, p) })
	}
	return few
}

// spread chooses n points evenly, or all where there are fewer.
func spread(points []point, n int) []point {
	if len(points) <= n {
		return points
	}
	chosen := make([]point, n)
	for i := range chosen {
		chosen[i] = points[i*len(points)/n]
	}
	return chosen
}

// onSQLite gives each life a copy of one prepared file.
func onSQLite(t *testing.T) *lives {
	t.Helper()
	s, from := prepare(t, configOf(t.TempDir()))
	data, err := os.ReadFile(filepath.Join(from.DataDir, "sunday.db"))
	if err != nil {
		t.Fatal(err)
	}
	alongside := runtime.GOMAXPROCS(0)
	dirs := make([]string, alongside)
	for i := range dirs {
		dirs[i] = t.TempDir()
	}
	fresh := func(_ context.Context, at int) (config.Config, error) {
		file := filepath.Join(dirs[at], "sunday.db")
		for _, side := range []string{"-wal", "-shm"} {
			if err := os.Remove(file + side); err != nil && !errors.Is(err, os.ErrNotExist) {
				return config.Config{}, err
			}
		}
		return configOf(dirs[at]), os.WriteFile(file, data, 0o600)
	}
	return &lives{scene: s, fresh: fresh, alongside: alongside}
}

// ends are the final states by names, sorted.
func ends(s *scene, h oracle.History) []string {
	rules := map[string]string{}
	for _, f := range h.Facts {
		for _, r := range f.Reminders {
			rules[r.ID] = "reminder"
			if r.MinutesBefore > 0 {
				rules[r.ID] = "short reminder"
			}
		}
	}
	var lines []string
	for _, r := range h.Rows {
		words := []string{nameOf(s.events, r.Occurrence), r.Rule}
		if name := rules[r.Rule]; name != "" {
			words[1] = name
		}
		if r.Round > 0 {
			words = append(words, "again")
		}
		who := nameOf(s.people, strings.TrimPrefix(r.Recipient, "resident:"))
		words = append(words, who+":", string(r.State), string(r.Reason))
		lines = append(lines, strings.TrimSpace(strings.Join(words, " ")))
	}
	slices.Sort(lines)
	return lines
}
