package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Settings that the database keeps of itself.
const (
	settingSecret   = "secret_check"
	settingParts    = "parts"
	settingIdentity = "identity"
	settingBaseURL  = "base_url"
	settingUnits    = "state_units"
	// settingBackup is in a backup alone: when it was made. settingRestored is
	// what it becomes in a restored database, until the release; settingDoubt is
	// up to when messages are in doubt then. All in UTC milliseconds.
	settingBackup   = "backup_at"
	settingRestored = "restored_from"
	settingDoubt    = "doubt_until"
)

// ErrOtherSecret says that the database was made with another secret.
var ErrOtherSecret = errors.New("the database was made with another secret: set SUNDAY_SECRET to that one (and put it into SUNDAY_SECRET_OLD beside a new one to change it)")

// ErrSecretGone says that there is no secret beside a database that has one.
var ErrSecretGone = errors.New("it is gone: put it back from your copy, or set SUNDAY_SECRET to it")

func makeDataDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the data folder %s cannot be made: set SUNDAY_DATA to a folder that can be written: %w", dir, err)
	}
	return nil
}

// openKeys derives the keys and holds them against the check value that the
// database keeps.
func (a *App) openKeys(ctx context.Context) (*secret.Keys, error) {
	c := a.opt.Config
	current := string(c.Secret)
	if current == "" {
		if err := a.refuseLost(ctx); err != nil {
			return nil, err
		}
		made, err := secret.LoadOrMake(filepath.Join(c.DataDir, "secret"))
		if err != nil {
			return nil, fmt.Errorf("the secret in %s: %w", c.DataDir, err)
		}
		current = made
	}
	keys, err := secret.Open(current, older(c)...)
	if err != nil {
		return nil, err
	}
	return keys, a.checkSecret(ctx, keys)
}

// refuseLost makes no new secret beside a database that has one: the file is
// then easily taken for the one that was lost.
func (a *App) refuseLost(ctx context.Context) error {
	stored, err := a.store.Settings.Setting(ctx, settingSecret)
	if err != nil || stored == "" {
		return err
	}
	// In this order, as a process that starts beside this one makes the file first.
	if _, err := os.Stat(filepath.Join(a.opt.Config.DataDir, "secret")); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the secret in %s: %w", a.opt.Config.DataDir, ErrSecretGone)
	}
	return nil // LoadOrMake tells what is wrong with the file
}

// checkSecret stores the check value the first time. A rotated secret is let
// in where the older one is given too, and becomes the one that is kept.
func (a *App) checkSecret(ctx context.Context, keys *secret.Keys) error {
	checks := keys.Checks()
	stored, err := a.store.Settings.Setting(ctx, settingSecret)
	if err != nil {
		return err
	}
	if stored == checks[0] {
		return nil
	}
	if stored != "" && !strings.Contains(strings.Join(checks, "\n"), stored) {
		return ErrOtherSecret
	}
	swapped, err := a.store.Settings.SetSetting(ctx, settingSecret, stored, checks[0])
	if err == nil && !swapped {
		return a.checkSecret(ctx, keys) // another process was first
	}
	return err
}
