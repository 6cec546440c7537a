package config

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

const (
	prefix       = "SUNDAY_"
	fileSuffix   = "_FILE"
	maxFileBytes = 64 << 10
)

// Variable is one setting as the documentation shows it.
type Variable struct {
	Name    string
	Default string
	Meaning string
	File    bool // Name with _FILE at its end may name a file to read it from
}

var meanings = map[string]string{
	"SUNDAY_ADDR":             "host:port of the pages and the API; port 0 takes a free one and prints it",
	"SUNDAY_METRICS_ADDR":     "host:port of /metrics; none if unset",
	"SUNDAY_BASE_URL":         "the address at which people reach the pages, http or https; as listened if unset; a worker alone needs it",
	"SUNDAY_DATA":             "folder of the embedded store",
	"SUNDAY_MONGODB_URI":      "use MongoDB at this address instead of the embedded store",
	"SUNDAY_MONGODB_DATABASE": "MongoDB's database; the one in the address if unset, or sunday",
	"SUNDAY_SMTP_URL":         "mail server, smtp://user:password@host:port?tls=required&connections=10&rate=20 (rate in mails a second); TLS may be left out only on this machine",
	"SUNDAY_TRUSTED_PROXIES":  "networks of reverse proxies whose X-Forwarded-For is believed, with commas between them",
	"SUNDAY_MAIL_FROM":        "the address that mails come from; needed with SUNDAY_SMTP_URL",
	"SUNDAY_SECRET":           "at least 32 random characters from which all keys are made; needed with MongoDB, else made once in the data folder",
	"SUNDAY_SECRET_OLD":       "former secrets, with commas between them, that still open what was made with them",
	"SUNDAY_JOURNAL":          "file outside the database to which opt-outs, blocks, withdrawn consents and erasures are appended, for a database that is restored; none if unset",
	"SUNDAY_LOG_LEVEL":        "debug, info, warn or error",
}

// fromFile are the variables that hold secrets.
var fromFile = []string{"SUNDAY_MONGODB_URI", "SUNDAY_SMTP_URL", "SUNDAY_SECRET", "SUNDAY_SECRET_OLD"}

// Variables lists every setting, in the order of Config.
func Variables() []Variable {
	params, err := env.GetFieldParams(&raw{})
	if err != nil {
		panic("config: " + err.Error()) // the tags of raw are wrong: a test calls this
	}
	vars := make([]Variable, len(params))
	for i, p := range params {
		vars[i] = Variable{
			Name: p.Key, Default: p.DefaultValue, Meaning: meanings[p.Key],
			File: slices.Contains(fromFile, p.Key),
		}
	}
	return vars
}

// variables keeps the settings that are ours and not empty, and refuses those
// that nobody knows: a misspelt setting would otherwise silently do nothing.
func (f *faults) variables(environ []string) map[string]string {
	var names []string
	for _, v := range Variables() {
		names = append(names, v.Name)
		if v.File {
			names = append(names, v.Name+fileSuffix)
		}
	}
	vars := make(map[string]string)
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		if !slices.Contains(names, name) {
			f.add(name, "is not known: did you mean "+nearest(name, names)+"?")
			continue
		}
		delete(vars, name)
		if value = strings.TrimSpace(value); value != "" {
			vars[name] = value
		}
	}
	return vars
}

// files puts the content of the files in the place of their names.
func (f *faults) files(vars map[string]string) {
	for _, name := range fromFile {
		path, ok := vars[name+fileSuffix]
		if !ok {
			continue
		}
		if _, both := vars[name]; both {
			f.add(name, "and "+name+fileSuffix+" are both set: keep one of them")
			continue
		}
		text, err := readFile(path)
		if err != nil || text == "" {
			f.add(name+fileSuffix, "must name a file that can be read and is not empty")
			continue
		}
		vars[name] = text
	}
}

func readFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxFileBytes))
	return strings.TrimSpace(string(b)), err
}
