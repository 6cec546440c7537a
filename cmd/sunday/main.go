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

// usageError is a command line that makes no sense.
type usageError struct{ error }

// run executes one command line and returns the exit code.
func run(ctx context.Context, args, environ []string, out, errOut io.Writer) int {
	root := newRoot(&program{environ: environ, out: out, errOut: errOut})
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil || errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitOK
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(errOut, "sunday: %v\nSee 'sunday --help'.\n", err)
		return exitUsage
	}
	_, _ = fmt.Fprintf(errOut, "sunday: %s\n", app.Say(err))
	return exitError
}
