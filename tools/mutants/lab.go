package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// finding is the seed that noticed, 0 if none did, and the rule that it saw
// broken, or what else became of it.
type finding struct {
	seed uint64
	says string
	// ends says that it makes no sense to try others.
	ends bool
}

// lab is a copy of the checkout to break.
type lab struct {
	dir  string
	root *os.Root
}

// newLab copies every file that git knows or would, and lays the mutants in.
func newLab(ctx context.Context) (_ *lab, err error) {
	dir, err := os.MkdirTemp("", "sunday-mutants-")
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	l := &lab{dir: dir, root: root}
	if err := errors.Join(l.copy(ctx), l.arm()); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *lab) close() error { return errors.Join(l.root.Close(), os.RemoveAll(l.dir)) }

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
		if err := l.write(name, data); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) write(name string, data []byte) error {
	if err := l.root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return l.root.WriteFile(name, data, 0o600)
}

// arm lays all mutants asleep into the copy.
func (l *lab) arm() error {
	of := map[string][]mutant{}
	for _, m := range mutants {
		of[m.file] = append(of[m.file], m)
	}
	var errs []error
	for file, some := range of {
		whole, err := l.root.ReadFile(filepath.FromSlash(file))
		if err != nil {
			return err
		}
		armed, err := arm(file, string(whole), some)
		if err == nil {
			err = l.write(filepath.FromSlash(file), []byte(armed))
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, l.write(filepath.FromSlash(armedFile), []byte(armedText)))...)
}

func (l *lab) binary() string { return filepath.Join(l.dir, "sunday-mutant") }

// build builds the copy. Without paths what one run built serves the next, and
// without symbols it links sooner.
func (l *lab) build(ctx context.Context) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", l.binary(), "./cmd/sunday") //nolint:gosec // our own copy
	build.Dir = l.dir
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("a mutant does not build: %w\n%s", err, text)
	}
	return nil
}

var violation = regexp.MustCompile(`(?m)^seed (\d+) violates (L\d+)`)

// lasts bounds the seeds of one mutant: it may make the program go on for ever,
// and one that does has not been noticed.
const lasts = 10 * time.Minute

// live lives n seeds from the first on, until one notices something, with the
// mutant awake; with none where it is empty.
func (l *lab) live(ctx context.Context, mutant string, first uint64, n int) (finding, error) {
	ctx, cancel := context.WithTimeout(ctx, lasts)
	defer cancel()
	sim := exec.CommandContext(ctx, l.binary(), "simulate", "--until-violation", //nolint:gosec // just built
		"--seed", strconv.FormatUint(first, 10), "--seeds", strconv.Itoa(n))
	sim.Dir = l.dir
	sim.Env = append(os.Environ(), envMutant+"="+mutant)
	var said, complained bytes.Buffer
	sim.Stdout, sim.Stderr = &said, &complained
	err := sim.Run()
	if m := violation.FindStringSubmatch(said.String()); m != nil {
		seed, err := strconv.ParseUint(m[1], 10, 64)
		return finding{seed: seed, says: "violates " + m[2]}, err
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return finding{says: fmt.Sprintf("nothing, and has not ended after %v", lasts), ends: true}, nil
	case ctx.Err() != nil:
		return finding{}, ctx.Err()
	case err != nil:
		return finding{}, fmt.Errorf("simulate: %w\n%s%s", err, said.String(), complained.String())
	}
	return finding{says: "nothing up to " + strconv.FormatUint(first+uint64(n)-1, 10)}, nil
}
