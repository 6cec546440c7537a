package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// verdicts gives the verdict of each check, and the page.
func verdicts(found []app.Finding) (map[string]app.Verdict, string) {
	by, page := map[string]app.Verdict{}, ""
	for _, f := range found {
		by[f.Check] = f.Verdict
		page += fmt.Sprintf("%s %s: %s -> %s\n", f.Verdict, f.Check, f.Says, f.Do)
	}
	return by, page
}

// mustTexts are the texts of the page in the language.
func mustTexts(tb testing.TB, lang string) *i18n.Printer {
	tb.Helper()
	all, err := i18n.Open()
	if err != nil {
		tb.Fatal(err)
	}
	return all.For(lang)
}

// mustExamine examines, in English unless the examination has a language.
func mustExamine(t *testing.T, e app.Examination) app.Examined {
	t.Helper()
	if e.Lang == "" {
		e.Lang = "en"
	}
	got, err := app.Examine(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func wantVerdicts(t *testing.T, e app.Examination, want map[string]app.Verdict) string {
	t.Helper()
	got, page := verdicts(mustExamine(t, e).Found)
	for check, v := range want {
		if got[check] != v {
			t.Errorf("%s is %q, want %q:\n%s", check, got[check], v, page)
		}
	}
	return page
}

// mustData makes a database and gives the settings for it.
func mustData(t *testing.T) config.Config {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	c, err := config.Load([]string{"SUNDAY_DATA=" + dir})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Options{Config: c, SyncOff: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Every language has the same verdicts in the same order, other words for them,
// and no text's id where a text should be.
func TestExamine_Languages(t *testing.T) {
	t.Parallel()
	for _, c := range []config.Config{mustData(t), mailConfig(t, 1, "x")} {
		e := app.Examination{Config: c, Resolver: nobody(), Clock: "none"}
		want := mustExamine(t, e).Found
		for _, e.Lang = range []string{"vi", "pl"} {
			got := mustExamine(t, e)
			if len(got.Found) != len(want) {
				t.Fatalf("%s: %d findings, want %d", e.Lang, len(got.Found), len(want))
			}
			for i, f := range got.Found {
				if f.Check != want[i].Check || f.Verdict != want[i].Verdict || (f.Do == "") != (want[i].Do == "") || f.Says == want[i].Says {
					t.Errorf("%s: %+v, want %+v", e.Lang, f, want[i])
				}
			}
			if strings.Contains(got.Page+got.Wrong, "doctor.") {
				t.Errorf("a text is missing in %s:\n%s", e.Lang, got.Page)
			}
		}
	}
}

// The words of the first two columns of the page fit them.
func TestExamine_Columns(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"vi", "en", "pl"} {
		texts := mustTexts(t, lang)
		for _, id := range texts.IDs() {
			fits := map[bool]int{strings.HasPrefix(id, "doctor.verdict."): 8, strings.HasPrefix(id, "doctor.check."): 22}[true]
			if words := texts.Text(id, nil); fits > 0 && utf8.RuneCountInString(words) > fits {
				t.Errorf("%s in %s is wider than %d columns: %q", id, lang, fits, words)
			}
		}
	}
}

// nobody answers no question of DNS.
func nobody() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, io.ErrClosedPipe }}
}

