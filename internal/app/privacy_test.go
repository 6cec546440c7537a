package app_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// What is planted: a resident whom staff enter, and one who registers alone
// and agrees to nothing more.
const (
	plantedName   = "Quyvôxanh Đắkplanta"
	plantedEmail  = "hoa.sen-planta@example.org"
	plantedPhone  = "+84912640357"
	passingName   = "Thoángqua Bímậtko"
	passingEmail  = "khach.la-planta@example.org"
	answerPlanted = "Đường tốt"
	// clientNet begins the addresses that wrong requests come from, each label's
	// another: what is limited is not looked at.
	clientNet = "198.51.100."
)

func TestPrivacy_SQLite(t *testing.T) {
	t.Parallel()
	planted(t, "sqlite", readFiles)
}

func TestPrivacy_Mongo(t *testing.T) {
	t.Parallel()
	planted(t, "mongodb", readCollections)
}

// spied is a Sunday of which everything that is kept, logged and told is read.
type spied struct {
	*story
	logs   *logged
	read   func(w *world) map[string][]byte
	values map[string]string // what must stand nowhere, by its label
	names  map[string]string // what may stand in the residents' record only
	bodies bytes.Buffer      // every answer to a request that was refused
}

// logged is a log that two goroutines may write and a third read.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.b.Bytes())
}

// planted takes planted people through one Sunday and looks for them, after
// each step, in all that the program leaves behind.
func planted(t *testing.T, store string, read func(*world) map[string][]byte) {
	logs := &logged{}
	log := slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w := startLogged(t, store, sunday.AddDate(0, 0, -14), log, "SUNDAY_METRICS_ADDR=127.0.0.1:0", "SUNDAY_TRUSTED_PROXIES=127.0.0.1/32")
	s := &spied{
		story: &story{world: w, residents: map[string]string{}, regs: map[string]string{}}, logs: logs, read: read,
		values: map[string]string{
			"the e-mail address": plantedEmail, "its local part": strings.SplitN(plantedEmail, "@", 2)[0],
			"the phone": plantedPhone, "the phone as typed": "0" + plantedPhone[3:], "its digits": plantedPhone[3:],
			"the passer-by's address": passingEmail, "a client's address": clientNet,
		},
		names: map[string]string{"the name": plantedName, "the passer-by's name": passingName},
	}
	s.account("organizer", "24848", "organizer", "checkin")
	s.account("approver", "68", "approver")
	s.account("reviewer", "24848", "reviewer")
	s.account("stranger", "24787", "organizer")
	for login, token := range s.tokens {
		s.values["the API token of "+login] = token
	}
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	s.event = s.plan("Trồng cây", 6)
	s.enterPlanted()
	s.passBy()
	s.scan("after registering")
	s.sundayItself()
	s.scan("after the Sunday")
	s.wrongly()
	s.scan("after wrong requests")
	s.erase()
	s.forget()
}

// enterPlanted has staff enter the resident, with an address and a phone.
func (s *spied) enterPlanted() {
	s.residents["lan"] = s.resident(plantedName, "vi", plantedEmail)
	s.call("organizer", "PATCH", "/residents/"+s.residents["lan"], object{"contacts": []object{
		{"kind": "email", "value": plantedEmail}, {"kind": "phone", "value": "0" + plantedPhone[3:]},
	}}, 200)
	s.regs["lan"] = s.enter(s.residents["lan"], 2, "registered")
	s.at(s.clock.Now())
	m := s.received(mail{plantedEmail, "vi", "Bạn đã có chỗ", "PUBLISH", []string{"/r/", "/o/"}})[plantedEmail]
	s.values["the opt-out token"] = tokenOf(link(m, "/o/"))
	own := link(m, "/r/")
	s.values["the own page's token"] = tokenOf(own)
	s.checkIn(own)
}

// checkInCode is a word by itself, which may begin and end with a dash.
var checkInCode = regexp.MustCompile(`(?:^|\s)([A-Za-z0-9_-]{44})(?:\s|$)`)

// checkIn reads the code from the own page. Its first half is the
// registration's id in other letters, and no secret.
func (s *spied) checkIn(own string) {
	found := checkInCode.FindStringSubmatch(words(s.page(own, 200)))
	if found == nil {
		s.t.Fatal("the own page shows no check-in code")
	}
	code := found[1]
	s.values["the check-in code"], s.values["the check-in token"] = code, code[22:]
}

func tokenOf(link string) string {
	link, _, _ = strings.Cut(link, "?")
	return link[strings.LastIndex(link, "/")+1:]
}

