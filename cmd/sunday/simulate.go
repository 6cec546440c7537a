package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/sim/weeks"
)

// shrinkMost bounds how many lives are lived to shorten a history.
const shrinkMost = 150

// garbage is how far the heap may grow between two collections, in percent of
// what lives: little does, as each life is small and thrown away.
const garbage = 400

// simulateFlags choose what is simulated, and how it is told.
type simulateFlags struct {
	weeks, units, seeds int
	seed                uint64
	faults, store       string
	until, json         bool
	history             string
}

func (p *program) simulate() *cobra.Command {
	var f simulateFlags
	c := &cobra.Command{
		Use: "simulate", Short: "Live weeks of made-up Sundays with faults, and hold every message to the rules", Args: exactly(0),
		Long:    "Lives weeks of made-up Sundays in seconds, on a database of its own that is thrown\naway: the real services, stores, planner and dispatcher on a simulated clock, with\nseeded faults. Every row is held to the rules L1 to L12. A seed that breaks one is\nnamed, with the shortest history of it that was found, and the exit code is 1. The\nsame seed tells the same history on both stores.\n\nFaults:\n" + faultList(),
		Example: "  sunday simulate --weeks 2 --units 2 --seeds 50\n  sunday simulate --seed 17 --history seed-17.txt",
		RunE:    func(c *cobra.Command, _ []string) error { return p.runSimulate(c.Context(), f) },
	}
	c.Flags().IntVar(&f.weeks, "weeks", 2, "weeks to live, 1 to 52")
	c.Flags().IntVar(&f.units, "units", 2, "communes that hold Sundays, 1 to 100")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "the first seed")
	c.Flags().IntVar(&f.seeds, "seeds", 1, "how many seeds to live, from the first on")
	c.Flags().StringVar(&f.faults, "faults", "all", "faults, as kill,smtp-421; all or none")
	c.Flags().StringVar(&f.store, "store", "sqlite", "sqlite, or mongodb on the server of SUNDAY_MONGODB_URI")
	c.Flags().BoolVar(&f.until, "until-violation", false, "stop at the first seed that breaks a rule, and print 'seed S violates L...'")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
	c.Flags().StringVar(&f.history, "history", "", "file to write the histories to")
	return c
}

func faultList() string {
	var b strings.Builder
	for _, f := range weeks.Faults() {
		fmt.Fprintf(&b, "  %-16s %s\n", f.Name, f.Means)
	}
	return b.String()
}

// options checks the flags.
func (p *program) simulateOptions(f simulateFlags) (weeks.Options, error) {
	o := weeks.Options{Weeks: f.weeks, Units: f.units}
	if f.weeks < 1 || f.weeks > 52 || f.units < 1 || f.units > 100 || f.seeds < 1 {
		return o, usageError{errors.New("--weeks is from 1 to 52, --units from 1 to 100, --seeds at least 1")}
	}
	var err error
	if o.Faults, err = weeks.ParseFaults(f.faults); err != nil {
		return o, usageError{err}
	}
	switch f.store {
	case "sqlite":
	case "mongodb":
		if o.MongoURI, err = p.scratchServer(); err != nil {
			return o, err
		}
		if o.MongoURI == "" {
			return o, usageError{errors.New("--store mongodb needs SUNDAY_MONGODB_URI, a server on which databases may be made and dropped")}
		}
	default:
		return o, usageError{fmt.Errorf("--store is sqlite or mongodb, not %q", f.store)}
	}
	return o, nil
}

func (p *program) runSimulate(ctx context.Context, f simulateFlags) error {
	o, err := p.simulateOptions(f)
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	s := &simulation{flags: f, opt: o, Faults: map[string]int{}, Rows: map[string]int{}}
	if err := s.open(); err != nil {
		return err
	}
	bar := p.bar(f.seeds, "seeds", f.json)
	err = weeks.Many(ctx, o, f.seed, f.seeds, runtime.GOMAXPROCS(0), func(r weeks.Result) bool {
		_ = bar.Add(1) // a bar that cannot be drawn is no reason to stop
		s.add(r)
		return !f.until || len(s.Broken) == 0
	})
	_ = bar.Finish()
	if err != nil {
		return err
	}
	if err := s.write(); err != nil {
		return err
	}
	return s.tell(ctx, p)
}

// bar draws on a terminal, and nowhere else.
func (p *program) bar(n int, of string, quiet bool) *progressbar.ProgressBar {
	terminal, ok := p.errOut.(*os.File)
	if ok {
		info, err := terminal.Stat()
		ok = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if !ok || quiet {
		return progressbar.DefaultSilent(int64(n))
	}
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(terminal), progressbar.OptionShowCount(),
		progressbar.OptionSetDescription(of), progressbar.OptionClearOnFinish())
}

