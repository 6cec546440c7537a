package sim

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

// logins of the sample's staff, in the order in which they are shown.
var logins = []string{"organizer", "approver", "reviewer", "admin"}

// What the database keeps of its sample: one that was begun and not finished
// is no sample, and a database with data of its own gets none.
const (
	settingSample = "sample"
	sampleBegun   = "begun"
	sampleMade    = "made"
)

var (
	errHalf = errors.New("the sample in this folder was not finished, or another demo is making it: name another folder with --data, or remove this one")
	errReal = errors.New("this folder has data of its own, among which the demo puts no made-up people: name another folder with --data")
)

// FindTour finds a sample that was made in this database before, and gives its
// staff new tokens; the zero Tour where there is none. A sample that was not
// finished, and data that is none, are errors.
func FindTour(ctx context.Context, a *app.App) (Tour, error) {
	state, err := a.Store().Settings.Setting(ctx, settingSample)
	switch {
	case err != nil:
		return Tour{}, err
	case state == sampleBegun:
		return Tour{}, errHalf
	case state == "":
		return Tour{}, refuseReal(ctx, a)
	}
	return tourOf(ctx, a)
}

// refuseReal is errReal where somebody planned an event.
func refuseReal(ctx context.Context, a *app.App) error {
	u, err := a.Store().Units.ByCode(ctx, provinceCode)
	if err != nil {
		return err
	}
	list, err := a.Store().Events.Page(ctx, event.Filter{Scope: u.ID}, page.Request{Limit: 1})
	if err == nil && len(list.Items) > 0 {
		return errReal
	}
	return err
}

// begin claims the making of the sample; finish says that it is whole.
func begin(ctx context.Context, a *app.App) error {
	swapped, err := a.Store().Settings.SetSetting(ctx, settingSample, "", sampleBegun)
	if err == nil && !swapped {
		return errHalf
	}
	return err
}

func finish(ctx context.Context, a *app.App) error {
	_, err := a.Store().Settings.SetSetting(ctx, settingSample, sampleBegun, sampleMade)
	return err
}

func tourOf(ctx context.Context, a *app.App) (Tour, error) {
	var t Tour
	u, err := a.Store().Units.ByCode(ctx, communeCode)
	if err != nil {
		return t, err
	}
	list, err := a.Store().Events.Page(ctx, event.Filter{Unit: u.ID}, page.Request{Limit: 200})
	if err != nil || len(list.Items) == 0 {
		return t, err
	}
	t.Unit = u.ID
	t.Past = list.Items[0].ID
	t.Coming = list.Items[len(list.Items)-1].ID
	for _, login := range logins {
		token, err := a.AddToken(ctx, login, "demo", nil, 365)
		if err != nil {
			return t, err
		}
		t.Tokens = append(t.Tokens, Token{login, token})
	}
	return t, nil
}
