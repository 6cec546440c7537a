package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

func main() {
	var o options
	flag.IntVar(&o.seeds, "seeds", 400, "seeds that a mutant has to survive to be a failure; 0 only builds them")
	flag.StringVar(&o.only, "only", "", "only mutants whose rule and name match this regular expression")
	flag.BoolVar(&o.write, "write", false, "write the seeds that noticed into "+tableFile)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

type options struct {
	seeds int
	only  string
	write bool
}

// run tries the chosen mutants, each first with the seed of the table.
func run(ctx context.Context, out io.Writer, o options) (err error) {
	chosen, err := regexp.Compile(o.only)
	if err != nil {
		return err
	}
	table, err := os.ReadFile(tableFile)
	if err != nil {
		return err
	}
	l, err := newLab(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	if err := l.build(ctx); err != nil || o.seeds == 0 {
		return err
	}
	t := &trial{lab: l, options: o, table: string(table), out: out, clean: map[uint64]func() error{}, found: map[string]uint64{}}
	var some []mutant
	for _, m := range mutants {
		same := func(o mutant) bool { return o.id() == m.id() }
		if chosen.MatchString(m.id()) && !slices.ContainsFunc(some, same) {
			some = append(some, m)
		}
	}
	if err := t.all(ctx, some); err != nil {
		return err
	}
	if o.write {
		if err := note(t.found); err != nil {
			return err
		}
	}
	return t.verdict()
}

// trial is what became of the mutants so far.
type trial struct {
	lab *lab
	options

	table string

	mu  sync.Mutex
	out io.Writer
	// clean lives a seed without a mutant, once.
	clean map[uint64]func() error
	found map[string]uint64
	// survived were noticed by no seed, moved by another than the table says;
	// unfit have proved nothing.
	survived, moved, unfit int
}

// all tries mutants with the seeds of the table, side by side; then those that
// these do not notice with a few others, and with more and more: seeds of one
// mutant are lived side by side.
func (t *trial) all(ctx context.Context, some []mutant) error {
	if _, err := fmt.Fprintf(t.out, "%-4s %-58s %6s  %s\n", "rule", "mutant", "seed", "says"); err != nil {
		return err
	}
	left, err := t.known(ctx, some)
	for from, n := 1, fewSeeds; err == nil && len(left) > 0; from, n = from+n, n*4 {
		n = min(n, t.seeds-from+1)
		last := from+n > t.seeds
		left, err = t.search(ctx, left, from, n, last)
	}
	return err
}

// fewSeeds are those that each mutant meets before any meets more.
const fewSeeds = 8

// known gives the mutants that the seeds of the table do not notice.
func (t *trial) known(ctx context.Context, some []mutant) (left []mutant, err error) {
	missed := make([]bool, len(some))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range some {
		g.Go(func() error {
			seed, _ := m.seedOf(t.table)
			if seed != 0 {
				f, err := t.noticed(ctx, m, seed, 1)
				if err != nil || f.seed != 0 {
					return t.tell(ctx, m, f, err)
				}
			}
			missed[i] = true
			return nil
		})
	}
	err = g.Wait()
	for i, m := range some {
		if missed[i] {
			left = append(left, m)
		}
	}
	return left, err
}

// search gives the mutants that n further seeds do not notice either. What the
// last ones do not notice has survived.
func (t *trial) search(ctx context.Context, some []mutant, from, n int, last bool) (left []mutant, err error) {
	for _, m := range some {
		f, err := t.noticed(ctx, m, uint64(from), n)
		if f.ends || err != nil || f.seed != 0 || last {
			if err := t.tell(ctx, m, f, err); err != nil {
				return nil, err
			}
			continue
		}
		left = append(left, m)
	}
	return left, nil
}

// noticed lives seeds until one notices the mutant, and not the program as it is.
func (t *trial) noticed(ctx context.Context, m mutant, first uint64, n int) (finding, error) {
	f, err := t.lab.live(ctx, m.id(), first, n)
	if err != nil || f.seed == 0 {
		return f, err
	}
	return f, t.whole(ctx, f.seed)
}

// whole lives a seed without any mutant, once.
func (t *trial) whole(ctx context.Context, seed uint64) error {
	t.mu.Lock()
	clean := t.clean[seed]
	if clean == nil {
		clean = sync.OnceValue(func() error {
			f, err := t.lab.live(ctx, "", seed, 1)
			if err == nil && f.seed != 0 {
				err = fmt.Errorf("the program as it is %s with seed %d", f.says, seed)
			}
			return err
		})
		t.clean[seed] = clean
	}
	t.mu.Unlock()
	return clean()
}

// tell prints and counts what became of a mutant. One whose program fails
// without breaking a rule keeps none of the others from being tried.
func (t *trial) tell(ctx context.Context, m mutant, f finding, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	seed := fmt.Sprint(f.seed)
	switch before, _ := m.seedOf(t.table); {
	case err != nil:
		t.unfit++
		seed, f.says = "unfit", err.Error()
	case f.seed == 0:
		t.survived++
		seed = "none"
	case f.seed != before:
		t.moved++
		f.says += fmt.Sprintf(", and %s says %d", tableFile, before)
		fallthrough
	default:
		t.found[m.id()] = f.seed
	}
	_, err = fmt.Fprintf(t.out, "%-4s %-58s %6s  %s\n", m.rule, m.name, seed, f.says)
	return err
}

func (t *trial) verdict() error {
	var errs []error
	if t.survived > 0 {
		errs = append(errs, fmt.Errorf("%d mutants survived", t.survived))
	}
	if t.unfit > 0 {
		errs = append(errs, fmt.Errorf("%d mutants have proved nothing", t.unfit))
	}
	if t.moved > 0 && !t.write {
		errs = append(errs, fmt.Errorf("%d mutants are noticed by another seed than %s says: write it down with -write", t.moved, tableFile))
	}
	return errors.Join(errs...)
}
