package sim

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// logins of the sample's staff, in the order in which they are shown.
var logins = []string{"organizer", "approver", "reviewer", "admin"}

// FindTour finds a sample that was made in this database before, and gives its
// staff new tokens; the zero Tour where there is none.
func FindTour(ctx context.Context, a *app.App) (Tour, error) {
	var t Tour
	u, err := a.Store().Units.ByCode(ctx, communeCode)
	if errors.Is(err, record.ErrAbsent) {
		return t, nil
	}
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
