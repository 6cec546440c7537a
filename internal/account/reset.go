package account

import (
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// ResetLife is how long a link works that was mailed to who forgot the password.
const ResetLife = time.Hour

// Forgot mails a link that sets a password to the confirmed address of the
// account. It answers the same, and takes as long, where there is no such account
// or it has no address; how often it may be asked is limited where people come in.
// Only ErrNoPost says that nobody is mailed here at all.
func (s *Access) Forgot(ctx context.Context, login string) error {
	if !s.Post.On() {
		return ErrNoPost
	}
	a, c, err := s.known(ctx, login)
	if err != nil {
		return err
	}
	unit, what := audit.SystemUnit, "login:unknown"
	if a.ID != "" {
		unit, what = a.Unit, credentialThing(a.ID)
	}
	if a.DisabledAt != 0 || c.Password == "" || c.Address == nil {
		return s.Log.Record(ctx, audit.Of(actor.Anonymous(), s.Now(), unit, what, "account.reset_refused"))
	}
	_, err = s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		now := s.Wall()
		c.ResetGeneration++
		c.ResetUntil = now.Add(ResetLife)
		c.owe(LetterReset, now, c.ResetUntil)
		c.Note(audit.Of(actor.Anonymous(), s.Now(), unit, what, "account.reset", "reset_until"))
		return nil
	})
	return err
}

// resets tells whether the token is of the reset that the credential waits for.
func (s *Access) resets(c Credential, token string) bool {
	return c.Address != nil && s.Wall() < c.ResetUntil && s.proves(token, secret.LinkReset, c.ID, c.ResetGeneration)
}
