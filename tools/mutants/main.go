package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func main() {
	seeds := flag.Int("seeds", 400, "seeds that a mutant has to survive to be a failure; 0 only builds each")
	only := flag.String("only", "", "only mutants whose rule and name match this regular expression")
	whole := flag.Bool("whole", true, "first hold the program as it is to the rules; false where make simulate just did")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, *seeds, *only, *whole)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// run tries the program as it is, and then every mutant.
func run(ctx context.Context, out io.Writer, seeds int, only string, whole bool) (err error) {
	chosen, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sunday-mutants-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	l := &lab{dir: dir, root: root, seeds: seeds}
	if err := l.copy(ctx); err != nil {
		return err
	}
	if whole {
		if found, err := l.try(ctx); err != nil || found.rule != "" {
			return errors.Join(err, wrong(found))
		}
	}
	if _, err := fmt.Fprintf(out, "%-4s %-52s %6s  %s\n", "rule", "mutant", "seed", "violates"); err != nil {
		return err
	}
	return l.all(ctx, out, chosen)
}

// all tries the chosen mutants, one at a time. One that does not build, or
// whose program fails without breaking a rule, has proved nothing, and keeps
// none of the others from being tried.
func (l *lab) all(ctx context.Context, out io.Writer, chosen *regexp.Regexp) error {
	survived, unfit := 0, 0
	for _, m := range mutants {
		if !chosen.MatchString(m.rule + " " + m.name) {
			continue
		}
		found, err := l.with(ctx, m)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			unfit++
			found = finding{seed: "unfit", rule: err.Error()}
		case l.seeds == 0:
			found = finding{seed: "-", rule: "builds"}
		case found.seed == "":
			survived++
			found.seed = "none"
			if found.rule == "" {
				found.rule = "nothing in " + strconv.Itoa(l.seeds) + " seeds"
			}
		}
		if _, err := fmt.Fprintf(out, "%-4s %-52s %6s  %s\n", m.rule, m.name, found.seed, found.rule); err != nil {
			return err
		}
	}
	return verdict(survived, unfit)
}

func verdict(survived, unfit int) error {
	var errs []error
	if survived > 0 {
		errs = append(errs, fmt.Errorf("%d mutants survived", survived))
	}
	if unfit > 0 {
		errs = append(errs, fmt.Errorf("%d mutants do not apply, build or run", unfit))
	}
	return errors.Join(errs...)
}

func wrong(f finding) error {
	if f.rule == "" {
		return nil
	}
	return fmt.Errorf("the program as it is violates %s with seed %s", f.rule, f.seed)
}

// finding is the first seed that noticed, empty if none did.
type finding struct{ seed, rule string }

// lab is a copy of the checkout to break.
type lab struct {
	dir   string
	root  *os.Root
	seeds int
}

// copy takes every file that git knows or would.
func (l *lab) copy(ctx context.Context) error {
	list, err := exec.CommandContext(ctx, "git", "ls-files", "-co", "--exclude-standard", "-z").Output()
	if err != nil {
		return fmt.Errorf("list the checkout: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		data, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			return err
		}
		if err := l.root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return err
		}
		if err := l.root.WriteFile(name, data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// with tries the program with one mutant in it.
func (l *lab) with(ctx context.Context, m mutant) (found finding, err error) {
	file := filepath.FromSlash(m.file)
	whole, err := l.root.ReadFile(file)
	if err != nil {
		return found, err
	}
	broken, err := m.apply(string(whole))
	if err != nil {
		return found, err
	}
	if err := l.root.WriteFile(file, []byte(broken), 0o600); err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, l.root.WriteFile(file, whole, 0o600)) }()
	return l.try(ctx)
}

var violation = regexp.MustCompile(`(?m)^seed (\d+) violates (L\d+)`)

// lasts bounds the seeds of one build: a mutant may make the program go on for
// ever, and one that does has not been noticed.
const lasts = 10 * time.Minute

// try builds the copy and lives seeds until one notices something.
func (l *lab) try(ctx context.Context) (finding, error) {
	binary := filepath.Join(l.dir, "sunday-mutant")
	// without paths what one run built serves the next, and without symbols it links sooner
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./cmd/sunday") //nolint:gosec // our own copy
	build.Dir = l.dir
	if text, err := build.CombinedOutput(); err != nil {
		return finding{}, fmt.Errorf("build: %w\n%s", err, text)
	}
	if l.seeds == 0 {
		return finding{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lasts)
	defer cancel()
	sim := exec.CommandContext(ctx, binary, "simulate", "--seeds", strconv.Itoa(l.seeds), "--until-violation") //nolint:gosec // just built
	sim.Dir = l.dir
	var said, complained bytes.Buffer
	sim.Stdout, sim.Stderr = &said, &complained
	err := sim.Run()
	if m := violation.FindStringSubmatch(said.String()); m != nil {
		return finding{m[1], m[2]}, nil
	}
	if ctx.Err() != nil {
		return finding{rule: fmt.Sprintf("nothing, and has not ended after %v", lasts)}, nil
	}
	if err != nil {
		return finding{}, fmt.Errorf("simulate: %w\n%s%s", err, said.String(), complained.String())
	}
	return finding{}, nil
}

// mutant is one way to break the program.
type mutant struct {
	rule, name string
	file       string
	// was stands in the file once, and is becomes.
	was, becomes string
}

// apply breaks a file's text. What the mutant was written for may have moved.
func (m mutant) apply(text string) (string, error) {
	if n := strings.Count(text, m.was); n != 1 {
		return "", fmt.Errorf("the text to change stands %d times in %s, want once", n, m.file)
	}
	return strings.Replace(text, m.was, m.becomes, 1), nil
}
