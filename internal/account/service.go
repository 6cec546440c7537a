package account

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Refusals of the service.
var (
	// ErrLogin: another account has the login.
	ErrLogin    = fault.New(fault.Conflict, "account.login_taken")
	ErrDisabled = fault.New(fault.Conflict, "account.disabled")
	// ErrSelf: nobody gives roles to themselves.
	ErrSelf = fault.New(fault.Forbidden, "account.grant_self")
	// ErrToken stands for unknown, expired and revoked tokens alike, and for
	// those of accounts that are disabled or have no role now.
	ErrToken = fault.New(fault.Unauthenticated, "account.token")
)

const (
	maxLoginBytes = 40
	minLoginBytes = 3
	maxNameRunes  = 120
	maxGrants     = 200
)

// Units finds units; unit.Store is one.
type Units interface {
	Get(ctx context.Context, id string) (unit.Unit, error)
}

// Service keeps accounts, what they may do, and their API tokens.
type Service struct {
	store       Store
	credentials Credentials
	units       Units
	now         func() calendar.Instant
	ids         id.Source
}

// NewService makes the service; now is domain time.
func NewService(store Store, credentials Credentials, units Units, now func() calendar.Instant, ids id.Source) *Service {
	return &Service{store: store, credentials: credentials, units: units, now: now, ids: ids}
}

// Draft is an account as an administrator enters it.
type Draft struct {
	// ID is optional: a replay with the same id gives the account made first.
	ID string
	// Login is 3 to 40 of a-z, 0-9, dot, dash and underscore, typed in any case.
	Login string
	Name  string
	// Unit is the home unit.
	Unit   string
	Locale string
}

// Create makes an account without roles, for administrators of its home unit
// or of one above, and for the command line, which makes the first one.
func (s *Service) Create(ctx context.Context, act actor.Actor, in Draft) (Account, error) {
	if err := act.Require(ScopeWrite); err != nil {
		return Account{}, err
	}
	if err := s.mayAdminister(ctx, act, in.Unit); err != nil {
		return Account{}, err
	}
	a, err := s.draft(in)
	if err != nil {
		return Account{}, err
	}
	a.Note(audit.Of(act, s.now(), a.Unit, thing(a.ID), "account.create", "login", "name", "unit"))
	err = s.store.Create(ctx, &a)
	if !errors.Is(err, record.ErrExists) {
		return a, err
	}
	if there, getErr := s.store.Get(ctx, a.ID); getErr == nil && there.Unit == a.Unit {
		return there, nil
	}
	return Account{}, ErrLogin
}

func (s *Service) draft(in Draft) (Account, error) {
	var c fault.Check
	name, err := CheckLine(&c, "name", in.Name)
	if err != nil {
		return Account{}, err
	}
	login := CheckLogin(&c, "login", in.Login)
	a := Account{Login: login, Name: name, Unit: in.Unit, Locale: in.Locale}
	if a.ID = in.ID; a.ID == "" {
		a.ID = s.ids.New(int64(s.now()))
	}
	return a, c.Err()
}

// Get gives an account to itself and to administrators of its home unit or of
// one above; to others it is absent.
func (s *Service) Get(ctx context.Context, act actor.Actor, account string) (Account, error) {
	if err := act.Require(ScopeWrite); err != nil {
		return Account{}, err
	}
	a, err := s.store.Get(ctx, account)
	if err != nil || act.Is(actor.KindStaff) && act.ID == a.ID {
		return a, err
	}
	if err := s.mayAdminister(ctx, act, a.Unit); err != nil {
		return Account{}, err
	}
	return a, nil
}

// ByLogin finds an account for the command line.
func (s *Service) ByLogin(ctx context.Context, act actor.Actor, login string) (Account, error) {
	if !act.Is(actor.KindSystem) {
		return Account{}, record.ErrAbsent
	}
	return s.store.ByLogin(ctx, FoldLogin(login))
}

// Page lists the accounts of one home unit by login, for its administrators.
func (s *Service) Page(ctx context.Context, act actor.Actor, f Filter, r page.Request) (page.List[Account], error) {
	if err := act.Require(ScopeWrite); err != nil {
		return page.List[Account]{}, err
	}
	if err := s.mayAdminister(ctx, act, f.Unit); err != nil {
		return page.List[Account]{}, err
	}
	return s.store.Page(ctx, f, r)
}

// mayAdminister is record.ErrAbsent, as for an unknown unit, unless act is an
// administrator of the unit or of one above it, or the program itself.
func (s *Service) mayAdminister(ctx context.Context, act actor.Actor, home string) error {
	u, err := s.units.Get(ctx, home)
	if err != nil {
		return err
	}
	if act.Is(actor.KindSystem) || act.HoldsAbove(int64(s.now()), actor.Admin, u.Above()...) {
		return nil
	}
	return record.ErrAbsent
}

// FoldLogin is the one form of a login, typed in any case.
func FoldLogin(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// CheckLogin gives the one form of a login, and notes in the field name where it
// cannot be one.
func CheckLogin(c *fault.Check, name, typed string) string {
	login := FoldLogin(typed)
	odd := slices.ContainsFunc([]byte(login), func(b byte) bool {
		return (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '.' && b != '-' && b != '_'
	})
	if odd || len(login) < minLoginBytes || len(login) > maxLoginBytes {
		c.Add(name, "account.login")
	}
	return login
}

// CheckLine gives the one form of a person's name or a token's label, and notes in
// the field name what is wrong with it.
func CheckLine(c *fault.Check, name, typed string) (string, error) {
	line, err := text.Line(typed, maxNameRunes)
	return line, c.Take(name, err)
}

func thing(account string) string { return audit.Thing("account", account) }
