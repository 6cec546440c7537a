package survey

import (
	"context"
	"errors"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// Bounds of what a form sends.
const (
	MaxText = 1000 // characters of the open text
	maxForm = 64   // bytes of a form's random id
)

// The refusals of codes and answers.
var (
	// ErrCode: the code is wrong, was used, or its survey is not open. Which one
	// is not said.
	ErrCode = fault.New(fault.NotFound, "survey.code")
	// ErrNotOpen: nobody is invited before a survey opens or after it closed.
	ErrNotOpen = fault.New(fault.Conflict, "survey.not_open")
)

// Submission is one filled form.
type Submission struct {
	Event, Code string
	// Form is the form's random id, its idempotency key.
	Form string
	// Levels per item, 1 to 5, 0 for no answer.
	Levels []int
	Text   string
	// Helped says that a helper filled the form.
	Helped bool
}

// Live reports whether codes of the survey are valid at now.
func (v Survey) Live(now calendar.Instant) bool {
	return (v.State == Opening || v.State == Open) && v.OpensAt <= now && now < v.ClosesAt
}

// Invite makes one code for one invitation at its hand-over: ErrNotOpen if the
// survey is not open. The code exists in that message alone.
func (s *Service) Invite(ctx context.Context, eventID string) (string, error) {
	codes, err := s.InviteMany(ctx, eventID, 1)
	if err != nil {
		return "", err
	}
	return codes[0], nil
}

// InviteMany makes n codes with one write of the survey. They are counted
// first: a kill leaves a count too high, never a code that was not counted.
func (s *Service) InviteMany(ctx context.Context, eventID string, n int) ([]string, error) {
	now := s.p.Now()
	v, err := s.p.Surveys.Update(ctx, eventID, func(v *Survey) error {
		if !v.Live(now) {
			return ErrNotOpen
		}
		v.Invited += n
		return nil
	})
	if err != nil {
		return nil, err
	}
	codes := make([]string, n)
	for i := range codes {
		codes[i] = newCode(s.p.IDs)
		if err := s.p.Boxes.AddCode(ctx, v.Part, v.ID, codeHash(v.ID, codes[i])); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// Form gives the survey to whoever holds a valid code, ErrCode otherwise.
// Nothing is written, since mail scanners open links too.
func (s *Service) Form(ctx context.Context, eventID, code string) (Survey, error) {
	v, err := s.live(ctx, eventID, code)
	if err != nil {
		return Survey{}, err
	}
	there, err := s.p.Boxes.HasCode(ctx, v.Part, v.ID, codeHash(v.ID, code))
	if err != nil {
		return Survey{}, err
	}
	if !there {
		return Survey{}, ErrCode
	}
	return v, nil
}

// Answer keeps one answer and takes its code. The same form sent again meets
// the answer that is there and succeeds; another form with a used code gets
// ErrCode. The answer comes first: a kill then leaves a code too many, not a
// lost answer.
func (s *Service) Answer(ctx context.Context, in Submission) error {
	v, err := s.live(ctx, in.Event, in.Code)
	if err != nil {
		return err
	}
	a, err := s.answer(ctx, v, in)
	if err != nil {
		return err
	}
	err = s.p.Boxes.PutAnswer(ctx, a)
	if errors.Is(err, record.ErrExists) {
		// A second click takes no code: it could be faster than the first click,
		// which would then find its code gone and remove the answer.
		return nil
	}
	if err != nil {
		return err
	}
	taken, err := s.p.Boxes.TakeCode(ctx, v.Part, v.ID, codeHash(v.ID, in.Code))
	if err != nil {
		return err
	}
	if taken {
		return nil
	}
	if err := s.p.Boxes.RemoveAnswer(ctx, v.Part, v.ID, a.ID); err != nil {
		return err
	}
	return ErrCode
}

// live gives the survey if the code could be one and the survey is open.
func (s *Service) live(ctx context.Context, eventID, code string) (Survey, error) {
	if !codeForm(code) {
		return Survey{}, ErrCode
	}
	v, err := s.p.Surveys.Get(ctx, eventID)
	if errors.Is(err, record.ErrAbsent) {
		return Survey{}, ErrCode
	}
	if err != nil {
		return Survey{}, err
	}
	if !v.Live(s.p.Now()) {
		return Survey{}, ErrCode
	}
	return v, nil
}

func (s *Service) answer(ctx context.Context, v Survey, in Submission) (Answer, error) {
	words, err := CheckAnswer(len(v.Items), in)
	if err != nil {
		return Answer{}, err
	}
	e, err := s.p.Events.Get(ctx, v.ID)
	if err != nil {
		return Answer{}, err
	}
	return Answer{
		ID: answerID(v.ID, in.Form), Part: v.Part, Event: v.ID,
		Day:    string(calendar.DateOf(s.p.Now(), e.Zone)),
		Levels: append([]int(nil), in.Levels...), Text: words, Helped: in.Helped,
	}, nil
}

// CheckAnswer gives the cleaned open text, or one Invalid error that names
// every refused field. A form with nothing chosen and nothing written is
// refused: robots submit forms too.
func CheckAnswer(items int, in Submission) (string, error) {
	var check fault.Check
	if in.Form == "" || len(in.Form) > maxForm {
		check.Add("form", "form_id")
	}
	words, err := text.Block(in.Text, MaxText)
	if err != nil {
		check.Add("text", "text.too_long", "max", MaxText)
	}
	if len(in.Levels) != items {
		check.Add("levels", "survey.levels_count", "want", items)
		return "", check.Err()
	}
	empty := words == ""
	for i, level := range in.Levels {
		if level < 0 || level > Levels {
			check.Add("levels."+strconv.Itoa(i), "survey.level")
		}
		empty = empty && level == 0
	}
	if empty && err == nil {
		check.Add("levels", "survey.nothing_chosen")
	}
	return words, check.Err()
}
