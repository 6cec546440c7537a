package account

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

const addressPurpose = "staff-address"

// AddressLife is how long a link that confirms an address works.
const AddressLife = InviteLife

// Refusals of addresses.
var (
	// ErrNoPost: this installation sends no mails.
	ErrNoPost = fault.New(fault.Conflict, "account.no_post")
	// ErrAddress: its owner has confirmed an address, which nobody else changes.
	ErrAddress = fault.New(fault.Conflict, "account.address_owner")
)

// Address is what is shown of an account's address.
type Address struct {
	// Confirmed, Waiting and Lapsed are plain addresses, for their owner alone;
	// empty for none. What waits to be confirmed has lapsed once its link is over.
	Confirmed, Waiting, Lapsed string
	// Refused says that a mail server wants no mail for it.
	Refused bool
}

// OwnAddress gives the address of who is signed in.
func (s *Access) OwnAddress(ctx context.Context, who Who) (Address, error) {
	c, err := s.Credentials.Get(ctx, who.Account.ID)
	if err != nil {
		return Address{}, err
	}
	out := Address{Refused: c.AddressRefused}
	if out.Confirmed, err = s.plain(c.ID, c.Address); err != nil {
		return Address{}, err
	}
	at := &out.Lapsed
	if s.Wall() < c.AddressUntil {
		at = &out.Waiting
	}
	*at, err = s.plain(c.ID, c.Unconfirmed)
	return out, err
}

func (s *Access) plain(account string, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	plain, err := s.Keys.OpenSeal(addressPurpose, account, sealed)
	return string(plain), err
}

// AddressState is what administrators see of an account's address: that there is
// one, and not which.
type AddressState struct{ Confirmed, Waiting, Refused bool }

// AddressOf says whether an account has an address, to those who look after it.
func (s *Access) AddressOf(ctx context.Context, act actor.Actor, account string) (AddressState, error) {
	if _, err := s.administered(ctx, act, account); err != nil {
		return AddressState{}, err
	}
	c, err := s.Credentials.Get(ctx, account)
	return s.addressState(c), record.IgnoreAbsent(err)
}

func (s *Access) addressState(c Credential) AddressState {
	return AddressState{Confirmed: c.Address != nil, Waiting: c.Unconfirmed != nil && s.Wall() < c.AddressUntil, Refused: c.AddressRefused}
}

// SetAddress has who is signed in and knows the password be mailed at an address,
// once the link in the mail that goes there was followed. Until then the address
// before it stays.
func (s *Access) SetAddress(ctx context.Context, who Who, password, typed string) error {
	if !s.Post.On() {
		return ErrNoPost
	}
	a := who.Account
	if _, err := s.confirmed(ctx, who, password); err != nil {
		return err
	}
	sealed, err := s.sealAddress(a.ID, typed)
	if err != nil {
		return err
	}
	_, err = s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		s.expect(c, sealed)
		c.owe(LetterAddress, s.Wall(), c.AddressUntil)
		c.Note(audit.Of(who.Actor, s.Now(), a.Unit, credentialThing(a.ID), "account.address", "unconfirmed"))
		return nil
	})
	return err
}

// RemoveAddress has who is signed in and knows the password be mailed nowhere.
func (s *Access) RemoveAddress(ctx context.Context, who Who, password string) error {
	if _, err := s.confirmed(ctx, who, password); err != nil {
		return err
	}
	return s.dropAddress(ctx, who.Actor, who.Account)
}

// sealAddress checks an address and seals it.
func (s *Access) sealAddress(account, typed string) ([]byte, error) {
	var c fault.Check
	address, err := text.Email(typed)
	if err := c.Take("address", err); err != nil {
		return nil, err
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	return s.Keys.Seal(addressPurpose, account, []byte(address))
}

// expect has an address wait to be confirmed.
func (s *Access) expect(c *Credential, sealed []byte) {
	c.Unconfirmed, c.AddressRefused = sealed, false
	c.AddressGeneration++
	c.AddressUntil = s.Wall().Add(AddressLife)
}

// AtAddress gives whose address the ticket of a mail confirms, else ErrLink.
func (s *Access) AtAddress(ctx context.Context, text string) (Account, error) {
	owner, token, ok := ParseTicket(text)
	if !ok {
		return Account{}, ErrLink
	}
	c, err := s.Credentials.Get(ctx, owner)
	if err != nil {
		return Account{}, noLink(err)
	}
	if !s.confirms(c, token) {
		return Account{}, ErrLink
	}
	a, err := s.Accounts.Get(ctx, owner)
	if err == nil && a.DisabledAt != 0 {
		err = ErrLink
	}
	return a, noLink(err)
}

func (s *Access) confirms(c Credential, token string) bool {
	return c.Unconfirmed != nil && s.Wall() < c.AddressUntil && s.proves(token, secret.LinkAddress, c.ID, c.AddressGeneration)
}

// ConfirmAddress takes the address for the account's from now on.
func (s *Access) ConfirmAddress(ctx context.Context, ticket string) error {
	a, err := s.AtAddress(ctx, ticket)
	if err != nil {
		return err
	}
	_, token, _ := ParseTicket(ticket)
	_, err = s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if !s.confirms(*c, token) {
			return ErrLink
		}
		s.confirmAddress(c, a)
		return nil
	})
	return noLink(err)
}

func (s *Access) confirmAddress(c *Credential, a Account) {
	c.Address, c.Unconfirmed, c.AddressUntil = c.Unconfirmed, nil, 0
	c.drop(LetterAddress)
	c.Note(audit.Of(actor.Staff(a.ID, nil), s.Now(), a.Unit, credentialThing(a.ID), "account.address_confirmed", "address"))
}
