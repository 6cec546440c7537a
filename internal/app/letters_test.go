package app_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/net/html"
)

// lettered prints letters about a Sunday that was called off, to somebody who reads
// English and to somebody of whom no name is known, and gives the page's path.
func lettered(t *testing.T) (s *story, sheet string) {
	t.Helper()
	s = &story{world: start(t, "sqlite", sunday.AddDate(0, 0, -14).Add(2*time.Hour)), residents: map[string]string{}, regs: map[string]string{}}
	s.account("organizer", "24848", "organizer", "admin")
	s.account("approver", "68", "approver")
	s.account("stranger", "24787", "organizer")
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	village := s.call("organizer", "POST", "/units", object{"kind": "village", "parent": s.unit, "names": object{"vi": "Thôn Păng Tiêng"}}, 201).str("id")
	s.event = s.plan("Làm đường thôn", 20)
	for name, locale := range map[string]string{"K'Ha": "en", "": "vi"} {
		who := s.call("organizer", "POST", "/residents", object{
			"unit": s.unit, "village": village, "name": name, "locale": locale,
			"consents": []object{{"purpose": "registration", "given": true, "text": s.consentText(locale), "source": "paper"}},
		}, 201).str("id")
		s.enter(who, 1, "registered")
	}
	s.call("organizer", "POST", "/events/"+s.event+"/cancel", object{"note": "Mưa bão"}, 200)
	s.at(s.clock.Now().Add(time.Minute))
	list := "/staff/units/" + s.unit + "/sheets"
	res, _ := s.staff("organizer", http.MethodPost, list, url.Values{"village": {village}, "kind": {"letters"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("printing letters: %d", res.StatusCode)
	}
	return s, res.Header.Get("Location")
}

// TestLetters prints letters to people of whom there is no street, and of one
// no name: each has the address that there is, in the language of its reader,
// and the boxes to tick are on the list that stays with whoever brings them.
func TestLetters(t *testing.T) {
	t.Parallel()
	s, sheet := lettered(t)
	_, doc := s.staff("organizer", http.MethodGet, sheet, nil)
	var letters []string
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "article" {
			letters = append(letters, attr(n, "lang")+" "+words(n))
		}
	}
	if len(letters) != 2 {
		t.Fatalf("%d letters: %q", len(letters), letters)
	}
	wants := [][]string{
		{"en ", "K'Ha Thôn Păng Tiêng", "Dear K'Ha,", "is cancelled. Please do not come. Reason: Mưa bão", "With kind regards"},
		{"vi ", "Thôn Păng Tiêng", "Kính gửi ông/bà,", "đã bị hủy", "Lý do: Mưa bão", "Trân trọng"},
	}
	for i, want := range wants { // whoever has no name comes last
		if !containsAll(letters[i], want...) || containsAll(letters[i], "Vắng nhà") || containsAll(letters[i], "chưa ghi tên") {
			t.Errorf("letter %d is %q, want %q", i+1, letters[i], want)
		}
	}
	if said := words(doc); strings.Count(said, "Vắng nhà") != 2 || !containsAll(said, "Trao từng thư", "chưa ghi tên") {
		t.Errorf("the list to tick is %s", said)
	}
	_, doc = s.staff("organizer", http.MethodGet, strings.TrimSuffix(sheet, "/print"), nil)
	if said := words(doc); !containsAll(said, "“Đừng gửi nữa” dừng mọi tin cho người này") || containsAll(said, "số này") {
		t.Errorf("nobody is called, and the form says %s", said)
	}
}

// consentText is the id of the text by which somebody agrees to be told.
func (s *story) consentText(locale string) string {
	s.t.Helper()
	for _, one := range s.call("organizer", "GET", "/consent-texts?locale="+locale, nil, 200).list("items") {
		if one.str("purpose") == "registration" {
			return one.str("id")
		}
	}
	s.t.Fatal("no consent text")
	return ""
}

var onePage = regexp.MustCompile(`/Type ?/Page\b`)

// TestLettersPrint_Chromium prints letters on A4: the list to tick, which stays with
// whoever brings them, and each letter on a page of its own.
func TestLettersPrint_Chromium(t *testing.T) {
	t.Parallel()
	s, sheet := lettered(t)
	pdf := s.printed(browser(t), sheet)
	if n := len(onePage.FindAll(pdf, -1)); n != 3 {
		t.Errorf("a list and two letters are printed on %d pages", n)
	}
}

// printed signs the organizer in and prints a page on A4.
func (s *story) printed(ctx context.Context, path string) (pdf []byte) {
	s.t.Helper()
	s.must(chromedp.Run(
		ctx, chromedp.Navigate(s.app.BaseURL()+path), chromedp.WaitVisible("#login"), chromedp.KeyEvent("organizer"+kb.Tab+password+kb.Enter),
		chromedp.WaitVisible("table.paper"),
		chromedp.ActionFunc(func(ctx context.Context) (err error) {
			pdf, _, err = page.PrintToPDF().WithPaperWidth(8.27).WithPaperHeight(11.69).WithPreferCSSPageSize(true).Do(ctx)
			return err
		}),
	))
	return pdf
}

// TestPaperPrint_Chromium prints a call list on A4: paper is narrower than a
// screen, and is no telephone. 60 lines take a table of a few pages.
func TestPaperPrint_Chromium(t *testing.T) {
	t.Parallel()
	s, village := cancelled(t, "sqlite")
	res, _ := s.staff("organizer", http.MethodPost, "/staff/units/"+s.unit+"/sheets", url.Values{"village": {village}, "kind": {"calls"}, "urgent": {"yes"}})
	pdf := s.printed(browser(t), res.Header.Get("Location"))
	if n := len(onePage.FindAll(pdf, -1)); n == 0 || n > 7 {
		t.Errorf("%d lines are printed on %d pages", paperLines, n)
	}
}
