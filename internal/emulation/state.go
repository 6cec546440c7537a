package emulation

import (
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Step is what may be done to a card's state.
type Step string

// Steps.
const (
	StepSelfScore Step = "self_score"
	StepSubmit    Step = "submit"
	StepBegin     Step = "begin"
	StepReturn    Step = "return"
	StepResubmit  Step = "resubmit"
	StepAppraise  Step = "appraise"
	StepReview    Step = "review"
	StepApprove   Step = "approve"
	StepPublish   Step = "publish"
	StepAppeal    Step = "appeal"
	StepDecide    Step = "decide"
	StepLock      Step = "lock"
)

// Steps is the closed list, in the order in which a card usually meets them.
func Steps() []Step {
	return []Step{
		StepSelfScore, StepSubmit, StepBegin, StepReturn, StepResubmit, StepAppraise,
		StepReview, StepApprove, StepPublish, StepAppeal, StepDecide, StepLock,
	}
}

// CardStates is the closed list.
func CardStates() []CardState {
	return []CardState{
		CardDraft, CardSelfScored, CardSubmitted, CardUnderAppraisal, CardReturned, CardAppraised,
		CardClusterReviewed, CardApproved, CardPublished, CardAppealed, CardDecided, CardLocked,
	}
}

// The refusals of steps.
var (
	// ErrCardState is filled with "state" and "step".
	ErrCardState = fault.New(fault.Conflict, "scorecard.state")
	// ErrOwnUnit: nobody appraises their own unit.
	ErrOwnUnit = fault.New(fault.Forbidden, "scorecard.own_unit")
	// ErrStep: the step belongs to another role.
	ErrStep = fault.New(fault.Forbidden, "scorecard.step")
)

var cardSteps = map[CardState]map[Step]CardState{
	CardDraft:           {StepSelfScore: CardSelfScored},
	CardSelfScored:      {StepSubmit: CardSubmitted},
	CardSubmitted:       {StepBegin: CardUnderAppraisal},
	CardUnderAppraisal:  {StepReturn: CardReturned, StepAppraise: CardAppraised},
	CardReturned:        {StepResubmit: CardUnderAppraisal},
	CardAppraised:       {StepReview: CardClusterReviewed},
	CardClusterReviewed: {StepApprove: CardApproved},
	CardApproved:        {StepPublish: CardPublished},
	CardPublished:       {StepAppeal: CardAppealed, StepLock: CardLocked},
	CardAppealed:        {StepDecide: CardDecided},
	CardDecided:         {StepLock: CardLocked},
}

// NextCard is where the step leads from the state.
func NextCard(state CardState, step Step) (CardState, error) {
	next, ok := cardSteps[state][step]
	if !ok {
		return "", ErrCardState.With("state", string(state), "step", string(step))
	}
	return next, nil
}

// MayStep tells whether the actor may take the step on the unit's card: the
// unit's own steps need its reviewer or administrator, all others an appraiser
// (or approver, from the approval on) above it who serves the unit in no role.
func MayStep(act actor.Actor, now calendar.Instant, step Step, who Subject) error {
	if ownStep(step) {
		if act.Any(int64(now), who.Unit, actor.Reviewer, actor.Admin) {
			return nil
		}
		return ErrStep
	}
	if act.Any(int64(now), who.Unit, actor.Roles()...) {
		return ErrOwnUnit
	}
	above := slices.DeleteFunc(slices.Clone(who.Scope), func(u string) bool { return u == who.Unit })
	if act.HoldsAbove(int64(now), stepRole(step), above...) {
		return nil
	}
	return ErrStep
}

func ownStep(step Step) bool {
	switch step {
	case StepSelfScore, StepSubmit, StepResubmit, StepAppeal:
		return true
	}
	return false
}

func stepRole(step Step) actor.Role {
	switch step {
	case StepApprove, StepPublish, StepDecide, StepLock:
		return actor.Approver
	}
	return actor.Appraiser
}