// passBy has somebody register alone and confirm.
func (s *spied) passBy() {
	page := s.page("/e/"+s.event, 200)
	s.submit("/e/"+s.event, page, map[string]string{"party": "1", "name": passingName, "email": passingEmail}, 200)
	s.at(s.clock.Now())
	confirm := link(s.received(mail{passingEmail, "vi", "", "", []string{"/c/", "/o/"}})[passingEmail], "/c/")
	s.values["the confirm token"] = tokenOf(confirm)
	s.submit(confirm, s.page(confirm, 200), map[string]string{"choice": "yes"}, 200)
	s.at(s.clock.Now())
	s.values["the passer-by's own token"] = tokenOf(link(s.received(mail{passingEmail, "vi", "", "PUBLISH", []string{"/r/"}})[passingEmail], "/r/"))
}

// sundayItself reminds, counts by the code, reports, asks and reads the answer.
func (s *spied) sundayItself() {
	s.at(sunday.Add(-12 * time.Hour))
	s.at(sunday.Add(10 * time.Minute))
	scans := object{"scans": []object{{"id": "door-1-scan-000001", "source": "qr", "people": 2, "code": s.values["the check-in code"]}}}
	if got := s.call("organizer", "POST", "/events/"+s.event+"/attendance", scans, 200).list("items")[0]; got["known"] != true {
		s.t.Errorf("the check-in code is not known at the door: %v", got)
	}
	s.at(sunday.Add(5 * time.Hour))
	s.call("organizer", "POST", "/events/"+s.event+"/report", object{"households": 1, "villages": 1, "officials": 1, "summary": "Xong."}, 200)
	s.mails()
	s.at(sunday.Add(29 * time.Hour))
	survey := link(s.received(mail{plantedEmail, "vi", "thế nào", "", []string{"/s/"}})[plantedEmail], "/s/")
	s.values["the survey code"] = tokenOf(survey)
	s.scan("after the survey's mail")
	s.answer(survey, s.page(survey, 200), "4", answerPlanted)
	lan := "/residents/" + s.residents["lan"]
	s.call("organizer", "POST", lan+"/reveal", nil, 200)
	s.call("organizer", "GET", lan, nil, 200)
	found := s.call("organizer", "POST", "/residents/search", object{"unit": s.unit, "query": "quyvo"}, 200)
	if len(found.list("items")) != 1 {
		s.t.Errorf("the search by a word of the name finds %v", found)
	}
	s.at(sunday.AddDate(0, 0, 17))
	s.call("reviewer", "GET", "/scorecards?unit="+s.unit, nil, 200)
}

// wrongly asks for what is refused, with what is planted wherever a request
// has room for it.
func (s *spied) wrongly() {
	clients := 0
	for label, v := range s.values {
		if label == "its local part" {
			continue // it may be the name of a field, which an answer names
		}
		clients++
		client := clientNet + strconv.Itoa(clients)
		token, err := s.app.AddToken(s.ctx, app.NewToken{Login: "organizer", Label: "test", Days: 90})
		s.must(err)
		in := url.PathEscape(v)
		for _, path := range []string{"/r/", "/c/", "/o/", "/e/", "/s/" + s.event + "/", "/none/"} {
			s.refused(label, client, "GET", path+in+"x?lang=en&x="+url.QueryEscape(v), "", "")
		}
		for _, path := range []string{"/residents/", "/events/", "/units/by-code/", "/units?parent=", "/events?unit=", "/units?after=", "/none/"} {
			s.refused(label, client, "GET", "/api/v1"+path+url.QueryEscape(v), token, "")
		}
		s.refused(label, client, "GET", "/api/v1/units", v+"x", "")
		for _, body := range []string{`{"` + v + `": 1}`, `{"unit": "` + v + `"}`, `"` + v + `"`, `{"unit": "` + s.unit + `", "contacts": [{"kind": "` + v + `", "value": "` + v + `@@"}]}`} {
			s.refused(label, client, "POST", "/api/v1/residents", token, body)
		}
	}
	for label, v := range s.everything() {
		for _, form := range forms(v) {
			if bytes.Contains(s.bodies.Bytes(), form) {
				s.t.Errorf("an answer to a wrong request repeats %s", label)
			}
		}
	}
}

func (s *spied) refused(label, client, method, path, token, body string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.ctx, method, s.app.BaseURL()+path, strings.NewReader(body))
	s.must(err)
	req.Header.Set("X-Forwarded-For", client)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	s.must(err)
	data, err := io.ReadAll(res.Body)
	s.must(errBoth(err, res.Body.Close()))
	if res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests {
		s.t.Errorf("%s in %s %s: %d", label, method, path[:4], res.StatusCode)
	}
	if res.StatusCode >= 400 {
		s.bodies.Write(data)
	}
}

