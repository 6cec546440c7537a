package demo

import "context"

// Tour is what the demo shows somebody who has just started it.
type Tour struct {
	// Tokens by login, in the order of Logins.
	Tokens []Token
	// Coming and Past are ids of the shown commune's next and last Sunday.
	Coming, Past string
	// Unit is the id of the shown commune.
	Unit string
}

// Token is an API token and whose it is.
type Token struct{ Login, Token string }

// tour gives the staff new tokens and says what there is to see.
func (m *making) tour(ctx context.Context) (Tour, error) {
	shown := m.places[0]
	t := Tour{Unit: shown.unit(), Coming: shown.event(next), Past: shown.event(lastPast)}
	for _, login := range Logins() {
		token, err := m.app.AddToken(ctx, login, "demo", nil, 365)
		if err != nil {
			return t, err
		}
		t.Tokens = append(t.Tokens, Token{login, token})
	}
	return t, nil
}
