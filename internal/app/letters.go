package app

import (
	"context"
	"errors"
	"time"

	"github.com/sunday-with-the-people/sunday/scheduler"
)

const (
	// jobLetters is the job that hands letters to the owners of accounts over. It runs
	// once a minute too, for whatever a look missed.
	jobLetters = "account-mail"
	// lettersEvery is how often a worker looks whether one is due: a look into an
	// index that is mostly empty, where a run of the job is two durable writes.
	lettersEvery = 2 * time.Second
	// lettersAgain is how long it waits after a failure, as while no mail server
	// takes mails.
	lettersAgain = 30 * time.Second
)

// letterLoop runs the job as soon as a letter is due, until ctx is done.
func (a *App) letterLoop(ctx context.Context) {
	for {
		wait := lettersEvery
		if err := a.letters(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("letters wait; they are tried again", "error", err)
			wait = lettersAgain
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

func (a *App) letters(ctx context.Context) error {
	due, err := a.Services.Access.LettersDue(ctx)
	if err != nil || !due {
		return err
	}
	err = a.jobs.RunOnce(ctx, jobLetters, a.ticks.now())
	if errors.Is(err, scheduler.ErrRunning) || errors.Is(err, scheduler.ErrStopped) {
		return nil // another worker does it, or nobody does any more
	}
	return err
}
