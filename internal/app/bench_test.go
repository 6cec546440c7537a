package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web"
)

// The commune whose Sundays the benchmarks load, by the state's code.
const benchCode = "24829"

var benchUnit = unit.StateID(benchCode)

// bench is the real program on a free port: SQLite with synchronous=FULL, its
// log written and dropped.
type bench struct {
	app   *app.App
	addr  string
	token string
	close func() error // of what was opened and never served
}

// startBench runs pages and API over a data folder; with work it runs the
// worker as well, as `sunday run` does.
func startBench(b *testing.B, dir string, work bool) *bench {
	b.Helper()
	w := openBench(b, dir)
	a := w.app
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	running := 1
	go func() { ended <- a.Serve(ctx) }()
	go app.TendMemory(ctx)
	if work {
		running++
		go func() { ended <- a.Work(ctx) }()
	}
	b.Cleanup(func() {
		stop()
		for range running {
			benchMust(b, <-ended)
		}
		benchMust(b, a.Close())
	})
	return w
}

// openBench opens the program without running anything.
func openBench(b *testing.B, dir string) *bench {
	b.Helper()
	c, err := config.Load([]string{
		"SUNDAY_ADDR=127.0.0.1:0", "SUNDAY_DATA=" + dir, "SUNDAY_TRUSTED_PROXIES=127.0.0.1/32",
	})
	benchMust(b, err)
	l, err := app.Listen(b.Context(), c)
	benchMust(b, err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil)) //nolint:sloglint // DiscardHandler would save the work of writing
	a, err := app.Open(b.Context(), app.Options{Config: c, Version: "bench", Listeners: l, Log: log})
	benchMust(b, err)
	return &bench{app: a, addr: l.Pages.Addr().String(), close: func() error { return errors.Join(l.Close(), a.Close()) }}
}