// simulation sums many lives up.
type simulation struct {
	flags simulateFlags
	opt   weeks.Options
	kept  []weeks.Result
	// history is nil where none is asked for.
	history *os.File

	Seeds      int            `json:"seeds"`
	Faults     map[string]int `json:"faults"`
	Rows       map[string]int `json:"rows"`
	HandOvers  int            `json:"hand_overs"`
	Duplicates int            `json:"duplicates"`
	Broken     []weeks.Result `json:"broken,omitempty"`
}

func (s *simulation) add(r weeks.Result) {
	s.Seeds++
	s.HandOvers += r.HandOvers
	s.Duplicates += r.Duplicates
	for name, n := range r.Struck {
		s.Faults[name] += n
	}
	for end, n := range r.Ends {
		s.Rows[end] += n
	}
	if len(r.Violations) > 0 {
		s.Broken = append(s.Broken, r)
	}
	if s.flags.history != "" {
		s.kept = append(s.kept, r)
	}
}

// open makes the file of the histories before the first life: hours of them
// would be lost to a folder that is not there.
func (s *simulation) open() (err error) {
	if s.flags.history == "" {
		return nil
	}
	if s.history, err = os.Create(s.flags.history); err != nil {
		return fmt.Errorf("the history cannot be written: %w", err)
	}
	return nil
}

// write writes the histories in the order of their seeds.
func (s *simulation) write() (err error) {
	if s.history == nil {
		return nil
	}
	slices.SortFunc(s.kept, func(a, b weeks.Result) int { return cmp.Compare(a.Seed, b.Seed) })
	defer func() { err = errors.Join(err, s.history.Close()) }()
	w := bufio.NewWriter(s.history)
	for _, r := range s.kept {
		for _, line := range r.History {
			if _, err := fmt.Fprintf(w, "%d %s\n", r.Seed, line); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

// errBroken ends the command with exit code 1.
var errBroken = errors.New("a rule of the ledger is broken; see above")

// tell prints the sum, and the shortest history of a seed that broke a rule.
func (s *simulation) tell(ctx context.Context, p *program) error {
	slices.SortFunc(s.Broken, func(a, b weeks.Result) int { return cmp.Compare(a.Seed, b.Seed) })
	if s.flags.json {
		if err := json.NewEncoder(p.out).Encode(s); err != nil {
			return err
		}
		return s.verdict()
	}
	var b strings.Builder
	for _, r := range s.Broken {
		for _, v := range r.Violations {
			fmt.Fprintf(&b, "seed %d violates %s\n", r.Seed, v)
		}
	}
	if len(s.Broken) > 0 && !s.flags.until {
		if err := s.shortest(ctx, &b, s.Broken[0].Seed); err != nil {
			return err
		}
	}
	fmt.Fprintf(&b, "%d seeds: %d rows, %d hand-overs, %d of them duplicates\n", s.Seeds, total(s.Rows), s.HandOvers, s.Duplicates)
	list(&b, "rows", s.Rows)
	list(&b, "faults", s.Faults)
	if _, err := fmt.Fprint(p.out, b.String()); err != nil {
		return err
	}
	return s.verdict()
}

func (s *simulation) verdict() error {
	if len(s.Broken) > 0 {
		return errBroken
	}
	return nil
}

// shortest adds the shortest history in which the seed breaks the rule, and
// the command that lives it again.
func (s *simulation) shortest(ctx context.Context, b *strings.Builder, seed uint64) (err error) {
	lane, err := weeks.NewLane(ctx, s.opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lane.Close(context.WithoutCancel(ctx))) }()
	r, err := lane.Shrink(ctx, seed, shrinkMost)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "\nThe shortest history that was found for seed %d:\n", seed)
	for _, line := range r.History {
		fmt.Fprintln(b, " ", line)
	}
	for _, v := range r.Violations {
		fmt.Fprintln(b, "  violates", v)
	}
	fmt.Fprintf(b, "\nRepeat it: sunday simulate --seed %d --weeks %d --units %d --faults %s --store %s\n\n",
		seed, s.flags.weeks, s.flags.units, s.flags.faults, s.flags.store)
	return nil
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

func list(b *strings.Builder, title string, counts map[string]int) {
	if len(counts) == 0 {
		return
	}
	fmt.Fprintf(b, "%s\n", title)
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(b, "  %-28s %7d\n", name, counts[name])
	}
}
