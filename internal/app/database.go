package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// ErrOtherParts says that the database was made for another number of parts.
var ErrOtherParts = errors.New("the database was made for another number of parts than this program has")

// checkDatabase compares the database with what it remembers of itself. One
// that is a copy holds all sending: two databases that both send would tell
// everybody everything twice.
func (a *App) checkDatabase(ctx context.Context) error {
	parts := strconv.Itoa(notifications.Parts)
	kept, err := a.remember(ctx, settingParts, parts)
	if err != nil {
		return err
	}
	if kept != parts {
		return ErrOtherParts
	}
	identity, err := a.store.Health.Identity(ctx)
	if err != nil {
		return err
	}
	if kept, err = a.remember(ctx, settingIdentity, identity); err != nil {
		return err
	}
	if kept != identity {
		return a.holdCopy(ctx, "the database file or collection is another one than it was made as")
	}
	if a.opt.Config.BaseURL == "" {
		return nil
	}
	if kept, err = a.remember(ctx, settingBaseURL, a.base); err != nil {
		return err
	}
	if kept != a.base {
		return a.holdCopy(ctx, "SUNDAY_BASE_URL is another one than before")
	}
	return nil
}

// remember stores the value the first time and returns the one that is kept.
func (a *App) remember(ctx context.Context, key, value string) (string, error) {
	kept, err := a.store.Settings.Setting(ctx, key)
	if err != nil || kept != "" {
		return kept, err
	}
	swapped, err := a.store.Settings.SetSetting(ctx, key, "", value)
	if err == nil && !swapped {
		return a.store.Settings.Setting(ctx, key)
	}
	return value, err
}

// holdCopy holds everything. One that is known to be restored is held already.
func (a *App) holdCopy(ctx context.Context, why string) error {
	warn := a.log.Warn
	if a.opt.Releasing {
		warn = a.log.Debug
	}
	restored, err := a.store.Settings.Setting(ctx, settingRestored)
	if err != nil {
		return err
	}
	if restored != "" {
		warn("sending is held: the database was restored from a backup; see `sunday release`")
		return nil
	}
	warn("sending is held: the database may be a copy; see `sunday release`", "why", why)
	return a.store.Holds.Hold(ctx, notifications.Hold{Reason: "copied: " + why, By: "system", At: a.millis()})
}

// AcceptDatabase makes the database as it is now the original: what `release`
// does before it lifts the hold of a copy.
func (a *App) AcceptDatabase(ctx context.Context) error {
	identity, err := a.store.Health.Identity(ctx)
	if err != nil {
		return err
	}
	values := map[string]string{settingIdentity: identity}
	if a.opt.Config.BaseURL != "" {
		values[settingBaseURL] = a.base
	}
	for key, value := range values {
		kept, err := a.store.Settings.Setting(ctx, key)
		if err != nil {
			return err
		}
		if _, err := a.store.Settings.SetSetting(ctx, key, kept, value); err != nil {
			return fmt.Errorf("accept the database: %w", err)
		}
	}
	return nil
}
