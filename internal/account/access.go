package account

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// How long a session lasts.
const (
	// SessionIdle ends a session that nobody uses: long enough for a call list to
	// be worked off between two looks at the page.
	SessionIdle = 2 * time.Hour
	// SessionLife ends every session: one working day.
	SessionLife = 12 * time.Hour
	// SeenEvery is how often the use of a session is written down, lest every view
	// of a page be a durable write.
	SeenEvery = 5 * time.Minute
	// sessionKept is how long sessions stay after their end, for the log to have
	// copied their entries.
	sessionKept = 24 * time.Hour
)

// Refusals of signing in.
var (
	// ErrSignIn stands for an unknown login, a wrong password and an account that
	// has none or is disabled: nobody learns which accounts there are.
	ErrSignIn = fault.New(fault.Invalid, "account.sign_in")
	// ErrNoRole is told only to those whose password was right.
	ErrNoRole = fault.New(fault.Forbidden, "account.no_role")
	// ErrSession: nobody is signed in, or not any more.
	ErrSession = fault.New(fault.Unauthenticated, "account.session")
)

// Keys makes the tokens of links, and seals; secret.Keys is one.
type Keys interface {
	Link(purpose, subject string, generation int) string
	Links(purpose, subject string, generation int) []string
	Seal(purpose, context string, plain []byte) ([]byte, error)
	OpenSeal(purpose, context string, sealed []byte) ([]byte, error)
}

// Log takes entries that no change carries; audit.Service is one.
type Log interface {
	Record(ctx context.Context, entries ...record.Entry) error
}

// AccessPorts are what Access needs; all are required.
type AccessPorts struct {
	Accounts    Store
	Credentials Credentials
	Sessions    Sessions
	Units       Units
	Keys        Keys
	Hasher      *Hasher
	Log         Log
	// Post hands letters over.
	Post Post
	// Now is domain time, which roles are on; Wall is real time, which sessions
	// and links are on, or a fast demo would end them at once.
	Now, Wall func() calendar.Instant
	IDs       id.Source
}

// Access is how staff sign in: passwords, second steps, sessions, and the links
// that set a password.
type Access struct{ AccessPorts }

// NewAccess makes the service.
func NewAccess(p AccessPorts) *Access { return &Access{p} }

// Signed is what the right password came to: a session that was just begun, or
// the way to the second step where the account has one.
type Signed struct {
	// Token is of the session and shown this once, empty before the second step.
	Token string
	// Step lets the browser try codes for StepLife; see SecondStep.
	Step    string
	Account Account
}

// SignIn begins a session for who knows the password, or leads them to the
// second step. It is ErrSignIn for whatever is wrong, ErrNoRole where the account
// has no role now, ErrBusy where too many sign in at once.
func (s *Access) SignIn(ctx context.Context, login, password, device string) (Signed, error) {
	a, c, err := s.known(ctx, login)
	if err != nil {
		return Signed{}, err
	}
	same, stale, err := s.Hasher.Match(ctx, normalPassword(clip(password)), c.Password)
	if err != nil {
		return Signed{}, err
	}
	if !same || a.DisabledAt != 0 {
		return Signed{}, errors.Join(ErrSignIn, s.noteFailure(ctx, a))
	}
	if stale {
		if err := s.rehash(ctx, c, password); err != nil {
			return Signed{}, err
		}
	}
	return s.pass(ctx, a, c, device)
}

// known gives the account and its credential, both empty where there is none.
// Either way it takes two look-ups: the time of an answer tells nothing.
func (s *Access) known(ctx context.Context, login string) (Account, Credential, error) {
	a, err := s.Accounts.ByLogin(ctx, FoldLogin(login))
	if record.IgnoreAbsent(err) != nil {
		return Account{}, Credential{}, err
	}
	c, err := s.Credentials.Get(ctx, a.ID)
	return a, c, record.IgnoreAbsent(err)
}

// noteFailure enters a sign-in that failed in the log of the account's unit, or
// in the program's own where there is no such account: the one takes as long as
// the other. How many there can be is limited where people come in.
func (s *Access) noteFailure(ctx context.Context, a Account) error {
	unit, what := audit.SystemUnit, "login:unknown"
	if a.ID != "" {
		unit, what = a.Unit, credentialThing(a.ID)
	}
	return s.Log.Record(ctx, audit.Of(actor.Anonymous(), s.Now(), unit, what, "account.sign_in_failed"))
}

// rehash keeps the password at the cost that new ones have.
func (s *Access) rehash(ctx context.Context, c Credential, password string) error {
	hash, err := s.Hasher.Hash(ctx, normalPassword(password))
	if err != nil {
		return err
	}
	_, err = s.Credentials.Update(ctx, c.ID, func(now *Credential) error {
		if now.Password != c.Password {
			return record.ErrUnchanged // it was set anew meanwhile
		}
		now.Password = hash
		return nil
	})
	return err
}

// begin makes a session with a new token.
func (s *Access) begin(ctx context.Context, a Account, epoch int, device string) (Signed, error) {
	if len(a.Held(s.Now())) == 0 {
		return Signed{}, ErrNoRole
	}
	now := s.Wall()
	token := base64.RawURLEncoding.EncodeToString(s.IDs.Nonce(tokenBytes))
	ses := Session{
		Account: a.ID, Epoch: epoch, CreatedAt: now, SeenAt: now, EndsAt: now.Add(SessionLife), RolesAt: s.Now(), Device: device,
	}
	ses.ID = secret.LinkHash(token)
	ses.Note(audit.Of(actor.Staff(a.ID, nil), s.Now(), a.Unit, sessionThing(ses.ID), "account.sign_in"))
	if err := s.Sessions.Create(ctx, &ses); err != nil {
		return Signed{}, err
	}
	return Signed{Token: token, Account: a}, nil
}

// clip bounds what is looked at of a password; none that long was ever set.
func clip(password string) string {
	const most = 8 * maxPasswordRunes
	if len(password) > most {
		return password[:most]
	}
	return password
}

func sessionThing(hash string) string { return audit.Thing("session", hash) }

func credentialThing(account string) string { return audit.Thing("credential", account) }
