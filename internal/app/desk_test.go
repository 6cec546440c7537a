package app_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/sunday-with-the-people/sunday/internal/survey"
)

func TestDesk_SQLite(t *testing.T) {
	t.Parallel()
	onDesk(t, "sqlite")
}

func TestDesk_Mongo(t *testing.T) {
	t.Parallel()
	onDesk(t, "mongodb")
}

// onDesk takes a Sunday in five villages from the form to the report by pages
// alone.
func onDesk(t *testing.T, store string) {
	s, villages := desk(t, store)
	day := s.planFive(villages)
	items := s.call("organizer", "GET", "/events?unit="+s.unit, nil, 200).list("items")
	if len(items) != 5 {
		t.Fatalf("%d events", len(items))
	}
	s.event = items[0].str("id")
	s.strangers(day)
	s.judged(day)
	s.conflict()
	s.copied()
	s.heldAndReported(villages)
}

// desk asks for a page and wants its status and words.
func (s *story) desk(who, path string, want int, wanted ...string) *html.Node {
	s.t.Helper()
	res, doc := s.staff(who, http.MethodGet, path, nil)
	said := words(doc)
	if res.StatusCode != want {
		s.t.Errorf("%s for %s: %d, want %d: %s", path, who, res.StatusCode, want, said)
	}
	for _, w := range wanted {
		if !strings.Contains(said, w) {
			s.t.Errorf("%s for %s lacks %q: %s", path, who, w, said)
		}
	}
	return doc
}

// post sends a form, and wants to be led on, or to be shown the words.
func (s *story) post(who, path string, form url.Values, want int, wanted ...string) string {
	s.t.Helper()
	res, doc := s.staff(who, http.MethodPost, path, form)
	said := words(doc)
	if res.StatusCode != want {
		s.t.Errorf("%s by %s: %d, want %d: %s", path, who, res.StatusCode, want, said)
	}
	for _, w := range wanted {
		if !strings.Contains(said, w) {
			s.t.Errorf("%s by %s lacks %q: %s", path, who, w, said)
		}
	}
	s.leads(doc)
	return res.Header.Get("Location")
}

// leads wants each link of a summary of faults to lead to one control, which is
// marked, and to begin with what the form calls it.
func (w *world) leads(doc *html.Node) (fields []string) {
	w.t.Helper()
	at, labels := map[string][]*html.Node{}, map[string]string{}
	for n := range doc.Descendants() {
		if id := attr(n, "id"); id != "" {
			at[id] = append(at[id], n)
		}
		if n.Data == "label" && n.FirstChild != nil {
			labels[attr(n, "for")] = strings.TrimSpace(n.FirstChild.Data)
		}
	}
	for n := range doc.Descendants() {
		if attr(n, "class") != "summary" {
			continue
		}
		for link := range n.Descendants() {
			field, ok := strings.CutPrefix(attr(link, "href"), "#")
			if !ok {
				continue
			}
			fields = append(fields, field)
			if len(at[field]) != 1 {
				w.t.Errorf("%q leads to %d controls", words(link), len(at[field]))
				continue
			}
			if _, marked := has(at[field][0], "aria-invalid"); at[field][0].Data == "input" && !marked {
				w.t.Errorf("%s is not marked as wrong", field)
			}
			if label := labels[field]; label != "" && !strings.Contains(words(link), label) || !strings.Contains(words(link), "”: ") {
				w.t.Errorf("the summary says %q of %q", words(link), label)
			}
		}
	}
	return fields
}

// filled is the whole form of the page, with what people fill in besides.
func (s *story) filled(path string) url.Values {
	s.t.Helper()
	doc := s.desk("organizer", path, 200)
	form := url.Values{}
	for n := range doc.Descendants() {
		if n.Data == "main" {
			_, form = s.form(n)
			maps.Copy(form, typedIn(n))
		}
	}
	return form
}

// typedIn are the values of areas and lists, which world.form leaves out.
func typedIn(n *html.Node) url.Values {
	out := url.Values{}
	for in := range n.Descendants() {
		_, chosen := has(in, "selected")
		switch {
		case in.Data == "textarea":
			out.Set(attr(in, "name"), words(in))
		case in.Data == "option" && chosen:
			out.Set(attr(in.Parent, "name"), attr(in, "value"))
		}
	}
	return out
}

