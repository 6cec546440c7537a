package api

import (
	"cmp"
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Story is what became of one rule for a resident at an event.
type Story struct {
	Event      string     `json:"event"`
	Title      string     `json:"title,omitempty"`
	LocalStart string     `json:"local_start,omitempty" doc:"When the event starts, on its own clocks" example:"2026-11-29T07:00"`
	StartAt    *time.Time `json:"start_at,omitempty"`
	Rule       string     `json:"rule" doc:"The id of a reminder rule, or a built-in one" example:"confirmation"`
	Kind       string     `json:"kind" doc:"pending, confirmation, again, change, survey, reminder, announcement or afterwards" example:"confirmation"`
	Message    *Message   `json:"message,omitempty" doc:"The message; left out where the rule has none"`
	Why        string     `json:"why,omitempty" doc:"Why it has none: unpublished, unconfirmed, no_consent, not_in_audience, answered, nothing_new, no_survey or soon" example:"no_consent"`
	Says       []string   `json:"says" nullable:"false" doc:"The story in whole sentences in the language asked for: what it is, when it was planned, what became of it, and why"`
}

// Stories are what a resident was told, and was not.
type Stories struct {
	Since *time.Time `json:"since" doc:"Since when: 90 days"`
	Items []Story    `json:"items" nullable:"false" doc:"The latest event first"`
	More  bool       `json:"more,omitempty" doc:"Whether older events are left out, since there are more than 100"`
}

func (m *mount) stories() {
	add(m, operation{
		ID: "explain-messages", Do: "GET /residents/{id}/messages", Says: "Tell what a resident was sent in the last 90 days, and why not the rest", Scope: scopeMessages,
		More: "Needs residents:read too. Every message of every rule with its reason, and every rule that made none. What other ids of a merged record were told is told too. The log notes the reading.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[Stories], error) {
		who, err := m.Services.Residents.Told(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		since := notifications.Millis(m.Now()) - outreach.StoryWithin
		found, more, err := m.Explainer.Stories(ctx, who, since)
		if err != nil {
			return nil, err
		}
		var rows []notifications.Row
		for _, s := range found {
			if s.Row != nil {
				rows = append(rows, *s.Row)
			}
		}
		lines, err := m.printed(ctx, rows)
		if err != nil {
			return nil, err
		}
		return &plain[Stories]{Body: Stories{Since: millis(since), More: more, Items: shown(found, func(s outreach.Story) Story {
			return m.showStory(ctx, s, lines)
		})}}, nil
	})
}

func (m *mount) showStory(ctx context.Context, s outreach.Story, lines map[string]printed) Story {
	out := Story{
		Event: s.Event.ID, Title: s.Event.Title, LocalStart: string(s.Event.LocalStart), StartAt: at(s.Event.StartAt),
		Rule: s.Rule, Kind: s.Kind, Why: string(s.Why), Says: sayStory(ctx, s, notifications.Millis(m.Now())),
	}
	if s.Row != nil {
		shown := m.showRow(ctx, *s.Row, lines)
		out.Message = &shown
	}
	return out
}

// soonGone is how long what is due may take in an ordinary queue.
const soonGone = notifications.Millis(time.Minute / time.Millisecond)

// sayStory tells the story in whole sentences.
func sayStory(ctx context.Context, s outreach.Story, now notifications.Millis) []string {
	texts := request.Texts(ctx)
	if texts == nil {
		return []string{}
	}
	title := s.Event.Title
	if title == "" {
		title = texts.Text("story.no_title", nil)
	}
	says := []string{texts.Text("story."+s.Kind, map[string]any{"title": title})}
	if s.Row == nil {
		return append(says, texts.Text("story.none", nil), texts.Text("story.why."+string(s.Why), nil))
	}
	row := *s.Row
	zone := cmp.Or(s.Event.Zone, row.Told.Zone)
	when := func(at notifications.Millis) map[string]any {
		return map[string]any{"when": texts.FormatDate(calendar.InZone(calendar.Instant(at), zone))}
	}
	ended := row.EndedAt
	if row.State == notifications.Planned || ended == 0 {
		ended = row.Due
	}
	if row.Wish > 0 && row.State != notifications.Planned {
		says = append(says, texts.Text("story.planned_for", when(row.Wish)))
	}
	state := "story.state." + string(row.State)
	switch {
	case row.State != notifications.Planned:
	case row.Channel == outreach.Paper:
		state = "story.state.planned_on_paper" // it goes nowhere by itself
	case row.Due+soonGone < now:
		state = "story.state.planned_due" // nobody is told that it goes at a time that is past
	}
	says = append(says, texts.Text(state, when(ended)))
	if row.Reason != "" {
		says = append(says, sayReason(ctx, row.Reason))
	}
	return says
}
