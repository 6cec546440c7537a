package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/net/html"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

// world is the real program on a free port, a mail server that receives, and
// a clock in the test's hand.
type world struct {
	t       *testing.T
	ctx     context.Context
	app     *app.App
	clock   *app.HandClock
	catcher *mailcatch.Catcher
	config  config.Config
	metrics string // where /metrics is, if anywhere
	read    int    // mails looked at so far
	tokens  map[string]string
	// cookies of who is signed in, by login.
	cookies map[string]*http.Cookie
}

// mongoURI is the test's MongoDB server.
func mongoURI(t *testing.T) string {
	t.Helper()
	uri := os.Getenv("MONGODB_URI")
	if uri == "" {
		t.Fatal("no MongoDB: run scripts/mongo-for-tests run -- go test ./..., or leave this test out with -skip Mongo")
	}
	return uri
}

// settings are the environment of the program on the store.
func settings(t *testing.T, store string, mailPort int) []string {
	t.Helper()
	env := []string{
		"SUNDAY_ADDR=127.0.0.1:0", "SUNDAY_DATA=" + t.TempDir(), "SUNDAY_LOG_LEVEL=error",
		fmt.Sprintf("SUNDAY_SMTP_URL=smtp://127.0.0.1:%d?tls=none", mailPort),
		"SUNDAY_MAIL_FROM=Chủ nhật cùng dân <chu-nhat@example.org>",
	}
	if store == "mongodb" {
		uri, name := mongoURI(t), "sunday-app-"+id.Random().New(0)[24:]
		t.Cleanup(func() { dropDatabase(t, uri, name) })
		env = append(env, "SUNDAY_MONGODB_URI="+uri, "SUNDAY_MONGODB_DATABASE="+name, "SUNDAY_SECRET=only for tests, only for tests, only for tests")
	}
	return env
}

func dropDatabase(t *testing.T, uri, name string) {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := client.Database(name).Drop(ctx); err != nil {
		t.Errorf("drop %s: %v", name, err)
	}
	if err := client.Disconnect(ctx); err != nil {
		t.Error(err)
	}
}

// start runs the program at the instant.
func start(t *testing.T, store string, at time.Time) *world {
	t.Helper()
	return startLogged(t, store, at, nil)
}

// startLogged runs the program with a log and with more settings.
func startLogged(t *testing.T, store string, at time.Time, log *slog.Logger, more ...string) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), clock: app.NewHandClock(at), tokens: map[string]string{}, cookies: map[string]*http.Cookie{}}
	var err error
	w.catcher, err = mailcatch.Start()
	w.must(err)
	t.Cleanup(func() { w.must(w.catcher.Close()) })
	w.config, err = config.Load(append(settings(t, store, w.catcher.Port()), more...))
	w.must(err)
	listeners, err := app.Listen(w.ctx, w.config)
	w.must(err)
	if listeners.Metrics != nil {
		w.metrics = "http://" + listeners.Metrics.Addr().String() + "/metrics"
	}
	w.app, err = app.Open(w.ctx, app.Options{
		Config: w.config, Version: "test", Clock: w.clock.Clock(), Listeners: listeners, SyncOff: true, IDs: id.Random(), Log: log,
		HashCost: account.HashCost{MemoryKiB: 64, Passes: 1},
	})
	w.must(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.app.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		w.must(<-ended)
		w.must(w.app.Close())
	})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// at moves the clock and lets the worker do everything that is then due.
func (w *world) at(t time.Time) {
	w.t.Helper()
	w.clock.Set(t)
	for range 6 {
		_, err := w.app.Step(w.ctx)
		w.must(err)
		w.clock.Set(w.clock.Now().Add(time.Minute))
	}
}

// account makes a member of staff with a token, as the command line does.
func (w *world) account(login, unitCode string, roles ...string) {
	w.t.Helper()
	_, err := w.app.AddAccount(w.ctx, app.NewAccount{Login: login, Unit: unitCode, Roles: roles, Password: password})
	w.must(err)
	w.tokens[login], err = w.app.AddToken(w.ctx, app.NewToken{Login: login, Label: "test", Days: 90})
	w.must(err)
}

