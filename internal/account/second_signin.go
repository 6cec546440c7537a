package account

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// StepLife is how long codes may be tried after the right password.
const StepLife = 10 * time.Minute

// ErrStep: no password was given in this browser lately.
var ErrStep = fault.New(fault.Unauthenticated, "account.step")

const stepPurpose = "sign-in"

// pass lets in who knows the password: into a session, or to the second step.
func (s *Access) pass(ctx context.Context, a Account, c Credential, device string) (Signed, error) {
	if c.Second == nil {
		return s.begin(ctx, a, c.Epoch, device)
	}
	if len(a.Held(s.Now())) == 0 {
		return Signed{}, ErrNoRole
	}
	// Nothing is kept before the code: whoever knows a password fills no table.
	words := fmt.Sprintf("%s %d %d", a.ID, c.Epoch, s.Wall().Add(StepLife))
	sealed, err := s.Keys.Seal(stepPurpose, "", []byte(words))
	if err != nil {
		return Signed{}, err
	}
	return Signed{Step: base64.RawURLEncoding.EncodeToString(sealed), Account: a}, nil
}

// AtStep gives whose password was right where SignIn gave the step, ErrStep where
// it is too long ago, or the password or the second step are others by now.
func (s *Access) AtStep(ctx context.Context, step string) (Account, error) {
	a, _, err := s.atStep(ctx, step)
	return a, err
}

func (s *Access) atStep(ctx context.Context, step string) (Account, Credential, error) {
	owner, epoch, ok := s.openStep(step)
	if !ok {
		return Account{}, Credential{}, ErrStep
	}
	c, err := s.Credentials.Get(ctx, owner)
	if err != nil {
		return Account{}, Credential{}, noStep(err)
	}
	a, err := s.Accounts.Get(ctx, owner)
	if err != nil {
		return Account{}, Credential{}, noStep(err)
	}
	if c.Epoch != epoch || c.Second == nil || a.DisabledAt != 0 {
		return Account{}, Credential{}, ErrStep
	}
	return a, c, nil
}

// openStep reads what pass sealed, unless it is too old.
func (s *Access) openStep(step string) (owner string, epoch int, ok bool) {
	const most = 512 // far more than one has
	if len(step) > most {
		return "", 0, false
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(step)
	if err != nil {
		return "", 0, false
	}
	words, err := s.Keys.OpenSeal(stepPurpose, "", sealed)
	if err != nil {
		return "", 0, false
	}
	var until calendar.Instant
	if _, err := fmt.Sscanf(string(words), "%s %d %d", &owner, &epoch, &until); err != nil {
		return "", 0, false
	}
	return owner, epoch, s.Wall() < until
}

// SecondStep begins the session of who is at the step and has a code: the app's
// of now, which is used up with those before it, or a recovery code, which is used
// up alone. ErrCode for what is wrong, ErrStep as AtStep.
func (s *Access) SecondStep(ctx context.Context, step, typed, device string) (Signed, error) {
	a, before, err := s.atStep(ctx, step)
	if err != nil {
		return Signed{}, err
	}
	code := CodeForm(typed)
	c, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if c.Epoch != before.Epoch || c.Second == nil {
			return ErrStep
		}
		return s.use(c, a, code)
	})
	if errors.Is(err, ErrCode) {
		err = errors.Join(err, s.Log.Record(ctx, audit.Of(actor.Anonymous(), s.Now(), a.Unit, credentialThing(a.ID), "account.code_failed")))
	}
	if err != nil {
		return Signed{}, noStep(err)
	}
	return s.begin(ctx, a, c.Epoch, device)
}

// use takes a code once.
func (s *Access) use(c *Credential, a Account, code string) error {
	if len(code) == recoveryChars {
		if !s.spend(c.Second, a.ID, code) {
			return ErrCode
		}
		c.Note(audit.Of(actor.Staff(a.ID, nil), s.Now(), a.Unit, credentialThing(a.ID), "account.recovery_used", "recovery"))
		return nil
	}
	raw, err := s.Keys.OpenSeal(totpPurpose, a.ID, c.Second.Secret)
	if err != nil {
		return err
	}
	at, right, err := codeStep(raw, code, s.Wall(), c.Second.Used)
	if err != nil {
		return err
	}
	if !right {
		return ErrCode
	}
	c.Second.Used = at
	return nil
}

func noStep(err error) error {
	if errors.Is(err, record.ErrAbsent) {
		return ErrStep
	}
	return err
}
