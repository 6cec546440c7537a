package account

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Credential is what one account signs in with. Its id is the account's, so
// that lists of accounts never carry it.
type Credential struct {
	record.Head `bson:",inline"`
	// Password is an argon2id hash in its usual text form, empty before the
	// account has one.
	Password string `json:"password,omitempty"`
	// Epoch is raised by whatever ends all sessions at once: a new password, and
	// "sign out everywhere". A session of another epoch is over.
	Epoch int `json:"epoch"`
	// LinkHash is of the token of the one link by which the account's owner may
	// set a password, empty while there is none.
	LinkHash string `json:"link_hash,omitempty"`
	// LinkGeneration is raised by every new link, so that no token comes twice.
	LinkGeneration int `json:"link_generation,omitempty"`
	// LinkUntil is real time.
	LinkUntil calendar.Instant `json:"link_until,omitempty"`
	// ResetGeneration counts the links that were mailed because the password was
	// forgotten; the last one works until ResetUntil, in real time.
	ResetGeneration int              `json:"reset_generation,omitempty"`
	ResetUntil      calendar.Instant `json:"reset_until,omitempty"`
	// Address is where the account is mailed to, sealed under its id; empty before
	// its owner confirmed one. Unconfirmed is one that waits for that, by the last
	// of AddressGeneration links, until AddressUntil in real time.
	Address           []byte           `json:"address,omitempty"`
	Unconfirmed       []byte           `json:"unconfirmed,omitempty"`
	AddressGeneration int              `json:"address_generation,omitempty"`
	AddressUntil      calendar.Instant `json:"address_until,omitempty"`
	// AddressRefused says that a mail server wants no mail for it.
	AddressRefused bool `json:"address_refused,omitempty"`
	// Letters are mails that wait to be handed over, one of each kind; LetterDue is
	// when the first of them is due, in real time, 0 for none.
	Letters   []Letter         `json:"letters,omitempty"`
	LetterDue calendar.Instant `json:"letter_due,omitempty"`
	// Second is what is asked besides the password, nil for nothing.
	Second *SecondStep `json:"second,omitempty"`
}

// SecondStep is what its owner shows after the password: a code of an
// authenticator app (RFC 6238), or, without the phone, one of the recovery codes.
type SecondStep struct {
	// Secret is what the app and we share, sealed under the account's id.
	Secret []byte `json:"secret"`
	// OnAt is real time.
	OnAt calendar.Instant `json:"on_at"`
	// Used is the time step, counted from 1970, of the last code that was taken:
	// neither it nor one before it is taken again.
	Used int64 `json:"used"`
	// Recovery are keyed hashes of the recovery codes that are left.
	Recovery []string `json:"recovery,omitempty"`
}

// Session is one browser that is signed in. Its id is the hash of its token,
// which is kept nowhere. All its times but RolesAt are real time, whatever the
// clock of the demo says.
type Session struct {
	record.Head `bson:",inline"`
	Account     string `json:"account"`
	// Epoch is the credential's at the sign-in.
	Epoch     int              `json:"epoch"`
	CreatedAt calendar.Instant `json:"created_at"`
	// SeenAt is when the session was last used, to SeenEvery.
	SeenAt calendar.Instant `json:"seen_at"`
	// EndsAt is the end that no use puts off.
	EndsAt  calendar.Instant `json:"ends_at"`
	EndedAt calendar.Instant `json:"ended_at,omitempty"`
	// RolesAt is the sign-in on the clock that roles are on; see Account.RolesSince.
	RolesAt calendar.Instant `json:"roles_at"`
	// Device is browser and system in two words, so that people know their own
	// sessions apart; see DeviceOf.
	Device string `json:"device,omitempty"`
}

// Credentials keeps what accounts sign in with.
type Credentials interface {
	Create(ctx context.Context, c *Credential) error
	Get(ctx context.Context, account string) (Credential, error)
	// Many reads those of the accounts that have one, ordered by id.
	Many(ctx context.Context, accounts []string) ([]Credential, error)
	// Due lists at most limit credentials with a letter that is due, the longest
	// first.
	Due(ctx context.Context, now calendar.Instant, limit int) ([]Credential, error)
	// ByLink finds the credential whose link has the hash, record.ErrAbsent for
	// the empty hash.
	ByLink(ctx context.Context, hash string) (Credential, error)
	Update(ctx context.Context, account string, change func(*Credential) error) (Credential, error)
}

// Sessions keeps who is signed in.
type Sessions interface {
	Create(ctx context.Context, s *Session) error
	Get(ctx context.Context, hash string) (Session, error)
	Update(ctx context.Context, hash string, change func(*Session) error) (Session, error)
	// Of lists at most limit sessions of the account that end after the instant,
	// the last to end first.
	Of(ctx context.Context, account string, after calendar.Instant, limit int) ([]Session, error)
	// Purge removes at most limit sessions that ended before the instant, and says
	// how many it did.
	Purge(ctx context.Context, before calendar.Instant, limit int) (int, error)
}
