package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

// version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// usageError is a command line that is wrong whatever is in the database.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage is a usageError of what a check found, nil of nothing.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args, environ []string, out, errOut io.Writer) int {
	root := newRoot(&program{environ: environ, out: out, errOut: errOut})
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	called, err := root.ExecuteContextC(ctx)
	var usage usageError
	switch {
	case err == nil || errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitOK
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(errOut, "sunday: %s\nSee '%s --help'.\n", app.Say(err), called.CommandPath())
		return exitUsage
	}
	_, _ = fmt.Fprintf(errOut, "sunday: %s\n", app.Say(err))
	return exitError
}