// planFive plans five villages, twice with the same form, and is refused with
// everything typed where something is wrong.
func (s *story) planFive(villages []string) (day string) {
	path := "/staff/units/" + s.unit + "/new?type=health&lang=vi"
	s.desk("organizer", "/staff/units/"+s.unit+"/new?lang=vi", 200, "Khám sức khỏe")
	form := s.filled(path)
	form.Set("act", "submit")
	form["village"] = villages[:5]
	form.Set("title", "ab")
	form.Set("slot-0-capacity", "nhiều")
	form.Set("start-"+villages[1], "14:00")
	to := "/staff/units/" + s.unit + "/new?lang=vi"
	s.post("organizer", to, form, 422, "Xin xem lại", "“Số chỗ”: Xin ghi một số")
	form.Set("slot-1-capacity", "nhiều")
	s.post("organizer", to, form, 422, "“Số chỗ, phần 1”: Xin ghi một số", "“Số chỗ, phần 2”: Xin ghi một số")
	form.Del("slot-1-capacity")
	s.unplannedDay(to, form, villages[1])
	none := maps.Clone(form)
	none.Del("village")
	s.post("organizer", to, none, 422, "hoặc một nơi khác. “Số chỗ”")
	if n := len(s.call("organizer", "GET", "/events?unit="+s.unit, nil, 200).list("items")); n != 0 {
		s.t.Errorf("%d events of a refused form", n)
	}
	form.Set("title", "Khám sức khỏe tại khu dân cư")
	form.Set("slot-0-capacity", "40")
	place := s.call("organizer", "GET", "/units/"+villages[1], nil, 200)["names"].(map[string]any)["vi"].(string)
	s.post("organizer", to, form, 422, "“Đến lúc, "+place+"”: Giờ kết thúc phải sau giờ bắt đầu")
	form.Set("end-"+villages[1], "16:30")
	for range 2 { // sent twice it makes nothing twice
		day = s.post("organizer", to, form, 303)
	}
	form.Set("title", "Another title")
	s.post("organizer", to, form, 409, "đã gửi trước đó")
	s.desk("organizer", day, 200, "Đã gửi phê duyệt", "2 giờ chiều", "Chờ phê duyệt")
	soon := s.filled(path)
	soon["village"], soon["day"], soon["act"] = villages[5:], []string{"2026-11-16"}, []string{"submit"}
	s.post("organizer", to, soon, 200, "Không còn đủ 3 ngày")
	return day
}

// unplannedDay leaves out the day, has it be one that there is not, and end before
// it begins: each is said once, at its own field, beside what else is wrong.
func (s *story) unplannedDay(to string, form url.Values, other string) {
	s.t.Helper()
	form = maps.Clone(form)
	form.Del("slot-0-capacity")
	form["end-"+other] = []string{"16:00"}
	wants := func(fields ...string) {
		s.t.Helper()
		_, doc := s.staff("organizer", http.MethodPost, to, form)
		if got := s.leads(doc); !slices.Equal(got, fields) {
			s.t.Errorf("the summary leads to %q, want %q", got, fields)
		}
	}
	form.Set("day", " ")
	s.post("organizer", to, form, 422, "“Ngày”: Xin điền ô này")
	wants("title", "day")
	form.Set("end", "")
	wants("title", "day", "end")
	form.Set("end", "11:00")
	form.Set("day", "30/02/2026")
	s.post("organizer", to, form, 422, "“Ngày”: Không có ngày này")
	wants("day")
	form.Set("day", "29/11/2026")
	form.Set("last_day", "28/11/2026")
	s.post("organizer", to, form, 422, "“Ngày kết thúc”: Ngày kết thúc không thể trước")
	wants("last_day")
}

func (s *story) strangers(day string) {
	base := "/staff/events/" + s.event
	for _, path := range []string{base, base + "/edit", base + "/poster", base + "/loudspeaker", base + "/attendance", base + "/count", base + "/report",
		"/staff/units/" + s.unit + "/new", "/staff/units/" + s.unit + "/events", day} {
		s.desk("stranger", path, 404)
	}
	s.desk("approver", base+"/edit", 404)
	s.post("stranger", base, url.Values{"act": {"withdraw"}}, 404)
	s.post("organizer", base, url.Values{"act": {"approve"}}, 403)
	s.post("organizer", base, url.Values{"act": {"publish"}, "ver": {"2"}}, 409, "trạng thái")
}

