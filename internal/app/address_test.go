package app_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
)

func TestAddress_SQLite(t *testing.T) {
	t.Parallel()
	addressed(t, "sqlite")
}

func TestAddress_Mongo(t *testing.T) {
	t.Parallel()
	addressed(t, "mongodb")
}

// addressed has an administrator's program and the command line give somebody an
// address, which counts once its owner followed the link of the mail. Each change
// is in the unit's log, without the address.
func addressed(t *testing.T, store string) {
	w := start(t, store, sunday)
	w.account("admin", "24848", "admin")
	w.account("lan", "24848", "organizer")
	acc, err := w.app.Services.Accounts.ByLogin(w.ctx, actor.System("test"), "lan")
	w.must(err)
	at := "/accounts/" + acc.ID + "/address"
	state := func(want account.AddressState) {
		t.Helper()
		got, err := w.app.AccountAddress(w.ctx, "lan")
		w.must(err)
		if got != want {
			t.Errorf("the address is %+v, want %+v", got, want)
		}
	}
	for _, give := range []func(){
		func() { w.call("admin", "PUT", at, object{"address": staffAddress}, 200) },
		func() { w.must(w.app.GiveAddress(w.ctx, "lan", staffAddress)) },
	} {
		give()
		state(account.AddressState{Waiting: true})
		_, path := w.letter("Xác nhận địa chỉ thư của bạn", "/staff/address/")
		if res, _ := w.send(nil, http.MethodPost, path, url.Values{"choice": {"yes"}}); res.StatusCode != http.StatusOK {
			t.Fatalf("confirming it: %d", res.StatusCode)
		}
		state(account.AddressState{Confirmed: true})
		w.call("admin", "PUT", at, object{"address": "other@example.org"}, 409)
		w.must(w.app.TakeAddress(w.ctx, "lan"))
		state(account.AddressState{})
	}
	w.must(w.app.GiveAddress(w.ctx, "lan", "wrong@example.org"))
	w.call("admin", "DELETE", at, nil, 204)
	state(account.AddressState{})
	if err := w.app.GiveAddress(w.ctx, "nobody", staffAddress); err == nil {
		t.Error("an unknown login is no error")
	}
}

// An address whose link ran out is named on the own page, and asked for again by
// the password alone.
func TestAddress_Lapsed(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("lan", "24848", "organizer")
	form := url.Values{"address": {staffAddress}, "current": {password}}
	session := w.signIn("lan")
	w.send(session, http.MethodPost, "/staff/account/address", form)
	acc, err := w.app.Services.Accounts.ByLogin(w.ctx, actor.System("test"), "lan")
	w.must(err)
	_, err = w.app.Store().Credentials.Update(w.ctx, acc.ID, func(c *account.Credential) error { // links are on the machine's clock
		c.AddressUntil = c.AddressUntil.Add(-account.AddressLife)
		return nil
	})
	w.must(err)
	_, doc := w.send(session, http.MethodGet, "/staff/account?lang=en", nil)
	w.says(doc, "the account", []string{staffAddress + " ! its link has run out", "have the mail sent again", "Remove the address"}, []string{"waits to be confirmed"})
	typed := ""
	for n := range doc.Descendants() {
		if n.Data == "input" && attr(n, "name") == "address" {
			typed = attr(n, "value")
		}
	}
	if typed != staffAddress {
		t.Errorf("%q is filled in, want the address", typed)
	}
	if res, _ := w.send(session, http.MethodPost, "/staff/account/address", form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("asking again: %d", res.StatusCode)
	}
	_, doc = w.send(session, http.MethodGet, "/staff/account?lang=en", nil)
	w.says(doc, "the account", []string{"waits to be confirmed"}, []string{"has run out"})
}

// TestLetters_Work: a worker hands a letter over soon after it was asked for,
// though the timetable has its job once a minute.
func TestLetters_Work(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("lan", "24848", "organizer")
	ctx, stop := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.app.Work(ctx) }()
	w.must(w.app.GiveAddress(w.ctx, "lan", staffAddress))
	within, cancel := context.WithTimeout(w.ctx, 20*time.Second)
	defer cancel()
	mails, err := w.catcher.Wait(within, 1)
	if err != nil || len(mails) != 1 || mails[0].To != staffAddress {
		t.Errorf("%d mails: %v", len(mails), err)
	}
	stop()
	w.must(<-ended)
}