func TestExamine_Database(t *testing.T) {
	t.Parallel()
	e := app.Examination{Config: mustData(t), Resolver: nobody()}
	wantVerdicts(t, e, map[string]app.Verdict{
		"store": app.Fine, "indexes": app.Fine, "holds": app.Fine, "permissions": app.Fine, "journal": app.Look,
		"clock": app.Unknown, "mail server": app.Bad, "proxy": app.Look, "pages": app.Unknown, "backup": app.Unknown,
	})
	a, err := app.Open(t.Context(), app.Options{Config: e.Config, SyncOff: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Hold(t.Context(), "", "a reason that names somebody"); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if page := wantVerdicts(t, e, map[string]app.Verdict{"holds": app.Look}); strings.Contains(page, "somebody") {
		t.Errorf("the page repeats the reason:\n%s", page)
	}
}

// TestExamine_Worker: that none ran yet, whatever a command did, that one runs,
// that one job fails again and again or none begins, that it ended, was killed, and
// gives no sign.
func TestExamine_Worker(t *testing.T) {
	t.Parallel()
	e := app.Examination{Config: mustData(t), Resolver: nobody()}
	says := func(want app.Verdict, words string) {
		t.Helper()
		if page := wantVerdicts(t, e, map[string]app.Verdict{"worker": want}); !strings.Contains(page, words) {
			t.Errorf("the page does not say %q:\n%s", words, page)
		}
	}
	says(app.Look, "none has run on this database yet")
	a, err := app.Open(t.Context(), app.Options{Config: e.Config, SyncOff: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.RunJob(t.Context(), "settle"), a.RunJob(t.Context(), app.JobDispatch)); err != nil {
		t.Fatal(err)
	}
	says(app.Look, "none has run on this database yet")
	for range 2 { // the first step begins to watch the clock, the next keeps a tick
		if _, err := a.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	failed := scheduler.JobState{Name: "plan", Gen: 1, InRow: 3, LastStart: time.Now().UnixMilli()}
	swap := func(seen, next scheduler.JobState) {
		t.Helper()
		if did, err := a.Store().Jobs.SwapJob(t.Context(), seen, next); err != nil || !did {
			t.Fatal(did, err)
		}
	}
	says(app.Fine, "running: 1; the last sign is ")
	before, err := a.Store().Jobs.JobState(t.Context(), "plan")
	if err != nil {
		t.Fatal(err)
	}
	failed.Gen = before.Gen + 1
	swap(before, failed)
	says(app.Bad, "plan (3 times)")
	e.Now = func() time.Time { return time.Now().Add(time.Hour) }
	says(app.Bad, "none runs, or its clock is in doubt: the last sign of one is 1 hour")
	e.Now = nil
	rows, err := a.Store().Leases.ListLeases(t.Context(), "worker-")
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	// what a worker leaves that was killed: its row, and a lock that nobody holds
	workers := filepath.Join(e.Config.DataDir, "workers")
	lock := filepath.Join(workers, rows[0].Owner+".lock")
	if err := errors.Join(os.MkdirAll(workers, 0o700), os.WriteFile(lock, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	says(app.Bad, "none runs")
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	says(app.Bad, "plan (3 times)")
	if err := a.StopWorker(t.Context()); err != nil {
		t.Fatal(err)
	}
	says(app.Bad, "none runs")
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestExamine_Idle: a worker whose clock goes on and whose jobs do not.
func TestExamine_Idle(t *testing.T) {
	t.Parallel()
	e := app.Examination{Config: mustData(t), Resolver: nobody()}
	clock := app.RealClock()
	clock.Domain = func() time.Time { return time.Now().Add(-time.Hour) }
	a, err := app.Open(t.Context(), app.Options{Config: e.Config, SyncOff: true, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := a.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if page := wantVerdicts(t, e, map[string]app.Verdict{"worker": app.Bad}); !strings.Contains(page, "one runs, but the last job began 1 hour") {
		t.Error(page)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestExamine_Indexes(t *testing.T) {
	t.Parallel()
	e := app.Examination{Config: mustData(t), Resolver: nobody()}
	db, err := sql.Open("sqlite", filepath.Join(e.Config.DataDir, "sunday.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "DROP INDEX residents_unit"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if page := wantVerdicts(t, e, map[string]app.Verdict{"indexes": app.Bad}); !strings.Contains(page, "missing: residents_unit") {
		t.Error(page)
	}
}

func TestExamine_Damaged(t *testing.T) {
	t.Parallel()
	e := app.Examination{Config: mustData(t), Resolver: nobody()}
	file := filepath.Join(e.Config.DataDir, "sunday.db")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// Pages of the middle, not the first ones, so that it opens.
	for at := len(whole) / 2; at < len(whole); at++ {
		whole[at] = 0x5A
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	wantVerdicts(t, e, map[string]app.Verdict{"store": app.Bad, "disk": app.Fine})
	if err := os.RemoveAll(e.Config.DataDir); err != nil {
		t.Fatal(err)
	}
	if page := wantVerdicts(t, e, map[string]app.Verdict{"store": app.Bad}); !strings.Contains(page, "there is no database") {
		t.Error(page)
	}
	if _, err := os.Stat(e.Config.DataDir); err == nil {
		t.Error("the doctor made a database")
	}
}

// Why the store cannot be opened is said in the language of the page.
func TestExamine_Shut(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		harm   func(dir string) error
		secret string
		says   map[string]string
	}{
		"no database": {
			func(dir string) error {
				return os.WriteFile(filepath.Join(dir, "sunday.db"), make([]byte, 9000), 0o600)
			}, "",
			map[string]string{"vi": "tệp bị hỏng", "pl": "jest uszkodzona", "en": "it is damaged"},
		},
		"a short secret": {
			func(dir string) error { return os.WriteFile(filepath.Join(dir, "secret"), []byte("short"), 0o600) }, "",
			map[string]string{"vi": "ngắn hơn 32 ký tự", "pl": "mniej niż 32 znaki", "en": "the secret has less than 32"},
		},
		"no secret": {
			func(dir string) error { return os.Remove(filepath.Join(dir, "secret")) }, "",
			map[string]string{"vi": "không còn khóa bí mật", "pl": "tajemnicy nie ma", "en": "the secret is gone"},
		},
		"another secret": {
			func(string) error { return nil }, "of another database, and long enough",
			map[string]string{"vi": "khóa bí mật khác", "pl": "tajemnica jest inna", "en": "the secret is another one"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := app.Examination{Config: mustData(t), Resolver: nobody(), Clock: "none"}
			e.Config.Secret = config.Secret(tt.secret)
			if err := tt.harm(e.Config.DataDir); err != nil {
				t.Fatal(err)
			}
			for lang, words := range tt.says {
				e.Lang = lang
				if page := wantVerdicts(t, e, map[string]app.Verdict{"store": app.Bad}); !strings.Contains(page, words) || lang != "en" && strings.Contains(page, "the ") {
					t.Errorf("%s: %q, and nothing in English, is not on the page:\n%s", lang, words, page)
				}
			}
		})
	}
}

func TestExamine_Permissions(t *testing.T) {
	t.Parallel()
	c := mustData(t)
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(secret, 0o644); err != nil {
		t.Fatal(err)
	}
	page := wantVerdicts(t, app.Examination{Config: c, Resolver: nobody(), Environ: []string{"SUNDAY_SMTP_URL_FILE=" + secret}},
		map[string]app.Verdict{"permissions": app.Bad})
	if !strings.Contains(page, "SUNDAY_SMTP_URL_FILE may be read by others (mode 0644) -> chmod 600 "+secret) {
		t.Error(page)
	}
}

func TestExamine_Backups(t *testing.T) {
	t.Parallel()
	c, dir := config.Config{DataDir: t.TempDir()}, t.TempDir()
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	e := app.Examination{Config: c, Backups: dir, Resolver: nobody(), Now: func() time.Time { return now }}
	wantVerdicts(t, e, map[string]app.Verdict{"backup": app.Bad})
	for _, tt := range []struct {
		age  time.Duration
		want app.Verdict
		lang string
		says string
	}{
		{74*time.Hour + 5*time.Minute, app.Bad, "vi", "đã 3 ngày 2 giờ, có 1,5 MB"},
		{26*time.Hour + 5*time.Minute, app.Bad, "pl", "ma 1 dzień 2 godziny i 1,5 MB"},
		{2 * time.Hour, app.Fine, "en", "is 2 hours old and has 1.5 MB"},
		{61 * time.Second, app.Fine, "pl", "ma 1 minutę i 1,5 MB"},
		{-10 * time.Second, app.Fine, "en", "is 0 seconds old"}, // another machine wrote it
		{-49 * time.Hour, app.Look, "pl", "o 2 dni 1 godzinę późniejszy"},
	} {
		file := filepath.Join(dir, tt.age.String())
		if err := os.WriteFile(file, append([]byte("SQLite format 3\x00"), make([]byte, 1_500_000)...), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, now.Add(-tt.age), now.Add(-tt.age)); err != nil {
			t.Fatal(err)
		}
		e.Lang = tt.lang
		if page := wantVerdicts(t, e, map[string]app.Verdict{"backup": tt.want}); !strings.Contains(page, tt.says) {
			t.Errorf("%s: the page does not say %q:\n%s", tt.age, tt.says, page)
		}
	}
}

// The newest file is no backup because it is the newest: one that is empty, cut off
// or of another kind is bad, and one that cannot be looked into is said to be so.
func TestExamine_BackupKinds(t *testing.T) {
	t.Parallel()
	c, dir := mustData(t), t.TempDir()
	whole := filepath.Join(t.TempDir(), "whole")
	if _, err := app.WriteBackup(t.Context(), c, whole, nil); err != nil {
		t.Fatal(err)
	}
	backup, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	packed := func(text string) string {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	now := time.Now()
	e := app.Examination{Config: config.Config{DataDir: t.TempDir()}, Backups: dir, Resolver: nobody(), Clock: "none"}
	for i, tt := range []struct {
		name, text string
		want       app.Verdict
		says       string
	}{
		{"whole.db", string(backup), app.Fine, "the newest, whole.db, is 0 seconds old and has "},
		{"next.db.part-123", "words", app.Fine, "whole.db"}, // one that is being written is none yet
		{"empty.db", "", app.Bad, "the newest, empty.db, is 0 seconds old and empty"},
		{"cut.db", string(backup[:len(backup)-4096]), app.Bad, " MB: its end is missing"},
		{"list.csv", "name,phone\n", app.Bad, "the newest file, list.csv, is 0 seconds old, has 0.0 MB and is no backup"},
		{"zeros.db", strings.Repeat("\x00", 9000), app.Bad, "zeros.db, is 0 seconds old, has 0.0 MB and is no backup"},
		{"dump", "\x6d\xe2\x99\x81" + "rest", app.Fine, "dump"},
		{"dump.gz", packed("\x6d\xe2\x99\x81" + "rest"), app.Fine, "dump.gz"},
		{"data.gz", packed(string(backup)), app.Fine, "data.gz"},
		{"nothing.gz", packed(""), app.Bad, "nothing.gz, is 0 seconds old and empty"},
		{"list.gz", packed("name,phone\n"), app.Bad, "list.gz, is 0 seconds old, has 0.0 MB and is no backup"},
		{"data.zst", "\x28\xb5\x2f\xfd\x00\x01", app.Unknown, "data.zst, is 0 seconds old and has 0.0 MB; it is packed or encrypted"},
		{"data.asc", "-----BEGIN PGP MESSAGE-----\n\nabc\n", app.Unknown, "data.asc, is 0 seconds old and has 0.0 MB; it is packed or encrypted"},
		{"data.age", "age-encryption.org/v1\n-> X25519", app.Unknown, "it is packed or encrypted"},
	} {
		file := filepath.Join(dir, tt.name)
		at := now.Add(time.Duration(i) * time.Millisecond)
		if err := errors.Join(os.WriteFile(file, []byte(tt.text), 0o600), os.Chtimes(file, at, at)); err != nil {
			t.Fatal(err)
		}
		if page := wantVerdicts(t, e, map[string]app.Verdict{"backup": tt.want}); !strings.Contains(page, tt.says) {
			t.Errorf("%s: the page does not say %q:\n%s", tt.name, tt.says, page)
		}
	}
}

// mailServer takes mails with TLS and a sign-in.
type mailServer struct{ got bytes.Buffer }

func (s *mailServer) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }
func (s *mailServer) AuthMechanisms() []string                    { return []string{sasl.Plain} }
func (s *mailServer) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "sunday" || password != "geheim" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}
func (s *mailServer) Mail(string, *smtp.MailOptions) error { return nil }
func (s *mailServer) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *mailServer) Data(r io.Reader) error {
	_, err := io.Copy(&s.got, r)
	return err
}
func (s *mailServer) Reset()        {}
func (s *mailServer) Logout() error { return nil }

// mustMailServer starts one with a certificate for 127.0.0.1.
func mustMailServer(t *testing.T) (port int, trust *tls.Config, backend *mailServer) {
	t.Helper()
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	backend = &mailServer{}
	s := smtp.NewServer(backend)
	s.Domain, s.TLSConfig = "localhost", &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}
	return mustServeMail(t, s), &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, backend
}

// mustServeMail lets a mail server serve until the test is over.
func mustServeMail(t *testing.T, s *smtp.Server) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return l.Addr().(*net.TCPAddr).Port
}

func mailConfig(t *testing.T, port int, password string) config.Config {
	t.Helper()
	return mailTo(t, fmt.Sprintf("smtp://sunday:%s@127.0.0.1:%d?tls=required", password, port))
}

func TestExamine_Mail(t *testing.T) {
	t.Parallel()
	port, trust, server := mustMailServer(t)
	e := app.Examination{Config: mailConfig(t, port, "geheim"), TLS: trust, Resolver: nobody()}
	wantVerdicts(t, e, map[string]app.Verdict{"mail server": app.Fine, "test mail": "", "SPF": app.Unknown, "DMARC": app.Unknown, "DKIM": app.Unknown})
	if server.got.Len() > 0 {
		t.Error("a mail was sent that nobody asked for")
	}
	e.TestMail = "lan@example.org"
	wantVerdicts(t, e, map[string]app.Verdict{"test mail": app.Fine})
	if got := server.got.String(); !strings.Contains(got, "Subject: Test mail of Sunday") || !strings.Contains(got, "To: lan@example.org") && !strings.Contains(got, "<lan@example.org>") {
		t.Errorf("got %s", got)
	}
	e.Config = mailConfig(t, port, "falsch")
	if page := wantVerdicts(t, e, map[string]app.Verdict{"mail server": app.Bad}); strings.Contains(page, "falsch") {
		t.Errorf("the password is on the page:\n%s", page)
	}
	for says, change := range map[string]func(){
		"made by nobody whom this machine knows": func() {
			e.Config, e.TLS = mailConfig(t, port, "geheim"), &tls.Config{MinVersion: tls.VersionTLS12}
		},
		"nothing listens there":        func() { e.Config = mailConfig(t, 1, "geheim") },
		"its name cannot be looked up": func() { e.Config.SMTP.Host = "nowhere.invalid" },
	} {
		change()
		if page := wantVerdicts(t, e, map[string]app.Verdict{"mail server": app.Bad}); !strings.Contains(page, says) {
			t.Errorf("the page does not say %q:\n%s", says, page)
		}
	}
}

// mustDNS starts a server that knows the TXT records, and gives a resolver that
// asks it.
func mustDNS(t *testing.T, records map[string][]string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil {
				continue
			}
			name := m.Questions[0].Name
			m.Response, m.Authoritative, m.Additionals = true, true, nil
			if texts, ok := records[name.String()]; ok {
				for _, text := range texts {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: name, Type: dnsmessage.TypeTXT, Class: dnsmessage.ClassINET, TTL: 1},
						Body:   &dnsmessage.TXTResource{TXT: []string{text}},
					})
				}
			} else {
				m.RCode = dnsmessage.RCodeNameError
			}
			packed, err := m.Pack()
			if err != nil {
				continue
			}
			if _, err := conn.WriteTo(packed, from); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func TestExamine_DNS(t *testing.T) {
	t.Parallel()
	e := app.Examination{Config: mailConfig(t, 1, "x"), Selector: "mail"}
	e.Resolver = mustDNS(t, map[string][]string{
		"example.org.":                 {"other", "v=spf1 mx -all"},
		"_dmarc.example.org.":          {"v=DMARC1; p=quarantine"},
		"mail._domainkey.example.org.": {"v=DKIM1; k=rsa; p=MIGf"},
	})
	wantVerdicts(t, e, map[string]app.Verdict{"SPF": app.Fine, "DMARC": app.Fine, "DKIM": app.Fine})
	e.Resolver = mustDNS(t, map[string][]string{
		"example.org.":                 {"v=spf1 mx -all", "v=spf1 -all"},
		"mail._domainkey.example.org.": {"v=DKIM1; p="},
	})
	wantVerdicts(t, e, map[string]app.Verdict{"SPF": app.Bad, "DMARC": app.Bad, "DKIM": app.Bad})
}

func TestExamine_Pages(t *testing.T) {
	t.Parallel()
	headers := map[string]string{"Content-Security-Policy": "x", "X-Content-Type-Options": "x", "Referrer-Policy": "x"}
	code, date := http.StatusOK, ""
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if date != "" {
			w.Header().Set("Date", date)
		}
		w.WriteHeader(code)
	}))
	defer web.Close()
	e := app.Examination{Config: config.Config{DataDir: t.TempDir()}, URL: web.URL + "/", Clock: web.URL, Resolver: nobody()}
	wantVerdicts(t, e, map[string]app.Verdict{"pages": app.Fine, "clock": app.Fine, "forged addresses": app.Unknown})
	date = time.Now().Add(-time.Minute).UTC().Format(http.TimeFormat)
	wantVerdicts(t, e, map[string]app.Verdict{"clock": app.Bad})
	delete(headers, "Referrer-Policy")
	if page := wantVerdicts(t, e, map[string]app.Verdict{"pages": app.Bad}); !strings.Contains(page, "without Referrer-Policy") {
		t.Error(page)
	}
	code = http.StatusBadGateway
	wantVerdicts(t, e, map[string]app.Verdict{"pages": app.Bad})
	e.URL, e.Clock = "http://127.0.0.1:1", "http://127.0.0.1:1"
	wantVerdicts(t, e, map[string]app.Verdict{"pages": app.Bad, "clock": app.Unknown})
}

func TestExamine_Proxy(t *testing.T) {
	t.Parallel()
	for want, c := range map[app.Verdict][]config.Config{
		app.Fine: {{BaseURL: "https://sunday.example", TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}},
		app.Look: {{}},
		app.Bad: {
			{BaseURL: "http://sunday.example"}, {BaseURL: "https://sunday.example"},
			{BaseURL: "https://sunday.example", TrustedProxies: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}},
		},
	} {
		for _, one := range c {
			one.DataDir = t.TempDir()
			wantVerdicts(t, app.Examination{Config: one, Resolver: nobody()}, map[string]app.Verdict{"proxy": want})
		}
	}
}