// judged returns one with a reason and approves four at once; the fifth is
// edited, submitted and approved on its own page.
func (s *story) judged(day string) {
	base := "/staff/events/" + s.event
	s.desk("approver", base+"?lang=vi", 200, "Phê duyệt", "Trả lại để sửa")
	s.post("approver", base+"?lang=vi", url.Values{"act": {"return"}, "note": {" "}}, 422, "Xin điền ô này")
	s.post("approver", base, url.Values{"act": {"return"}, "note": {"Ghi rõ ai khám"}}, 303)
	all := s.desk("approver", day, 200)
	for n := range all.Descendants() {
		if n.Data == "main" {
			_, form := s.form(n)
			ids := url.Values{"act": {"approve"}}
			for in := range n.Descendants() {
				if attr(in, "name") == "event" {
					ids.Add("event", attr(in, "value"))
				}
			}
			if len(ids["event"]) != 4 || form.Get("event") == "" {
				s.t.Errorf("to approve: %v", ids["event"])
			}
			s.post("approver", strings.Split(day, "?")[0], ids, 303)
			s.post("approver", strings.Split(day, "?")[0], ids, 409, "vừa sửa")
		}
	}
	s.desk("organizer", base+"?lang=vi", 200, "Ghi rõ ai khám")
	edit := s.filled(base + "/edit?lang=vi")
	edit.Set("host", "Trạm y tế xã, bác sĩ tỉnh")
	edit.Del("act")
	s.post("organizer", base+"/edit", edit, 303)
	s.post("organizer", base, url.Values{"act": {"submit"}}, 303)
	s.post("organizer", base, url.Values{"act": {"withdraw"}}, 303)
	s.post("organizer", base, url.Values{"act": {"submit"}}, 303)
	s.post("approver", base, url.Values{"act": {"approve"}}, 303)
	s.post("organizer", base, url.Values{"act": {"publish"}}, 303)
	s.post("organizer", base, url.Values{"act": {"postpone"}, "note": {"Mưa lớn."}}, 303)
	poster := words(s.desk("organizer", base+"/poster?lang=vi", 200, "Tạm hoãn", "Mưa lớn.", "Tin mới nhất về buổi này"))
	if strings.Contains(poster, "Báo trước bạn sẽ đến") || strings.Contains(poster, "vẫn đến được") {
		s.t.Errorf("the poster of what is put off invites: %s", poster)
	}
	s.post("organizer", base, url.Values{"act": {"resume"}}, 303)
	s.desk("organizer", base+"/poster?lang=vi", 200, "Báo trước bạn sẽ đến")
	s.post("organizer", base, url.Values{"notice": {"poster"}}, 303)
	s.at(s.clock.Now()) // the log takes over what the document kept
	s.desk("organizer", base+"?lang=vi", 200, "Đã công bố", "Rút lại để sửa", "Ghi đã báo cho bà con", "bác sĩ tỉnh")
}

// conflict has two people edit at once: the second sees both.
func (s *story) conflict() {
	base := "/staff/events/" + s.event
	mine, theirs := s.filled(base+"/edit?lang=vi"), s.filled(base+"/edit?lang=vi")
	theirs.Set("bring", "Thẻ bảo hiểm")
	s.post("organizer", base+"/edit", theirs, 303)
	mine.Set("bring", "Đơn thuốc")
	res, doc := s.staff("organizer", http.MethodPost, base+"/edit?lang=vi", mine)
	said := words(doc)
	if res.StatusCode != http.StatusPreconditionFailed || !strings.Contains(said, "Thẻ bảo hiểm") || !strings.Contains(said, "Đơn thuốc") {
		s.t.Errorf("a conflict answers %d: %s", res.StatusCode, said)
	}
	for n := range doc.Descendants() {
		if attr(n, "name") == "ver" {
			mine.Set("ver", attr(n, "value"))
		}
	}
	s.post("organizer", base+"/edit", mine, 303)
	if got := s.call("organizer", "GET", "/events/"+s.event, nil, 200); got.str("bring") != "Đơn thuốc" {
		s.t.Errorf("it says %q", got.str("bring"))
	}
	moved := s.filled(base + "/edit?lang=vi")
	moved.Set("start", "07:30")
	s.post("organizer", base+"/edit", moved, 303)
	moved.Set("end", "07:00")
	s.post("organizer", base+"/edit?lang=vi", moved, 412)
}