// password is everybody's.
const password = "bốn con vịt xiêm"

// signIn gives the cookie of a new session, as the form of the page does.
func (w *world) signIn(login string) *http.Cookie {
	w.t.Helper()
	res, _ := w.send(nil, http.MethodPost, "/staff/sign-in", url.Values{"login": {login}, "password": {password}})
	for _, c := range res.Cookies() {
		if c.Value != "" {
			return c
		}
	}
	w.t.Fatalf("%s cannot sign in: %d", login, res.StatusCode)
	return nil
}

// send asks for a page with a session or none, and does not follow redirects.
func (w *world) send(session *http.Cookie, method, path string, form url.Values) (*http.Response, *html.Node) {
	w.t.Helper()
	if session == nil {
		return w.sendWith(nil, method, path, form)
	}
	return w.sendWith([]*http.Cookie{session}, method, path, form)
}

func (w *world) sendWith(cookies []*http.Cookie, method, path string, form url.Values) (*http.Response, *html.Node) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.ctx, method, w.app.BaseURL()+path, strings.NewReader(form.Encode()))
	w.must(err)
	for _, c := range cookies {
		req.AddCookie(c)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	w.must(err)
	doc, err := html.Parse(res.Body)
	w.must(err)
	w.must(res.Body.Close())
	return res, doc
}

// staff asks for a page as somebody who signed in once, or as nobody.
func (w *world) staff(who, method, path string, form url.Values) (*http.Response, *html.Node) {
	w.t.Helper()
	if who != "" && w.cookies[who] == nil {
		w.cookies[who] = w.signIn(who)
	}
	return w.send(w.cookies[who], method, path, form)
}

// object is a JSON object.
type object map[string]any

func (o object) str(key string) string { s, _ := o[key].(string); return s }

func (o object) list(key string) []object {
	items, _ := o[key].([]any)
	out := make([]object, len(items))
	for i, it := range items {
		out[i], _ = it.(map[string]any)
	}
	return out
}

// call asks the API as somebody and wants the status.
func (w *world) call(who, method, path string, body any, want int) object {
	w.t.Helper()
	var in io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		w.must(err)
		in = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(w.ctx, method, w.app.BaseURL()+"/api/v1"+path, in)
	w.must(err)
	req.Header.Set("Authorization", "Bearer "+w.tokens[who])
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	data, err := io.ReadAll(res.Body)
	w.must(err)
	w.must(res.Body.Close())
	if res.StatusCode != want {
		w.t.Fatalf("%s %s as %s: %d, want %d: %s", method, path, who, res.StatusCode, want, data)
	}
	var out object
	if len(data) > 0 {
		w.must(json.Unmarshal(data, &out))
	}
	return out
}

// page opens a page as a browser without JavaScript, and wants the status.
func (w *world) page(link string, want int) *html.Node {
	w.t.Helper()
	return w.browse(http.MethodGet, link, nil, want)
}

