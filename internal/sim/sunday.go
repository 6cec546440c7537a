package sim

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

// past is the Sunday that was, from its plan to its scorecard.
func (s *Sample) past(ctx context.Context, start time.Time) error {
	e, err := s.publish(ctx, s.input("Làm đường thôn và tiếp công dân", start, 4))
	if err != nil {
		return err
	}
	s.tour.Past = e.ID
	regs, err := s.enter(ctx, e, s.residents[:60])
	if err != nil {
		return err
	}
	// the evening before: reminders; then the day itself
	for _, at := range []time.Time{start.AddDate(0, 0, -7), start.Add(-11 * time.Hour), start.Add(30 * time.Minute)} {
		if err := s.at(ctx, at); err != nil {
			return err
		}
	}
	if err := s.door(ctx, e, regs); err != nil {
		return err
	}
	if err := s.at(ctx, start.Add(6*time.Hour)); err != nil {
		return err
	}
	_, err = s.app.Services.Events.File(ctx, s.staff["organizer"], e.ID, 0, event.ReportInput{
		Households: 41, Villages: 5, Officials: 7,
		Summary: "Làm xong 300 m đường thôn; 12 ý kiến được trả lời tại chỗ.",
	})
	if err != nil {
		return err
	}
	if err := s.at(ctx, start.Add(30*time.Hour)); err != nil {
		return err
	}
	if err := s.answer(ctx, e.ID); err != nil {
		return err
	}
	return s.at(ctx, start.AddDate(0, 0, 17))
}

// enter registers residents by staff.
func (s *Sample) enter(ctx context.Context, e event.Event, residents []string) ([]registration.Registration, error) {
	var regs []registration.Registration
	for _, r := range residents {
		reg, err := s.app.Services.Registrations.Enter(ctx, s.staff["organizer"], registration.Entry{
			Event: e.ID, Resident: r, Slot: e.Slots[0].ID, Party: 1 + s.rand.IntN(3),
		})
		if err != nil {
			return nil, err
		}
		regs = append(regs, reg)
	}
	return regs, nil
}

// door counts most of the registered, and walk-ins as a tally.
func (s *Sample) door(ctx context.Context, e event.Event, regs []registration.Registration) error {
	var scans []attendance.Scan
	for i, r := range regs {
		if i%6 == 5 {
			continue
		}
		scans = append(scans, attendance.Scan{
			ID: fmt.Sprintf("demo-scan-%s-%03d", e.ID, i), Source: attendance.Name, Slot: r.Slot,
			Village: s.villages[i%len(s.villages)].ID, People: r.Party, Registration: r.ID,
		})
	}
	scans = append(scans, attendance.Scan{
		ID: "demo-tally-" + e.ID, Source: attendance.Tally, Slot: e.Slots[0].ID, Village: s.villages[0].ID, People: 17,
	})
	_, err := s.app.Services.Attendance.Count(ctx, s.staff["organizer"], e.ID, scans)
	return err
}

var surveyLink = regexp.MustCompile(outreach.SurveyPath + `([0-9a-f-]+)/([A-Za-z0-9_-]+)`)

// answer fills in the surveys whose links came by mail, most of them content.
func (s *Sample) answer(ctx context.Context, eventID string) error {
	answered := 0
	for _, m := range s.catcher.Mails() {
		link := surveyLink.FindStringSubmatch(m.Text)
		if link == nil || link[1] != eventID {
			continue
		}
		levels := []int{4 + s.rand.IntN(2), 3 + s.rand.IntN(3), 4 + s.rand.IntN(2), 2 + s.rand.IntN(4)}
		err := s.app.Services.Surveys.Answer(ctx, survey.Submission{
			Event: eventID, Code: link[2], Form: fmt.Sprintf("demo-form-%s-%d", eventID, answered), Levels: levels,
			Text: []string{"", "", "", "Đường xong rồi, cảm ơn xã.", "Mong có thêm đèn đường."}[s.rand.IntN(5)],
		})
		if err != nil {
			return err
		}
		answered++
	}
	if answered == 0 {
		return errNoMail
	}
	return nil
}

var ownLink = regexp.MustCompile(`https?://\S+` + outreach.OwnPath + `[A-Za-z0-9_-]+`)

// coming is the Sunday to come, with people registered and confirmed by mail.
func (s *Sample) coming(ctx context.Context, start time.Time) error {
	e, err := s.publish(ctx, s.input("Chủ nhật cùng dân: dọn suối, hướng dẫn dịch vụ công", start, 4))
	if err != nil {
		return err
	}
	s.tour.Coming = e.ID
	if _, err := s.enter(ctx, e, s.residents[20:sampleResidents-5]); err != nil {
		return err
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	for _, m := range s.catcher.Mails() {
		if link := ownLink.FindString(m.Text); link != "" && strings.Contains(m.Subject, e.Title) {
			s.tour.OwnPage = link
			return nil
		}
	}
	return errNoMail
}