// copied plans the same again: all five villages, a week later, since they have
// an event on the next such day; and then another week later.
func (s *story) copied() {
	path := "/staff/units/" + s.unit + "/new?from=" + s.event + "&lang=vi"
	form := s.filled(path)
	held, err := time.Parse(time.DateOnly, s.call("organizer", "GET", "/events/"+s.event, nil, 200).str("local_start")[:10])
	s.must(err)
	s.plansOn(form, held.AddDate(0, 0, 7))
	if form.Get("title") != "Khám sức khỏe tại khu dân cư" {
		s.t.Errorf("the copy is called %q", form.Get("title"))
	}
	doc := s.desk("organizer", path, 200)
	var chosen []string
	for n := range doc.Descendants() {
		if _, checked := has(n, "checked"); checked && attr(n, "name") == "village" {
			chosen = append(chosen, attr(n, "value"))
		}
	}
	if len(chosen) != 5 {
		s.t.Fatalf("%d villages are chosen again", len(chosen))
	}
	form["village"], form["act"], form["seen"] = chosen, []string{"draft"}, []string{""}
	s.post("organizer", "/staff/units/"+s.unit+"/new", form, 303)
	copies := 0
	for _, e := range s.call("organizer", "GET", "/events?unit="+s.unit+"&state=draft", nil, 200).list("items") {
		if e.str("copied_from") != "" {
			copies++
		}
	}
	if copies != 5 {
		s.t.Errorf("%d copies", copies)
	}
	s.plansOn(s.filled(path), held.AddDate(0, 0, 14))
}

func (s *story) plansOn(form url.Values, want time.Time) {
	s.t.Helper()
	if got := form.Get("day"); got != want.Format(time.DateOnly) {
		s.t.Errorf("the form is for %s, want %s", got, want.Format(time.DateOnly))
	}
}

// heldAndReported enters totals on paper, takes one back, and files the report.
func (s *story) heldAndReported(villages []string) {
	start := s.call("organizer", "GET", "/events/"+s.event, nil, 200).str("start_at")
	begun, err := time.Parse(time.RFC3339, start)
	s.must(err)
	base := "/staff/events/" + s.event
	s.countsNobodyBefore(base)
	s.reportsNothingBefore(base)
	s.at(begun.Add(5 * time.Hour))
	s.desk("organizer", base+"?lang=vi", 200, "Ghi số người")
	form := s.filled(base + "/count?lang=vi")
	form.Set("source", "paper")
	s.post("organizer", base+"/count?lang=vi", form, 422, "Xin ghi có mấy người")
	form.Set("people-"+villages[0], "38")
	form.Set("people-elsewhere", "4")
	for range 2 { // sent twice it counts once
		s.post("organizer", base+"/count", form, 303)
	}
	doc := s.desk("organizer", base+"/count?lang=vi", 200, "42 người")
	var entry string
	for n := range doc.Descendants() {
		if attr(n, "name") == "undo" && strings.Contains(words(n), "4 người") {
			entry = attr(n, "value")
		}
	}
	s.post("organizer", base+"/count", url.Values{"undo": {entry}}, 303)
	s.desk("organizer", base+"/count?lang=vi", 200, "38 người", "đã bỏ")
	report := s.filled(base + "/report?lang=vi")
	s.post("organizer", base+"/report?lang=vi", report, 422, "“Đã làm được gì?”: Xin điền ô này")
	report.Set("summary", "Khám cho 38 người.")
	for lang, missing := range map[string]string{"vi": "Xin điền ô này", "en": "Please fill this in", "pl": "Proszę wypełnić to pole"} {
		s.post("organizer", base+"/report?lang="+lang, report, 422, missing)
	}
	report.Set("households", "21")
	report.Set("officials", "0")
	s.post("organizer", base+"/report", report, 303)
	s.desk("organizer", base+"/report?lang=vi", 200, "đã nộp rồi")
	s.post("organizer", base+"/report", report, 303) // sent twice it is filed once
	report.Set("summary", "Khám cho 83 người.")
	s.post("organizer", base+"/report?lang=vi", report, 409, "đã nộp rồi", "Khám cho 83 người.")
	s.desk("organizer", base+"?lang=vi", 200, "Đã báo cáo", "Số hộ tham gia 21", "Số cán bộ phục vụ 0", "Khám cho 38 người.")
	s.opinions(base + "?lang=vi")
}

