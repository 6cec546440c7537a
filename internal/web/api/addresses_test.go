package api_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

// post keeps what it is handed.
type post struct {
	off  bool
	sent []account.Mail
}

func (p *post) On() bool { return !p.off }

func (p *post) Held(context.Context) (bool, error) { return false, nil }

func (p *post) Send(_ context.Context, _ calendar.Instant, m account.Mail) error {
	p.sent = append(p.sent, m)
	return nil
}

// TestAPI_Address: an address counts once the link in its mail was followed, is
// told to nobody, and is asked for as often as its owner may be mailed.
func TestAPI_Address(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.must(t, 201, b.organizer, "POST", "/api/v1/accounts", fields{"login": "helper", "name": "Người giúp", "unit": blao}).text(t, "id")
	at := "/api/v1/accounts/" + a + "/address"
	state := func(confirmed, waiting bool) {
		t.Helper()
		got := b.must(t, 200, b.organizer, "GET", at, nil)
		if got.json(t, "confirmed") != confirmed || got.json(t, "waiting") != waiting || got.json(t, "refused") != false || strings.Contains(got.body, "@") {
			t.Errorf("the address is %s", got.body)
		}
	}
	state(false, false)
	b.must(t, 204, b.organizer, "DELETE", at, nil)
	for range 5 { // a mail that does not go out is not counted
		b.must(t, 422, b.organizer, "PUT", at, fields{"address": "no address"})
		b.must(t, 404, b.stranger, "PUT", at, fields{"address": plantedEmail})
	}
	if got := b.must(t, 200, b.organizer, "PUT", at, fields{"address": plantedEmail}); got.json(t, "waiting") != true || strings.Contains(got.body, "@") {
		t.Errorf("the answer is %s", got.body)
	}
	state(false, true)
	if _, err := b.services.Access.SendLetters(t.Context(), start, 10); err != nil || len(b.post.sent) != 1 || b.post.sent[0].To != plantedEmail {
		t.Fatalf("%d mails, %v", len(b.post.sent), err)
	}
	if err := b.services.Access.ConfirmAddress(t.Context(), strings.TrimPrefix(b.post.sent[0].Path, account.AddressPath)); err != nil {
		t.Fatal(err)
	}
	state(true, false)
	if got := b.must(t, 409, b.organizer, "PUT", at, fields{"address": "other@example.org"}); got.text(t, "code") != "account.address_owner" {
		t.Errorf("over a confirmed one: %s", got.body)
	}
	b.must(t, 204, b.organizer, "DELETE", at, nil)
	state(false, false)
	for range 2 {
		b.must(t, 200, b.organizer, "PUT", at, fields{"address": plantedEmail})
	}
	if got := b.must(t, 429, b.organizer, "PUT", at, fields{"address": plantedEmail}); got.header.Get("Retry-After") == "" {
		t.Error("nobody says how long to wait")
	}
	if strings.Contains(b.logs.String(), plantedEmail) {
		t.Error("the log has the address")
	}
}

// TestAPI_AddressOwn: nobody gives themselves an address by a token.
func TestAPI_AddressOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	list := b.must(t, 200, b.organizer, "GET", "/api/v1/accounts?unit="+blao, nil)
	at := "/api/v1/accounts/" + list.text(t, "items", 0, "id") + "/address"
	for method, body := range map[string]any{"PUT": fields{"address": plantedEmail}, "DELETE": nil} {
		if got := b.must(t, 403, b.organizer, method, at, body); got.text(t, "code") != "account.address_own" {
			t.Errorf("%s: %s", method, got.body)
		}
	}
	b.post.off = true
	other := b.must(t, 201, b.organizer, "POST", "/api/v1/accounts", fields{"login": "helper", "name": "Người giúp", "unit": blao}).text(t, "id")
	b.must(t, 409, b.organizer, "PUT", "/api/v1/accounts/"+other+"/address", fields{"address": plantedEmail})
}
