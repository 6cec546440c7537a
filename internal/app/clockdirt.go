package app

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// settingClockFan is kept from the first doubt of a clock until events were
// set dirty after it, so that a worker that dies in between loses nothing.
const settingClockFan = "clock_fanout"

// clockStates are the states of events that people may be told of.
var clockStates = []event.State{event.Published, event.Postponed, event.Cancelled}

// afterClockHold sets events that are not over dirty once a clock is believed
// again: what was decided by its wrong time is decided again.
func (a *App) afterClockHold(ctx context.Context) error {
	wanted, now := a.ticks.fanned()
	if !wanted {
		return nil
	}
	if !now {
		_, err := a.remember(ctx, settingClockFan, "1")
		return err
	}
	a.ticks.setFan(false) // a doubt that is raised meanwhile sets it again
	if err := a.dirtyEvents(ctx); err != nil {
		a.ticks.setFan(true)
		return err
	}
	_, err := a.store.Settings.SetSetting(ctx, settingClockFan, "1", "")
	return err
}

// dirtyEvents sets every event that is not over dirty, page by page.
func (a *App) dirtyEvents(ctx context.Context) error {
	for _, s := range clockStates {
		w := event.Walk{State: s, From: calendar.FromTime(a.ticks.now()), Before: math.MaxInt64}
		err := w.Each(ctx, a.store.Events.Ended, func(e event.Event) (bool, error) {
			_, err := a.store.Events.Update(ctx, e.ID, func(e *event.Event) error {
				e.Touch()
				return nil
			})
			if errors.Is(err, record.ErrAbsent) {
				err = nil
			}
			return true, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// beginTicks takes the first tick, and finds out whether a worker before this
// one did not come to set events dirty.
func (a *App) beginTicks(ctx context.Context) error {
	if a.ticks.isStarted() {
		return a.ticks.tick(ctx)
	}
	kept, err := a.store.Settings.Setting(ctx, settingClockFan)
	if err != nil {
		return err
	}
	if kept != "" {
		a.ticks.setFan(true)
	}
	return a.ticks.tick(ctx)
}

// clockLoop sets events dirty after clock holds until ctx is done.
func (a *App) clockLoop(ctx context.Context) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		if err := a.afterClockHold(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("events are not planned again after a doubt of the clock; it is tried again", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// ClockDoubt is why this process's worker does not believe its clock, empty
// where it does, or is no worker.
func (a *App) ClockDoubt() scheduler.ClockDoubt { return a.ticks.doubt() }

// StopWorker gives up what the worker's steps hold: its leases, and that its
// clock goes on. Work does it by itself.
func (a *App) StopWorker(ctx context.Context) error {
	return errors.Join(a.ticks.stop(ctx), a.holder.Release(ctx))
}