// opinions has the page of the event say what people answered, once enough did
// and nobody can any more.
func (s *story) opinions(path string) {
	s.t.Helper()
	ctx := s.t.Context()
	e, err := s.app.Store().Events.Get(ctx, s.event)
	s.must(err)
	asked, err := s.app.Services.Surveys.Ensure(ctx, e)
	s.must(err)
	s.desk("organizer", path, 200, "Bà con nói gì Số câu trả lời và kết quả hiện ra khi khảo sát đóng")
	closed := func(answers int) {
		_, err := s.app.Store().Surveys.Update(ctx, s.event, func(v *survey.Survey) error {
			v.State, v.Result = survey.Closed, &survey.Histogram{Answers: answers}
			for i := range asked.Items { // the last has one or two that stand alone
				low := max(len(asked.Items)-1-i, 1)
				v.Result.Counts = append(v.Result.Counts, []int{0, 0, low, 0, answers - low})
			}
			return nil
		})
		s.must(err)
	}
	closed(9)
	if said := words(s.desk("organizer", path, 200, "Có ít hơn 10")); strings.Contains(said, "hài lòng, trong") {
		s.t.Errorf("nine answers are shown: %s", said)
	}
	closed(12)
	s.desk("organizer", path, 200, "Nói chung, bạn thấy buổi này thế nào? 75 % hài lòng, trong 12 câu trả lời", "12 câu trả lời. Tỷ lệ không hiện")
}

// reportsNothingBefore opens the report days before the event, and sends it from
// a page that somebody kept: it says when to come back, and keeps what was typed.
func (s *story) reportsNothingBefore(base string) {
	s.t.Helper()
	typed := url.Values{"ver": {"0"}, "households": {"21"}, "villages": {"1"}, "officials": {"3"}, "summary": {"Khám cho 38 người."}}
	for lang, says := range map[string][]string{
		"vi": {"sau khi buổi này kết thúc", "Buổi này kết thúc lúc"}, "en": {"once the event is over", "It ends at"},
		"pl": {"gdy spotkanie się zakończy", "Spotkanie kończy się o"},
	} {
		doc := s.desk("organizer", base+"/report?lang="+lang, 200, says...)
		for n := range doc.Descendants() {
			if attr(n, "name") == "summary" {
				s.t.Errorf("%s: there is a form for a report that would be refused", lang)
			}
		}
		s.post("organizer", base+"/report?lang="+lang, typed, 409, says[0], "Khám cho 38 người.")
	}
}

// countsNobodyBefore tries to count days before the event: nobody can have come.
func (s *story) countsNobodyBefore(base string) {
	s.t.Helper()
	if said := words(s.desk("organizer", base+"?lang=vi", 200)); strings.Contains(said, "Ghi số người") {
		s.t.Error("people can be counted days before the event")
	}
	form := url.Values{"form": {"a form that was kept"}, "people-elsewhere": {"44"}}
	for lang, early := range map[string]string{
		"vi": "Buổi này chưa bắt đầu", "en": "The event has not begun yet", "pl": "Spotkanie jeszcze się nie zaczęło",
	} {
		doc := s.desk("organizer", base+"/count?lang="+lang, 200, early)
		for n := range doc.Descendants() {
			if attr(n, "name") == "people-elsewhere" {
				s.t.Errorf("%s: there is a form for numbers that would be refused", lang)
			}
		}
		s.post("organizer", base+"/count?lang="+lang, form, 409, early)
		_, doc = s.staff("organizer", http.MethodPost, base+"/count?lang="+lang, form)
		for n := range doc.Descendants() {
			if attr(n, "name") == "people-elsewhere" && attr(n, "value") != "44" {
				s.t.Errorf("%s: what was typed is lost", lang)
			}
		}
	}
}