func (w *world) browse(method, link string, form url.Values, want int) *html.Node {
	w.t.Helper()
	if strings.HasPrefix(link, "/") {
		link = w.app.BaseURL() + link
	}
	req, err := http.NewRequestWithContext(w.ctx, method, link, strings.NewReader(form.Encode()))
	w.must(err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	data, err := io.ReadAll(res.Body)
	w.must(err)
	w.must(res.Body.Close())
	if res.StatusCode != want {
		w.t.Fatalf("%s %s: %d, want %d: %s", method, link, res.StatusCode, want, data)
	}
	doc, err := html.Parse(bytes.NewReader(data))
	w.must(err)
	return doc
}

// submit fills in the first form of the page that posts, and sends it.
func (w *world) submit(link string, doc *html.Node, fill map[string]string, want int) *html.Node {
	w.t.Helper()
	action, values := w.form(doc)
	for k, v := range fill {
		values.Set(k, v)
	}
	if action == "" {
		action = link
	}
	return w.browse(http.MethodPost, action, values, want)
}

// answer goes through a survey screen by screen, gives each question the level
// and sends it with the text.
func (w *world) answer(link string, page *html.Node, level, text string) {
	w.t.Helper()
	for {
		question := ""
		for n := range page.Descendants() {
			if n.Data == "input" && attr(n, "type") == "radio" {
				question = attr(n, "name")
			}
		}
		if question == "" {
			w.submit(link, page, map[string]string{"text": text, "go": "send"}, 200)
			return
		}
		page = w.submit(link, page, map[string]string{question: level, "go": "next"}, 200)
	}
}

// form finds the first posting form that is not for signing out, with what a bare submit would send.
func (w *world) form(doc *html.Node) (action string, values url.Values) {
	w.t.Helper()
	for n := range doc.Descendants() {
		if n.Data != "form" || attr(n, "method") != "post" || strings.HasPrefix(attr(n, "action"), "/staff/sign-out") {
			continue
		}
		values := url.Values{}
		for in := range n.Descendants() {
			_, checked := has(in, "checked")
			kind := attr(in, "type")
			if in.Data == "input" && attr(in, "name") != "" && (checked || kind != "radio" && kind != "checkbox") {
				values.Set(attr(in, "name"), attr(in, "value"))
			}
		}
		return attr(n, "action"), values
	}
	w.t.Fatal("the page has no form that posts")
	return "", nil
}

func has(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func attr(n *html.Node, name string) string {
	v, _ := has(n, name)
	return v
}

// words is all text of a page.
func words(doc *html.Node) string {
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type != html.TextNode {
			continue
		}
		b.WriteString(n.Data)
		if !marksLanguage(n.NextSibling) && (!marksLanguage(n.Parent) || n.Parent.NextSibling == nil) {
			b.WriteString(" ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// marksLanguage tells whether the element is around words of another language,
// in the middle of a sentence.
func marksLanguage(n *html.Node) bool {
	return n != nil && n.Data == "span" && slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "lang" })
}

// mails are those received since the last call, by recipient.
func (w *world) mails() map[string][]mailcatch.Mail {
	w.t.Helper()
	by := map[string][]mailcatch.Mail{}
	for _, m := range w.catcher.Mails() {
		if m.Number > w.read {
			by[m.To] = append(by[m.To], m)
		}
	}
	w.read = w.catcher.Received()
	return by
}

// mail is what one recipient must have got, and nobody else anything.
type mail struct {
	to, lang, subject, method string
	links                     []string // paths that must be linked to
}

// received compares what came since the last call, and gives it by recipient.
func (w *world) received(want ...mail) map[string]mailcatch.Mail {
	w.t.Helper()
	got := w.mails()
	out := map[string]mailcatch.Mail{}
	for _, m := range want {
		if len(got[m.to]) != 1 {
			w.t.Errorf("%s got %d mails, want one %q", m.to, len(got[m.to]), m.subject)
			continue
		}
		g := got[m.to][0]
		out[m.to] = g
		delete(got, m.to)
		if !strings.Contains(g.Subject, m.subject) || g.Get("Content-Language") != m.lang || g.Method != m.method {
			w.t.Errorf("%s got %q (%s, %q), want %q (%s, %q)", m.to, g.Subject, g.Get("Content-Language"), g.Method, m.subject, m.lang, m.method)
		}
		for _, l := range m.links {
			if link(g, l) == "" || !strings.Contains(g.HTML, link(g, l)) {
				w.t.Errorf("%s: %q has no link to %s in text and HTML", m.to, g.Subject, l)
			}
		}
	}
	for to, extra := range got {
		w.t.Errorf("%s got %q, want nothing", to, extra[0].Subject)
	}
	return out
}

// link finds the address of a kind of page in a mail's text.
func link(m mailcatch.Mail, path string) string {
	for word := range strings.FieldsSeq(m.Text) {
		if strings.HasPrefix(word, "http") && strings.Contains(word, path) {
			return word
		}
	}
	return ""
}
