package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// LetterKind is what a mail to the owner of an account is about.
type LetterKind string

// The kinds of letters.
const (
	// LetterPassword has the link by which an administrator lets the owner set a
	// password, the first or another.
	LetterPassword LetterKind = "password"
	// LetterReset has the link of who forgot the password.
	LetterReset LetterKind = "reset"
	// LetterAddress asks whether the address is the owner's.
	LetterAddress LetterKind = "address"
)

// Letter is a mail that waits to be handed over. Neither its address nor its link
// is in it: both are made from the credential at the hand-over, so a letter that
// goes out twice says the same twice.
type Letter struct {
	Kind LetterKind `json:"kind"`
	// Until is when its link is over, and Due when it is tried next; both are real
	// time.
	Until calendar.Instant `json:"until"`
	Due   calendar.Instant `json:"due"`
	Tries int              `json:"tries,omitempty"`
}

// Mail is a letter as it is handed over. It exists in memory only.
type Mail struct {
	Kind LetterKind
	// ID is the same for a letter that is handed over again.
	ID string
	// To is the plain address.
	To, Name, Login, Locale string
	// Path of the link, which works until Until, told on the clocks of Zone.
	Path, Zone string
	Until      calendar.Instant
}

// Post hands mails over.
type Post interface {
	// On tells whether this installation sends mails at all.
	On() bool
	// Held tells whether sending is held altogether.
	Held(ctx context.Context) (bool, error)
	// Send hands one mail over; now is domain time, which mails are dated by. It is
	// ErrRefused where the address gets none for good, ErrPost where nobody takes
	// any mail now; after any other error it may or may not have been taken.
	Send(ctx context.Context, now calendar.Instant, m Mail) error
}

// What Post answers. Neither is shown to anybody.
var (
	ErrRefused = errors.New("account: the address is refused")
	ErrPost    = errors.New("account: no mail server takes mails")
)

const (
	// letterAgain is the first wait after a failure; it doubles, up to letterMost.
	letterAgain = time.Minute
	letterMost  = 30 * time.Minute
)

// owe has a letter of the kind wait, in the place of one before it.
func (c *Credential) owe(kind LetterKind, now, until calendar.Instant) {
	c.drop(kind)
	c.Letters = append(c.Letters, Letter{Kind: kind, Until: until, Due: now})
	c.due()
}

// drop takes letters of the kinds back.
func (c *Credential) drop(kinds ...LetterKind) {
	c.Letters = slices.DeleteFunc(c.Letters, func(l Letter) bool { return slices.Contains(kinds, l.Kind) })
	c.due()
}

func (c *Credential) due() {
	c.LetterDue = 0
	for _, l := range c.Letters {
		if c.LetterDue == 0 || l.Due < c.LetterDue {
			c.LetterDue = l.Due
		}
	}
}

// LettersDue tells whether SendLetters would find something to hand over now.
func (s *Access) LettersDue(ctx context.Context) (bool, error) {
	due, err := s.Credentials.Due(ctx, s.Wall(), 1)
	if err != nil || len(due) == 0 {
		return false, err
	}
	held, err := s.Post.Held(ctx)
	return !held, err
}

// SendLetters hands over what is due of at most limit accounts, and says of how
// many. Letters are on real time, whatever the timetable's clock says. A kill
// between a hand-over and its note has the same mail go out again, with the same
// id and link. Where sending is held altogether they wait.
func (s *Access) SendLetters(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	due, err := s.Credentials.Due(ctx, s.Wall(), limit)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	if held, err := s.Post.Held(ctx); held || err != nil {
		return 0, err
	}
	for i, c := range due {
		if err := s.sendOf(ctx, now, c); err != nil {
			return i, err
		}
	}
	return len(due), nil
}

// sendOf hands over the letters of one account that are due.
func (s *Access) sendOf(ctx context.Context, now calendar.Instant, c Credential) error {
	a, err := s.Accounts.Get(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, l := range c.Letters {
		if l.Due > s.Wall() {
			continue
		}
		m, err := s.write(ctx, c, a, l)
		if err != nil {
			return err
		}
		var sent error
		if m.To != "" {
			sent = s.Post.Send(ctx, now, m)
		}
		if errors.Is(sent, ErrPost) {
			return sent // it stays due, and costs no try
		}
		if err := s.sent(ctx, a, l, sent); err != nil {
			return err
		}
	}
	return nil
}

// sent notes how a hand-over ended. A letter that took its place meanwhile is
// another one and stays.
func (s *Access) sent(ctx context.Context, a Account, l Letter, failed error) error {
	_, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		i := slices.IndexFunc(c.Letters, func(o Letter) bool { return o.Kind == l.Kind && o.Until == l.Until })
		switch {
		case i < 0:
			return record.ErrUnchanged
		case failed != nil && !errors.Is(failed, ErrRefused):
			c.Letters[i].Tries++
			c.Letters[i].Due = s.Wall().Add(min(letterAgain<<min(l.Tries, 10), letterMost))
			c.due()
			return nil
		case failed != nil:
			c.AddressRefused = true
			c.Note(audit.Of(actor.System("account-mail"), s.Now(), a.Unit, credentialThing(a.ID), "account.address_refused", "address_refused"))
		}
		c.drop(l.Kind)
		return nil
	})
	return err
}

// write makes the mail; its To is empty where there is nothing to be said any
// more, or nobody to say it to.
func (s *Access) write(ctx context.Context, c Credential, a Account, l Letter) (Mail, error) {
	sealed := c.Address
	if l.Kind == LetterAddress || l.Kind == LetterPassword && sealed == nil {
		sealed = c.Unconfirmed
	}
	m := Mail{Kind: l.Kind, Name: a.Name, Login: a.Login, Locale: a.Locale, Until: l.Until, Path: s.letterPath(c, l.Kind)}
	m.ID = id.Hash("letter", a.ID, string(l.Kind), m.Path)
	if a.DisabledAt != 0 || sealed == nil || m.Path == "" || s.Wall() >= l.Until {
		return m, nil
	}
	u, err := s.Units.Get(ctx, a.Unit)
	if err != nil {
		return m, err
	}
	m.Zone = u.Zone
	if m.To, err = s.plain(a.ID, sealed); errors.Is(err, secret.ErrSeal) {
		return m, nil // its key is lost, and others behind it wait
	}
	return m, err
}

// letterPath is the way to the page that the letter is about, "" where its link
// is over.
func (s *Access) letterPath(c Credential, kind LetterKind) string {
	address := ticket(c.ID, s.Keys.Link(secret.LinkAddress, c.ID, c.AddressGeneration))
	switch kind {
	case LetterAddress:
		return AddressPath + address
	case LetterReset:
		return PasswordPath + ticket(c.ID, s.Keys.Link(secret.LinkReset, c.ID, c.ResetGeneration))
	}
	for _, token := range s.Keys.Links(secret.LinkPassword, c.ID, c.LinkGeneration) {
		switch {
		case secret.LinkHash(token) != c.LinkHash:
		case c.Address == nil: // whoever comes by this mail has its address
			return PasswordPath + token + "?" + ProofQuery + "=" + address
		default:
			return PasswordPath + token
		}
	}
	return ""
}
