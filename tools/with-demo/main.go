package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/sim/demo"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "with-demo: name the command to run")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(max(1, exit.ExitCode()))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "with-demo:", err)
		os.Exit(1)
	}
}

// The size of the sample: the shown commune has all that there is.
const units, residents = 1, 60

// begin is Monday noon in Vietnam, whenever the command runs: what is due by day
// is due, and each run finds the same.
var begin = time.Date(2026, 11, 30, 5, 0, 0, 0, time.UTC)

// run is the command beside a demo of its own, which ends with it.
func run(ctx context.Context, command []string) (err error) {
	dir, err := os.MkdirTemp("", "sunday-with-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c, err := config.Load([]string{"SUNDAY_DATA=" + dir, "SUNDAY_ADDR=127.0.0.1:0"})
	if err != nil {
		return err
	}
	l, err := app.Listen(ctx, c)
	if err != nil {
		return err
	}
	d, err := demo.Open(ctx, demo.Options{
		Config: c, Listeners: l, Version: "with-demo", Now: begin, Speed: 1, Seed: 1, Units: units, Residents: residents,
		Unlimited: true,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Make(ctx, func(int) {}); err != nil {
		return err
	}
	return beside(ctx, d, command)
}

// beside serves pages and works until the command ends; where they end first,
// so does the command.
func beside(ctx context.Context, d *demo.Demo, command []string) error {
	ctx, cancel := context.WithCancel(ctx)
	halves := []func(context.Context) error{d.App.Serve, d.App.Work}
	ended := make(chan error, len(halves))
	for _, half := range halves {
		go func() {
			ended <- half(ctx)
			cancel()
		}()
	}
	child := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the command is what was asked for
	child.Env = append(os.Environ(), environment(d)...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := child.Run()
	cancel()
	for range halves {
		err = errors.Join(err, <-ended)
	}
	return err
}

// environment tells the command where it is.
func environment(d *demo.Demo) []string {
	t := d.Tour
	env := []string{
		"DEMO_URL=" + d.App.BaseURL(), "DEMO_NOW=" + d.App.Now().Time().Format(time.RFC3339), "DEMO_UNIT=" + t.Unit, "DEMO_COMING=" + t.Coming, "DEMO_PAST=" + t.Past,
	}
	for _, token := range t.Tokens {
		env = append(env, "DEMO_TOKEN_"+strings.ToUpper(token.Login)+"="+token.Token)
	}
	return env
}
