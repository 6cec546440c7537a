package event

import "github.com/sunday-with-the-people/sunday/internal/fault"

// Act is what may be done to an event's state.
type Act string

// Acts.
const (
	Submit     Act = "submit"
	Approve    Act = "approve"
	Return     Act = "return"
	Withdraw   Act = "withdraw"
	Publish    Act = "publish"
	Reschedule Act = "reschedule"
	Postpone   Act = "postpone"
	Resume     Act = "resume"
	Cancel     Act = "cancel"
	Restore    Act = "restore"
	Close      Act = "close"
	FileReport Act = "report"
)

// Acts is the closed list, in the order in which an event usually meets them.
func Acts() []Act {
	return []Act{Submit, Withdraw, Approve, Return, Publish, Reschedule, Postpone, Resume, Cancel, Restore, Close, FileReport}
}

// States is the closed list.
func States() []State {
	return []State{Draft, Submitted, Returned, Approved, Published, Postponed, Done, Reported, Cancelled}
}

// ErrState is the answer to an act that the event's state does not allow; it
// is filled with "state" and "act".
var ErrState = fault.New(fault.Conflict, "event.state")

// transitions is every allowed move. Restore is not in it, as it leads to the
// state before cancelling.
var transitions = map[State]map[Act]State{
	Draft:     {Submit: Submitted, Cancel: Cancelled},
	Submitted: {Withdraw: Draft, Approve: Approved, Return: Returned, Cancel: Cancelled},
	Returned:  {Submit: Submitted, Cancel: Cancelled},
	Approved:  {Publish: Published, Reschedule: Approved, Cancel: Cancelled},
	Published: {Reschedule: Published, Postpone: Postponed, Cancel: Cancelled, Close: Done},
	Postponed: {Reschedule: Postponed, Resume: Published, Cancel: Cancelled},
	Done:      {FileReport: Reported},
}

// Next is where the act leads from the state. Former is the state before
// cancelling, which restore leads back to; it is not looked at otherwise.
func Next(state, former State, act Act) (State, error) {
	next, ok := transitions[state][act]
	if state == Cancelled && act == Restore {
		_, ok = transitions[former][Cancel]
		next = former
	}
	if !ok {
		return "", ErrState.With("state", string(state), "act", string(act))
	}
	return next, nil
}

// Allowed lists the acts that the event's state allows, in the order of Acts.
func (e Event) Allowed() []Act {
	var acts []Act
	for _, a := range Acts() {
		if _, err := Next(e.State, e.Former, a); err == nil {
			acts = append(acts, a)
		}
	}
	return acts
}