func errBoth(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// erase has staff erase the resident: the name is gone from the store at once.
func (s *spied) erase() {
	if where := s.find(s.stored(), plantedName); where == "" {
		s.t.Error("the name is not found where it has to be: the scan sees nothing")
	}
	s.call("organizer", "POST", "/residents/"+s.residents["lan"]+"/erase", nil, 200)
	if where := s.find(s.stored(), plantedName); where != "" {
		s.t.Errorf("the name is still in %s after erasing", where)
	}
	s.scan("after erasing")
}

// forget moves the clock beyond the retention: who registered for this once is gone.
func (s *spied) forget() {
	s.at(sunday.AddDate(0, 0, 45))
	s.at(sunday.AddDate(0, 0, 46))
	if where := s.find(s.stored(), passingName); where != "" {
		s.t.Errorf("the passer-by's name is still in %s after the retention", where)
	}
	s.scan("after the retention")
}

// scan looks for everything in all that is kept, logged and measured.
func (s *spied) scan(when string) {
	s.t.Helper()
	places := s.stored()
	places["the log"], places["the metrics"] = s.logs.bytes(), s.measured()
	for label, v := range s.values {
		if where := s.find(places, v); where != "" {
			s.t.Errorf("%s: %s has %s", when, where, label)
		}
	}
	for label, v := range s.names {
		outside := map[string][]byte{"the log": places["the log"], "the metrics": places["the metrics"]}
		maps.Copy(outside, s.apart())
		if where := s.find(outside, v); where != "" {
			s.t.Errorf("%s: %s has %s", when, where, label)
		}
	}
}

func (s *spied) everything() map[string]string {
	all := map[string]string{}
	for _, m := range []map[string]string{s.values, s.names} {
		maps.Copy(all, m)
	}
	return all
}

// find gives the first place that has the value in any form.
func (s *spied) find(places map[string][]byte, v string) string {
	for form, needle := range forms(v) {
		for where, data := range places {
			if bytes.Contains(data, needle) {
				return where + " (" + form + ")"
			}
		}
	}
	return ""
}

// forms are the ways in which a value may hide. The SHA-256 of a token is how
// a token is kept; that of an address can be guessed, and is looked for.
func forms(v string) map[string][]byte {
	out := map[string][]byte{
		"plain": []byte(v), "query": []byte(url.QueryEscape(v)), "path": []byte(url.PathEscape(v)),
		"small": []byte(strings.ToLower(v)), "large": []byte(strings.ToUpper(v)),
		"hex": []byte(hex.EncodeToString([]byte(v))), "sort key": text.SortKey(v), "folded": []byte(text.Fold(v)),
	}
	for _, unit := range utf16.Encode([]rune(v)) {
		out["UTF-16LE"] = append(out["UTF-16LE"], byte(unit), byte(unit>>8))
		out["UTF-16BE"] = append(out["UTF-16BE"], byte(unit>>8), byte(unit))
	}
	for shift := range 3 { // base64 of a text that has the value somewhere
		inner := base64.StdEncoding.EncodeToString(append(make([]byte, shift), v...))
		inner = strings.TrimRight(inner, "=")
		out[fmt.Sprintf("base64+%d", shift)] = []byte(inner[shift+1 : len(inner)-1])
	}
	if strings.ContainsAny(v, "@+") {
		sum, weak := sha256.Sum256([]byte(v)), md5.Sum([]byte(v))
		out["SHA-256"], out["SHA-256 in hex"] = sum[:], []byte(hex.EncodeToString(sum[:]))
		out["SHA-256 in base64"] = []byte(base64.RawURLEncoding.EncodeToString(sum[:]))
		out["MD5 in hex"] = []byte(hex.EncodeToString(weak[:]))
	}
	return out
}

func (s *spied) stored() map[string][]byte { return s.read(s.world) }

// apart is the store without the residents' record.
func (s *spied) apart() map[string][]byte {
	if s.config.MongoURI == "" {
		return readTables(s.world)
	}
	all := readCollections(s.world)
	delete(all, "residents")
	return all
}

func (s *spied) measured() []byte {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.metrics, nil)
	s.must(err)
	res, err := http.DefaultClient.Do(req)
	s.must(err)
	data, err := io.ReadAll(res.Body)
	s.must(errBoth(err, res.Body.Close()))
	if !bytes.Contains(data, []byte("sunday_")) {
		s.t.Errorf("the metrics are %d: %s", res.StatusCode, data)
	}
	return data
}
