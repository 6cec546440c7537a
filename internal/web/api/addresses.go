package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// AddressState is what is told of an account's e-mail address: that there is one,
// and not which.
type AddressState struct {
	Confirmed bool `json:"confirmed" doc:"The owner has confirmed an address"`
	Waiting   bool `json:"waiting" doc:"An address waits for the link in its mail to be followed"`
	Refused   bool `json:"refused" doc:"The mail server refuses the address"`
}

type addressNew struct {
	ByID
	Body struct {
		Address string `json:"address" maxLength:"254" example:"lan@example.org"`
	}
}

func showAddress(s account.AddressState, err error) (*plain[AddressState], error) {
	if err != nil {
		return nil, err
	}
	return &plain[AddressState]{Body: AddressState(s)}, nil
}

func (m *mount) addresses() {
	s := m.Services.Access
	const scope = account.ScopeWrite
	add(m, operation{
		ID: "get-account-address", Do: "GET /accounts/{id}/address", Says: "Tell whether an account has an e-mail address", Scope: scope,
		More: "For administrators of the home unit or of one above it. The address itself is shown to its owner alone.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[AddressState], error) {
		return showAddress(s.AddressOf(ctx, act, in.ID))
	})
	add(m, operation{
		ID: "give-account-address", Do: "PUT /accounts/{id}/address", Says: "Have an account's owner confirm an e-mail address", Scope: scope,
		More: "A mail with a link goes there; the address is the account's once the link was followed, within 7 days. " +
			"For administrators who look after all units on which the account has roles, never for oneself, and only while its owner has confirmed none. " +
			"At most 3 mails go out for an account, and one more every 20 minutes.",
	}, func(ctx context.Context, act actor.Actor, in *addressNew) (*plain[AddressState], error) {
		wait, back := m.TryMail(request.From(ctx).Token(), in.ID)
		if wait > 0 {
			return nil, huma.ErrorWithHeaders(errTooMany, http.Header{"Retry-After": {strconv.Itoa(int(wait/time.Second) + 1)}})
		}
		state, err := s.GiveAddress(ctx, act, in.ID, in.Body.Address)
		if err != nil {
			back()
		}
		return showAddress(state, err)
	})
	add(m, operation{
		ID: "take-account-address", Do: "DELETE /accounts/{id}/address", Says: "Have an account be mailed nowhere", Scope: scope,
		Status: http.StatusNoContent, More: "For those who may give an address. No error where there is none.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*struct{}, error) {
		return nil, s.TakeAddress(ctx, act, in.ID)
	})
}
