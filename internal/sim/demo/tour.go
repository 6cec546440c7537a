package demo

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

// Tour is what the demo shows somebody who has just started it.
type Tour struct {
	// Password is that of all of Logins, and Tokens are their API tokens in the
	// same order. Both are made anew at each start.
	Password string
	Tokens   []Token
	// Coming and Past are ids of the shown commune's next and last Sunday.
	Coming, Past string
	// Unit is the id of the shown commune.
	Unit string
}

// Token is an API token and whose it is.
type Token struct{ Login, Token string }

// passwordLetters is how many letters a password has, in groups that can be
// read out and typed.
const passwordLetters, passwordGroup = 12, 4

// newPassword makes one that nobody can guess, since a demo may be shown to
// others on a network.
func newPassword() string {
	letters := strings.ToLower(rand.Text())[:passwordLetters]
	var groups []string
	for at := 0; at < passwordLetters; at += passwordGroup {
		groups = append(groups, letters[at:at+passwordGroup])
	}
	return strings.Join(groups, "-")
}

// tour gives the staff a new password and tokens, and says what there is to see.
func (m *making) tour(ctx context.Context) (Tour, error) {
	shown := m.places[0]
	t := Tour{Unit: shown.unit(), Coming: shown.event(next), Past: shown.event(lastPast), Password: newPassword()}
	for _, login := range Logins() {
		if err := m.app.SetPassword(ctx, login, t.Password); err != nil {
			return t, err
		}
		token, err := m.app.AddToken(ctx, app.NewToken{Login: login, Label: "demo", Days: 365})
		if err != nil {
			return t, err
		}
		t.Tokens = append(t.Tokens, Token{login, token})
	}
	return t, nil
}
