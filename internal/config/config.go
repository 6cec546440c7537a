package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"net/netip"

	"github.com/caarlos0/env/v11"
)

// Config is what the program is told from outside. Load makes it; its zero
// values are those of nothing set, save for the defaults that Variables lists.
type Config struct {
	Addr           string // host:port of the pages and the API; port 0 is a free one
	MetricsAddr    string // host:port of /metrics, empty for none
	BaseURL        string // how people reach the pages, without a slash at its end; empty: as listened
	DataDir        string // the embedded store's folder
	MongoURI       Secret // empty: the embedded store
	MongoDatabase  string
	SMTP           SMTP // Host is empty if mail has no way out
	TrustedProxies []netip.Prefix
	MailFrom       mail.Address // Address is empty if unset
	Secret         Secret       // empty: the one kept in the data folder
	OlderSecrets   []Secret
	Journal        string // the file of refusals outside the store, empty for none
	LogLevel       slog.Level
}

// raw holds the variables as text: the library fills in defaults, and our own
// readers say what to do about a wrong one without repeating its value.
type raw struct {
	Addr           string `env:"SUNDAY_ADDR" envDefault:"127.0.0.1:8080"`
	MetricsAddr    string `env:"SUNDAY_METRICS_ADDR"`
	BaseURL        string `env:"SUNDAY_BASE_URL"`
	Data           string `env:"SUNDAY_DATA" envDefault:"./sunday-data"`
	MongoURI       string `env:"SUNDAY_MONGODB_URI"`
	MongoDatabase  string `env:"SUNDAY_MONGODB_DATABASE"`
	SMTPURL        string `env:"SUNDAY_SMTP_URL"`
	TrustedProxies string `env:"SUNDAY_TRUSTED_PROXIES"`
	MailFrom       string `env:"SUNDAY_MAIL_FROM"`
	Secret         string `env:"SUNDAY_SECRET"`
	SecretOld      string `env:"SUNDAY_SECRET_OLD"`
	Journal        string `env:"SUNDAY_JOURNAL"`
	LogLevel       string `env:"SUNDAY_LOG_LEVEL" envDefault:"info"`
}

// Load reads environ ("NAME=value" lines as of os.Environ; an empty value is as
// good as none). Its error joins one line per fault, each naming the variable
// and the remedy; no line holds a value.
func Load(environ []string) (Config, error) {
	var f faults
	vars := f.variables(environ)
	f.files(vars)
	var r raw
	if err := env.ParseWithOptions(&r, env.Options{Environment: vars}); err != nil {
		return Config{}, fmt.Errorf("config: %w", err)
	}
	c := f.read(r)
	if err := f.err(); err != nil {
		return Config{}, err
	}
	return c, nil
}

func (f *faults) read(r raw) Config {
	c := Config{
		Addr:           f.addr("SUNDAY_ADDR", r.Addr),
		MetricsAddr:    f.addr("SUNDAY_METRICS_ADDR", r.MetricsAddr),
		BaseURL:        f.baseURL(r.BaseURL),
		DataDir:        r.Data,
		MongoURI:       Secret(r.MongoURI),
		MongoDatabase:  f.database(r.MongoURI, r.MongoDatabase),
		SMTP:           f.smtp(r.SMTPURL),
		TrustedProxies: f.proxies(r.TrustedProxies),
		MailFrom:       f.mailFrom(r.MailFrom),
		Secret:         f.secret("SUNDAY_SECRET", r.Secret),
		OlderSecrets:   f.older(r.SecretOld),
		Journal:        r.Journal,
		LogLevel:       f.logLevel(r.LogLevel),
	}
	if r.MongoURI != "" && r.Secret == "" {
		f.add("SUNDAY_SECRET", "must be set when SUNDAY_MONGODB_URI is, to the same text for every process: at least 32 random characters, or SUNDAY_SECRET_FILE with the name of a file that holds them")
	}
	if r.SMTPURL != "" && r.MailFrom == "" {
		f.add("SUNDAY_MAIL_FROM", "must be set when SUNDAY_SMTP_URL is: the address that mails come from")
	}
	return c
}

// faults collects what is wrong, one line each.
type faults struct{ lines []error }

func (f *faults) add(name, remedy string) {
	f.lines = append(f.lines, errors.New(name+" "+remedy))
}

func (f *faults) err() error { return errors.Join(f.lines...) }
