package account

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// ErrOwnAddress: one's own address is changed on one's own page, which asks for the
// password.
var ErrOwnAddress = fault.New(fault.Forbidden, "account.address_own")

// GiveAddress has an account be mailed at an address once its owner followed the
// link in the mail that goes there, and says what there is now. Those who may make a
// link for the account do it, and the command line, and only where its owner has
// confirmed no address (ErrAddress).
func (s *Access) GiveAddress(ctx context.Context, act actor.Actor, account, typed string) (AddressState, error) {
	if !s.Post.On() {
		return AddressState{}, ErrNoPost
	}
	a, err := s.othersAddress(ctx, act, account)
	if err != nil {
		return AddressState{}, err
	}
	sealed, err := s.sealAddress(a.ID, typed)
	if err != nil {
		return AddressState{}, err
	}
	if err := s.ensure(ctx, a.ID); err != nil {
		return AddressState{}, err
	}
	c, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if c.Address != nil {
			return ErrAddress
		}
		s.expect(c, sealed)
		c.owe(LetterAddress, s.Wall(), c.AddressUntil)
		c.Note(audit.Of(act, s.Now(), a.Unit, credentialThing(a.ID), "account.address", "unconfirmed"))
		return nil
	})
	return s.addressState(c), err
}

// TakeAddress has an account be mailed nowhere: its owner cannot get at the mailbox
// any more, or the address was wrong. Those who may make a link for the account do
// it, and the command line.
func (s *Access) TakeAddress(ctx context.Context, act actor.Actor, account string) error {
	a, err := s.othersAddress(ctx, act, account)
	if err != nil {
		return err
	}
	return record.IgnoreAbsent(s.dropAddress(ctx, act, a)) // an account without a credential has no address
}

// othersAddress gives an account whose address act may change without its owner's
// password.
func (s *Access) othersAddress(ctx context.Context, act actor.Actor, account string) (Account, error) {
	a, err := s.administered(ctx, act, account)
	switch {
	case err != nil:
		return Account{}, err
	case act.Is(actor.KindStaff) && act.ID == a.ID:
		return Account{}, ErrOwnAddress
	case a.DisabledAt != 0:
		return Account{}, ErrDisabled
	}
	return a, s.reaches(ctx, act, a)
}

// dropAddress is no error where there is no address.
func (s *Access) dropAddress(ctx context.Context, act actor.Actor, a Account) error {
	_, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if c.Address == nil && c.Unconfirmed == nil {
			return record.ErrUnchanged
		}
		c.Address, c.Unconfirmed, c.AddressUntil, c.AddressRefused, c.ResetUntil = nil, nil, 0, false, 0
		c.drop(LetterAddress, LetterReset, LetterPassword)
		c.Note(audit.Of(act, s.Now(), a.Unit, credentialThing(a.ID), "account.address_removed", "address"))
		return nil
	})
	return err
}
