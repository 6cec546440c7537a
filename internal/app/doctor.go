package app

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
)

// Verdict is how one thing is.
type Verdict string

// Verdicts. Only Bad fails the examination.
const (
	Fine    Verdict = "ok"
	Look    Verdict = "look" // to be looked at: it may be meant
	Bad     Verdict = "bad"
	Unknown Verdict = "unknown" // could not be found out from here
)

// Finding is one line of the page: what was looked at, how it is, and what to
// do where it is not as it should be. Check and Verdict are the same in every
// language, for programs; Says and Do are words.
type Finding struct {
	Check   string  `json:"check"`
	Verdict Verdict `json:"verdict"`
	Says    string  `json:"says"`
	Do      string  `json:"do,omitempty"`
}

// What is looked at. The records by which other mail servers tell our mails from
// forged ones are called the same everywhere.
const (
	checkPermissions   = "permissions"
	checkJournal       = "journal"
	checkStore         = "store"
	checkIndexes       = "indexes"
	checkHolds         = "holds"
	checkWorker        = "worker"
	checkInside        = "indexes, holds, worker"
	checkClock         = "clock"
	checkDatabaseClock = "clock of the database"
	checkDisk          = "disk"
	checkMail          = "mail server"
	checkTestMail      = "test mail"
	checkSPF           = "SPF"
	checkDMARC         = "DMARC"
	checkDKIM          = "DKIM"
	checkProxy         = "proxy"
	checkPages         = "pages"
	checkForged        = "forged addresses"
	checkBackups       = "backup"
)

// checkNames have the messages of what the page calls each.
var checkNames = map[string]string{
	checkPermissions: "doctor.check.permissions", checkJournal: "doctor.check.journal", checkStore: "doctor.check.store",
	checkIndexes: "doctor.check.indexes", checkHolds: "doctor.check.holds", checkWorker: "doctor.check.worker",
	checkInside: "doctor.check.within", checkClock: "doctor.check.clock", checkDatabaseClock: "doctor.check.clock_database",
	checkDisk: "doctor.check.disk", checkMail: "doctor.check.mail", checkTestMail: "doctor.check.test_mail",
	checkProxy: "doctor.check.proxy", checkPages: "doctor.check.pages", checkForged: "doctor.check.forged", checkBackups: "doctor.check.backup",
}

// Examination is what the doctor is asked to look at. Config, Version and Lang
// are required, the rest is optional.
type Examination struct {
	Config  config.Config
	Version string
	// Lang is the language of what is said: "vi", "en" or "pl".
	Lang string
	// Environ is searched for files of secrets.
	Environ []string
	// URL is where the pages are reached, to be asked through all proxies.
	URL string
	// Clock is whose clock is compared with this machine's: "ntp://HOST" or any web
	// server's address. A public time server is asked if it is empty, and nobody if
	// it is "none".
	Clock string
	// TestMail is an address that gets one mail.
	TestMail string
	// Selector is the DKIM selector of the mail server.
	Selector string
	// Backups is the folder of the backups.
	Backups string
	// Resolver, HTTP and TLS replace the machine's own, in tests.
	Resolver *net.Resolver
	HTTP     *http.Client
	TLS      *tls.Config
	// Now is the real clock if nil.
	Now func() time.Time
}

// Examined is what was found. Page is all of it in words, to be printed and
// signed; Wrong says how much is bad, and is empty if nothing is.
type Examined struct {
	Found       []Finding
	Page, Wrong string
}

// doctor examines one installation.
type doctor struct {
	Examination

	texts *i18n.Printer
}

// T is a text with its places filled from pairs of name and value.
func (d doctor) T(id string, pairs ...any) string {
	data := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			data[name] = pairs[i+1]
		}
	}
	return d.texts.Text(id, data)
}

// why is what to do about what was wrong, or the first line of what it was.
func (d doctor) why(err error) string {
	if words, ok := remedy(d.texts, err); ok {
		return words
	}
	line, _, _ := strings.Cut(SayIn(d.texts.Lang(), err), "\n")
	return line
}

// within bounds each thing that is asked over a network.
const askWithin = 15 * time.Second

// Examine looks at one thing after the other. Nothing that fails keeps the next
// from being looked at; the error is of the texts alone.
func Examine(ctx context.Context, e Examination) (Examined, error) {
	all, err := i18n.Open()
	if err != nil {
		return Examined{}, err
	}
	if e.Resolver == nil {
		e.Resolver = net.DefaultResolver
	}
	if e.HTTP == nil {
		e.HTTP = &http.Client{Timeout: askWithin}
	}
	if e.Now == nil {
		e.Now = time.Now
	}
	d := doctor{e, all.For(e.Lang)}
	found := d.permissions()
	found = append(found, d.store(ctx)...)
	for _, check := range []func(context.Context) []Finding{
		d.clock, d.disk, d.mail, d.dns, d.proxy, d.pages, d.forged, d.backups,
	} {
		found = append(found, check(ctx)...)
	}
	out := Examined{Found: found, Page: d.page(found)}
	if bad := countIn(found, Bad); bad > 0 {
		out.Wrong = d.T("doctor.wrong", "bad", bad, "all", len(found))
	}
	return out, nil
}

func countIn(found []Finding, v Verdict) (n int) {
	for _, f := range found {
		if f.Verdict == v {
			n++
		}
	}
	return n
}

// one is a finding by itself.
func one(check string, v Verdict, says, do string) []Finding {
	return []Finding{{Check: check, Verdict: v, Says: says, Do: do}}
}
