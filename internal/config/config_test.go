package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/mail"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sunday-with-the-people/sunday/internal/config"
)

const goodSecret = "a secret of at least 32 characters"

func TestLoad_Defaults(t *testing.T) {
	t.Parallel()
	got, err := config.Load([]string{"PATH=/bin", "SUNDAY_ADDR=", "SUNDAYS=1"})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{Addr: "127.0.0.1:8080", DataDir: "./sunday-data"}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(netip.Prefix{})); diff != "" {
		t.Error(diff)
	}
}

func TestLoad_Everything(t *testing.T) {
	t.Parallel()
	got, err := config.Load([]string{
		"SUNDAY_ADDR=:0", "SUNDAY_METRICS_ADDR=127.0.0.1:9090", "SUNDAY_BASE_URL=https://sunday.example.org/",
		"SUNDAY_DATA=/var/lib/sunday", "SUNDAY_MONGODB_URI=mongodb://u:p@a:1,b:2/lamdong?replicaSet=rs",
		"SUNDAY_SMTP_URL=smtp://mail%40x:p%2Fw@mail.example.org:2525?tls=required&connections=3&rate=7",
		"SUNDAY_TRUSTED_PROXIES=10.1.2.3/8, ::1", `SUNDAY_MAIL_FROM="Chủ nhật" <Sunday@Example.org>`,
		"SUNDAY_SECRET=" + goodSecret, "SUNDAY_SECRET_OLD=" + strings.Repeat("o", 32) + "," + strings.Repeat("p", 32),
		"SUNDAY_LOG_LEVEL=Debug",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Addr: ":0", MetricsAddr: "127.0.0.1:9090", BaseURL: "https://sunday.example.org", DataDir: "/var/lib/sunday",
		MongoURI: "mongodb://u:p@a:1,b:2/lamdong?replicaSet=rs", MongoDatabase: "lamdong",
		SMTP: config.SMTP{
			Host: "mail.example.org", Port: 2525, User: "mail@x", Password: "p/w",
			TLS: config.TLSRequired, Connections: 3, RatePerSecond: 7,
		},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		MailFrom:       mail.Address{Name: "Chủ nhật", Address: "Sunday@example.org"},
		Secret:         goodSecret, OlderSecrets: []config.Secret{config.Secret(strings.Repeat("o", 32)), config.Secret(strings.Repeat("p", 32))},
		LogLevel: slog.LevelDebug,
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestLoad_Faults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ line, want string }{
		{"SUNDAY_ADDR=8080", "SUNDAY_ADDR must be host:port"},
		{"SUNDAY_ADDR=127.0.0.1:65536", "SUNDAY_ADDR must be host:port"},
		{"SUNDAY_METRICS_ADDR=x", "SUNDAY_METRICS_ADDR must be host:port"},
		{"SUNDAY_BASE_URL=sunday.example.org", "SUNDAY_BASE_URL must be the address"},
		{"SUNDAY_BASE_URL=ftp://sunday.example.org", "SUNDAY_BASE_URL must be the address"},
		{"SUNDAY_BASE_URL=https://u:p@sunday.example.org", "SUNDAY_BASE_URL must be the address"},
		{"SUNDAY_BASE_URL=https://sunday.example.org?x", "SUNDAY_BASE_URL must be the address"},
		{"SUNDAY_MONGODB_URI=localhost:27017", "SUNDAY_MONGODB_URI must begin with mongodb://"},
		{"SUNDAY_MONGODB_URI=mongodb:///x", "SUNDAY_MONGODB_URI must name a host"},
		{"SUNDAY_MONGODB_URI=mongodb://h", "SUNDAY_SECRET must be set when SUNDAY_MONGODB_URI is"},
		{"SUNDAY_MONGODB_URI=mongodb://h/a.b", "SUNDAY_MONGODB_DATABASE must be"},
		{"SUNDAY_SMTP_URL=smtp://h", "SUNDAY_MAIL_FROM must be set when SUNDAY_SMTP_URL is"},
		{"SUNDAY_TRUSTED_PROXIES=10.0.0.0/33", "SUNDAY_TRUSTED_PROXIES must be networks"},
		{"SUNDAY_MAIL_FROM=nobody", "SUNDAY_MAIL_FROM must be an address"},
		{"SUNDAY_MAIL_FROM=a@example.org\r\nBcc: b@example.org", "SUNDAY_MAIL_FROM must be an address"},
		{"SUNDAY_SECRET=short", "SUNDAY_SECRET must have at least 32 characters"},
		{"SUNDAY_SECRET_OLD=short", "SUNDAY_SECRET_OLD must have at least 32 characters"},
		{"SUNDAY_LOG_LEVEL=loud", "SUNDAY_LOG_LEVEL must be debug"},
		{"SUNDAY_SECRET_FILE=/no/such/file", "SUNDAY_SECRET_FILE must name a file"},
		{"SUNDAY_ADR=:80", "SUNDAY_ADR is not known: did you mean SUNDAY_ADDR?"},
		{"SUNDAY_MONGO_URI=x", "SUNDAY_MONGO_URI is not known: did you mean SUNDAY_MONGODB_URI?"},
		{"SUNDAY_SECRETFILE=x", "SUNDAY_SECRETFILE is not known: did you mean SUNDAY_SECRET_FILE?"},
		{"SUNDAY_ADDR_FILE=x", "SUNDAY_ADDR_FILE is not known: did you mean SUNDAY_ADDR?"},
	} {
		environ := []string{tc.line}
		if !strings.Contains(tc.line+tc.want, "SUNDAY_SECRET") {
			environ = append(environ, "SUNDAY_SECRET="+goodSecret)
		}
		c, err := config.Load(environ)
		if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %s", tc.line, err, tc.want)
			continue
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than one fault: %v", tc.line, err)
		}
		if diff := cmp.Diff(config.Config{}, c, cmpopts.IgnoreUnexported(netip.Prefix{})); diff != "" {
			t.Errorf("%s: gives a value too: %s", tc.line, diff)
		}
	}
}

