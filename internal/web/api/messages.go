package api

import (
	"context"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/notifications"
)

const scopeMessages = "messages:read"

// Message is one message to one recipient, and why it stands where it stands.
type Message struct {
	ID         string     `json:"id"`
	Resident   string     `json:"resident,omitempty" doc:"The recipient's id"`
	Rule       string     `json:"rule" doc:"The id of a reminder rule, or pending, confirmation, change or survey" example:"confirmation"`
	Round      int        `json:"round" doc:"How many messages of this rule the recipient had before"`
	Channel    string     `json:"channel" example:"smtp"`
	State      string     `json:"state" doc:"planned, sending, printed, unknown, sent, dead, suppressed or expired" example:"sent"`
	StateText  string     `json:"state_text" doc:"The state in the language asked for"`
	Reason     string     `json:"reason,omitempty" example:"no_consent"`
	ReasonText string     `json:"reason_text,omitempty" doc:"The reason in the language asked for"`
	Error      string     `json:"error,omitempty" doc:"What a server answered, without addresses"`
	Tries      int        `json:"tries"`
	Due        *time.Time `json:"due,omitempty" doc:"When it goes out, while it is planned"`
	Until      *time.Time `json:"until,omitempty" doc:"Until when it may go out"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
}

// MessageCount is a number of messages alike.
type MessageCount struct {
	Rule       string `json:"rule"`
	State      string `json:"state"`
	StateText  string `json:"state_text"`
	Reason     string `json:"reason,omitempty"`
	ReasonText string `json:"reason_text,omitempty"`
	Messages   int    `json:"messages"`
}

// Messages are those of one event: counts for all who see it, single ones for
// staff of the very unit that keeps the recipients.
type Messages struct {
	Page[Message]
	Counts []MessageCount `json:"counts" nullable:"false"`
}

type messageList struct {
	ByID
	Paging
	States []string `query:"state" maxItems:"8" doc:"Only in these states, divided by commas" example:"dead,unknown"`
}

type messages struct {
	Link string `header:"Link" doc:"The address of the next page (RFC 8288), if there is one"`
	Body Messages
}

func (m *mount) messages() {
	add(m, operation{
		ID: "list-messages", Do: "GET /events/{id}/messages", Says: "List an event's messages with their states and reasons", Scope: scopeMessages,
		More: "Needs events:read too. All who see the event get the counts; items are given to staff who work with people on its very unit.",
	}, func(ctx context.Context, act actor.Actor, in *messageList) (*messages, error) {
		e, err := m.Services.Events.Get(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		counts, err := m.Ledger.Counts(ctx, e.Part, e.ID)
		if err != nil {
			return nil, err
		}
		out := &messages{Body: Messages{
			Page:   Page[Message]{Items: []Message{}},
			Counts: shown(counts, func(c notifications.Count) MessageCount { return showCount(ctx, c) }),
		}}
		if !m.worksWithPeople(act, e.Unit) {
			return out, nil
		}
		l, err := m.rows(ctx, e, in)
		if err != nil {
			return nil, err
		}
		out.Link, out.Body.Page = l.Link, l.Body
		return out, nil
	})
}

func (m *mount) rows(ctx context.Context, e event.Event, in *messageList) (*listOf[Message], error) {
	f := notifications.Filter{Part: e.Part, Occurrence: e.ID}
	for _, s := range in.States {
		f.States = append(f.States, notifications.State(s))
	}
	g := m.pager(ctx, in.Paging, "messages", e.ID, strings.Join(in.States, ","))
	return paged(g, func(r page.Request) (page.List[notifications.Row], error) {
		after := ""
		if r.After != nil && len(r.After.Values) == 1 {
			after = r.After.Values[0]
		}
		rows, err := m.Ledger.Rows(ctx, f, after, r.Size()+1)
		return page.Cut(rows, r.Size(), func(row notifications.Row) page.Key { return page.Key{Values: []string{row.ID}} }), err
	}, func(row notifications.Row) Message { return showRow(ctx, row) })
}

func showRow(ctx context.Context, r notifications.Row) Message {
	out := Message{
		ID: r.ID, Resident: outreach.ResidentOf(r.Recipient), Rule: r.Rule, Round: r.Round, Channel: r.Channel,
		State: string(r.State), StateText: say(ctx, "message.state."+string(r.State)),
		Reason: string(r.Reason), ReasonText: sayReason(ctx, r.Reason), Error: text.Mask(r.Error), Tries: r.Try,
		Until: millis(r.Until), EndedAt: millis(r.EndedAt),
	}
	if r.State == notifications.Planned {
		out.Due = millis(r.Due)
	}
	return out
}

func showCount(ctx context.Context, c notifications.Count) MessageCount {
	return MessageCount{
		Rule: c.Rule, State: string(c.State), StateText: say(ctx, "message.state."+string(c.State)),
		Reason: string(c.Reason), ReasonText: sayReason(ctx, c.Reason), Messages: c.Rows,
	}
}

func sayReason(ctx context.Context, r notifications.Reason) string {
	if r == "" {
		return ""
	}
	return say(ctx, "reason."+string(r))
}