func benchMust(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// signIn gives the bench a token of somebody who may do anything.
func (w *bench) signIn(b *testing.B) {
	b.Helper()
	ctx := b.Context()
	roles := make([]string, 0, len(actor.Roles()))
	for _, r := range actor.Roles() {
		roles = append(roles, string(r))
	}
	_, err := w.app.AddAccount(ctx, app.NewAccount{Login: "bench", Unit: benchCode, Roles: roles})
	benchMust(b, err)
	w.token, err = w.app.AddToken(ctx, app.NewToken{Login: "bench", Label: "bench", Days: 90})
	benchMust(b, err)
}

// publish makes a Sunday in ten days, with 5,000 places where it is seated.
func (w *bench) publish(b *testing.B, seated bool) string {
	b.Helper()
	by := func(name string, role actor.Role) actor.Actor {
		return actor.Staff(name, []actor.Grant{{Role: role, Unit: benchUnit}}, actor.AllScopes)
	}
	organizer, approver := by("organizer", actor.Organizer), by("approver", actor.Approver)
	day := w.app.Now().Time().AddDate(0, 0, 10).Format(time.DateOnly)
	slot := event.Slot{ID: "all", Name: "Tham gia"}
	if seated {
		slot.Capacity = event.MaxPlaces
	}
	e, err := w.app.Services.Events.Create(b.Context(), organizer, "", event.Input{
		Unit: benchUnit, Type: event.Volunteer, Title: "Làm đường thôn", Bring: "Giày, găng tay",
		Place: event.Place{Name: "Nhà văn hóa thôn"}, LocalStart: calendar.Local(day + "T07:00"), LocalEnd: calendar.Local(day + "T11:00"),
		Slots: []event.Slot{slot}, NoticeDays: 3,
	})
	benchMust(b, err)
	for _, step := range []struct {
		by  actor.Actor
		act event.Act
	}{{organizer, event.Submit}, {approver, event.Approve}, {organizer, event.Publish}} {
		_, err := w.app.Services.Events.Do(b.Context(), step.by, e.ID, 0, step.act, "")
		benchMust(b, err)
	}
	return e.ID
}

// residents keeps n people of the unit and returns their ids.
func (w *bench) residents(b *testing.B, n int) []string {
	b.Helper()
	ids := make([]string, n)
	for i := range ids {
		r := resident.Resident{Unit: benchUnit, Name: "Nguyễn Thị Mẫu", Locale: "vi"}
		r.ID = id.Random().New(w.app.Now().Time().UnixMilli())
		benchMust(b, w.app.Store().Residents.Create(b.Context(), &r))
		ids[i] = r.ID
	}
	return ids
}

// perEvent is how many registrations one event of the benchmarks takes.
const perEvent = 4000

// events are as many as n registrations need.
func (w *bench) events(b *testing.B, seated bool, n int) []string {
	b.Helper()
	list := make([]string, n/perEvent+1)
	for i := range list {
		list[i] = w.publish(b, seated)
	}
	return list
}

// BenchmarkRegister has 8 clients register, through the public form with an
// address each, and by staff through the API. "worker" has planning and sending
// run beside. The limit is the same number of dependent durable writes: contact,
// resident and registration, and with seats the roll and the registration again.
func BenchmarkRegister(b *testing.B) {
	const clients = 8
	for _, with := range []struct {
		name string
		work bool
	}{{"serve", false}, {"run", true}} {
		b.Run(with.name, func(b *testing.B) {
			w := startBench(b, b.TempDir(), with.work)
			w.signIn(b)
			b.Run("form", func(b *testing.B) { w.benchForm(b, clients, false) })
			b.Run("form-seats", func(b *testing.B) { w.benchForm(b, clients, true) })
			b.Run("api", func(b *testing.B) { w.benchEnter(b, clients, false) })
			b.Run("api-seats", func(b *testing.B) { w.benchEnter(b, clients, true) })
		})
	}
	b.Run("raw-3-commits", func(b *testing.B) { rawCommits(b, clients, 3) })
	b.Run("raw-5-commits", func(b *testing.B) { rawCommits(b, clients, 5) })
}

// people numbers those who register, over all runs of a benchmark.
var people atomic.Int64

func (w *bench) benchForm(b *testing.B, clients int, seated bool) {
	events := w.events(b, seated, b.N)
	first := people.Add(int64(b.N))
	benchLoad(b, w.addr, clients, http.StatusOK, func(n int) string {
		who := first + int64(n)
		body := fmt.Sprintf("form=form-of-the-bench-%d&party=1&name=Nguy%%E1%%BB%%85n+M%%E1%%BA%%ABu&email=r%d%%40example.org", who, who)
		// A limit counts the mails that one address causes: many people, many addresses.
		from := fmt.Sprintf("X-Forwarded-For: 10.%d.%d.%d\r\n", who>>16&255, who>>8&255, who&255)
		return post(w.addr, "/e/"+events[n/perEvent]+"/register", "application/x-www-form-urlencoded", from, body)
	})
}

func (w *bench) benchEnter(b *testing.B, clients int, seated bool) {
	events := w.events(b, seated, b.N)
	who := w.residents(b, min(b.N, perEvent))
	auth := "Authorization: Bearer " + w.token + "\r\n"
	benchLoad(b, w.addr, clients, http.StatusCreated, func(n int) string {
		body := fmt.Sprintf(`{"resident":%q,"party":1}`, who[n%perEvent])
		return post(w.addr, "/api/v1/events/"+events[n/perEvent]+"/registrations", "application/json", auth, body)
	})
}

func post(host, path, kind, headers, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n%s", path, host, kind, len(body), headers, body)
}

func get(host, path, headers string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n"
}

// BenchmarkEventPage has 16 connections load the page of an event with seats.
// The limit is the same bytes from a handler that does nothing else.
func BenchmarkEventPage(b *testing.B) {
	const clients = 16
	w := startBench(b, b.TempDir(), true)
	path := "/e/" + w.publish(b, true)
	_, page, err := benchDial(b, w.addr).do(get(w.addr, path, ""))
	benchMust(b, err)
	if !strings.Contains(string(page), "Làm đường thôn") {
		b.Fatalf("the page is not the event's: %.200s", page)
	}
	b.Run("page", func(b *testing.B) {
		benchLoad(b, w.addr, clients, http.StatusOK, func(int) string { return get(w.addr, path, "") })
	})
	b.Run("raw", func(b *testing.B) {
		addr := serveBytes(b, page)
		benchLoad(b, addr, clients, http.StatusOK, func(int) string { return get(addr, "/", "") })
	})
}

// serveBytes answers every request with the bytes.
func serveBytes(b *testing.B, page []byte) (addr string) {
	b.Helper()
	l, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	benchMust(b, err)
	server := web.NewHTTPServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) }))
	go func() { _ = server.Serve(l) }() // ends by Close
	b.Cleanup(func() { benchMust(b, server.Close()) })
	return l.Addr().String()
}