func TestLoad_AllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.Load([]string{
		"SUNDAY_ADDR=x", "SUNDAY_LOG_LEVEL=y", "SUNDAY_SECRET=planted-value", "SUNDAY_WHAT=z",
		"SUNDAY_SMTP_URL=smtp://user:planted-value@h:99999?rate=planted-value",
	})
	if err == nil {
		t.Fatal("no fault")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 7 { // and the missing SUNDAY_MAIL_FROM
		t.Errorf("%d lines, want 7:\n%v", len(lines), err)
	}
	if strings.Contains(err.Error(), "planted-value") {
		t.Errorf("shows a value:\n%v", err)
	}
}

func TestLoad_Files(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret, uri := write("secret", goodSecret+"\n"), write("uri", "mongodb://h\n")
	c, err := config.Load([]string{"SUNDAY_SECRET_FILE=" + secret, "SUNDAY_MONGODB_URI_FILE=" + uri})
	if err != nil {
		t.Fatal(err)
	}
	if c.Secret != goodSecret || c.MongoURI != "mongodb://h" || c.MongoDatabase != "sunday" {
		t.Errorf("got %q, %q, %q", string(c.Secret), string(c.MongoURI), c.MongoDatabase)
	}
	for _, environ := range [][]string{
		{"SUNDAY_SECRET_FILE=" + secret, "SUNDAY_SECRET=" + goodSecret},
		{"SUNDAY_SECRET_FILE=" + write("empty", " \n")},
	} {
		if _, err := config.Load(environ); err == nil {
			t.Errorf("%v passes", environ)
		}
	}
}

func TestConfig_PrintsNoSecret(t *testing.T) {
	t.Parallel()
	c, err := config.Load([]string{
		"SUNDAY_SECRET=planted-value-planted-value-planted", "SUNDAY_SECRET_OLD=planted-value-planted-value-planted2",
		"SUNDAY_MONGODB_URI=mongodb://u:planted-value@h", "SUNDAY_SMTP_URL=smtps://planted-value:planted-value@h",
		"SUNDAY_MAIL_FROM=a@example.org",
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(c.Secret)
	if err != nil {
		t.Fatal(err)
	}
	shown := []string{string(b), c.Secret.String()}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		shown = append(shown, fmt.Sprintf(format, c), fmt.Sprintf(format, c.SMTP), fmt.Sprintf(format, c.OlderSecrets),
			fmt.Sprintf(format, &c), fmt.Sprintf(format, c.MongoURI))
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "config", c, "smtp", c.SMTP, "secret", c.Secret, "older", c.OlderSecrets)
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "config", c, "smtp", c.SMTP, "secret", c.Secret, "older", c.OlderSecrets)
	for _, s := range append(shown, log.String()) {
		if strings.Contains(s, "planted") {
			t.Errorf("shows a secret: %s", s)
		}
	}
	if !strings.Contains(c.String(), "addr=127.0.0.1:8080") || !strings.Contains(log.String(), `"log_level":"INFO"`) {
		t.Errorf("shows too little: %s\n%s", c, log.String())
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, v := range config.Variables() {
		if !strings.HasPrefix(v.Name, "SUNDAY_") || v.Meaning == "" || seen[v.Name] {
			t.Errorf("%+v", v)
		}
		seen[v.Name] = true
		if v.Name == "SUNDAY_SECRET" && !v.File || v.Name == "SUNDAY_ADDR" && (v.File || v.Default != "127.0.0.1:8080") {
			t.Errorf("%+v", v)
		}
	}
	if len(seen) != 13 {
		t.Errorf("%d variables, want 13", len(seen))
	}
}

func FuzzLoad(f *testing.F) {
	for _, v := range config.Variables() {
		f.Add(strings.TrimPrefix(v.Name, "SUNDAY_"), v.Default)
	}
	f.Add("SMTP_URL", "smtp://a:b@[::1]:25?tls=none")
	f.Add("MONGODB_URI", "mongodb://@/?")
	f.Fuzz(func(t *testing.T, name, value string) {
		if strings.HasSuffix(name, "_FILE") {
			return // reads files of any name
		}
		c, err := config.Load([]string{"SUNDAY_" + name + "=" + value})
		if err == nil && c.Addr == "" {
			t.Error("no fault and no value")
		}
	})
}
