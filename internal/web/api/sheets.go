package api

import (
	"context"
	"net/http"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// Sheet is a list on paper, without names.
type Sheet struct {
	ID       string     `json:"id"`
	Unit     string     `json:"unit"`
	Village  string     `json:"village" doc:"Empty for people without a village"`
	Urgent   bool       `json:"urgent"`
	Kind     string     `json:"kind" doc:"calls or letters" example:"calls"`
	State    string     `json:"state" doc:"making, open or closed" example:"open"`
	Lines    int        `json:"lines"`
	Left     int        `json:"left" doc:"How many lines wait for a final result"`
	MadeAt   *time.Time `json:"made_at,omitempty"`
	Until    *time.Time `json:"until,omitempty" doc:"Until when a result counts"`
	ClosedAt *time.Time `json:"closed_at,omitempty"`
}

func showSheet(s paper.Sheet) Sheet {
	return Sheet{
		ID: s.ID, Unit: s.Unit, Village: s.Village, Urgent: s.Class == notifications.Urgent, Kind: string(s.Kind),
		State: string(s.State), Lines: len(s.Lines), Left: s.Left(),
		MadeAt: millis(s.At), Until: millis(s.Until), ClosedAt: millis(s.ClosedAt),
	}
}

// SheetLine is one line with the person on it.
type SheetLine struct {
	Number   int        `json:"number"`
	Message  string     `json:"message" doc:"The id of the message"`
	Resident string     `json:"resident,omitempty"`
	Name     string     `json:"name,omitempty"`
	Phone    string     `json:"phone,omitempty" doc:"Empty for a visit or a letter"`
	Words    string     `json:"words,omitempty" doc:"What there is to say, in the person's language"`
	Language string     `json:"language,omitempty" example:"vi"`
	Live     bool       `json:"live" doc:"Whether a result would still count; what has changed stands on a new line, unless it is void"`
	Outcome  string     `json:"outcome,omitempty" doc:"reached, not_reached, wrong_number or never_again"`
	Standing string     `json:"standing,omitempty" doc:"Empty while it waits; entered, done, moved or late"`
	Void     bool       `json:"void" doc:"Whether nobody is to be told any more, as after an erasure: there is no new line"`
	Tries    int        `json:"tries" doc:"How often nobody was reached"`
	Until    *time.Time `json:"until,omitempty" doc:"Until when a result counts"`
}

func showSheetLine(l desk.Shown) SheetLine {
	return SheetLine{
		Number: l.Number, Message: l.Row, Resident: l.Resident, Name: l.Name, Phone: l.Phone, Words: i18n.Plain(l.Words),
		Language: l.Language, Live: l.Live, Void: l.Void, Outcome: string(l.Outcome), Standing: string(l.Standing), Tries: l.Tries,
		Until: millis(l.Until),
	}
}

// SheetLines is a sheet with its lines.
type SheetLines struct {
	Sheet
	Items []SheetLine `json:"items" nullable:"false"`
}

// SheetAnswer is what became of one result.
type SheetAnswer struct {
	Number   int    `json:"number"`
	Outcome  string `json:"outcome"`
	Said     string `json:"said" doc:"saved, again (the same form brought it before), taken (the line has another result), moved (the message has changed: see the new line), void (nobody is to be told any more), late or no_line" example:"saved"`
	SaidText string `json:"said_text" doc:"The same in the language asked for"`
}

// SheetResults answers results in their order.
type SheetResults struct {
	Sheet Sheet         `json:"sheet"`
	Items []SheetAnswer `json:"items" nullable:"false"`
}

// SheetResult is what came of one line.
type SheetResult struct {
	Number  int    `json:"number" example:"1"`
	Outcome string `json:"outcome" doc:"reached, not_reached, wrong_number or never_again" example:"reached"`
}

type sheetList struct {
	ByID
	Paging
	Village string `query:"village" maxLength:"36" doc:"Only of this village"`
	Open    bool   `query:"open" doc:"Only what is not closed"`
}

type sheetNew struct {
	ByID
	Body struct {
		Village string `json:"village,omitempty" doc:"Empty for people without a village"`
		Urgent  bool   `json:"urgent,omitempty" doc:"The urgent call list, else what is not urgent"`
		Kind    string `json:"kind" doc:"calls or letters" example:"calls"`
	}
}

type sheetResults struct {
	ByID
	Body struct {
		Form    string        `json:"form" maxLength:"64" doc:"An id of your own: the same results with it count once"`
		Results []SheetResult `json:"results" nullable:"false" minItems:"1" maxItems:"200"`
	}
}

type sheetUndo struct {
	ByID
	Body struct {
		Form   string `json:"form" maxLength:"64" doc:"An id of your own: sending it again does nothing more"`
		Number int    `json:"number" example:"1"`
	}
}

func (m *mount) sheets() {
	s := m.Services.Desk
	add(m, operation{
		ID: "list-sheets", Do: "GET /units/{id}/sheets", Says: "List a unit's call lists and letters, the newest first", Scope: desk.ScopeRead,
		More: "For organizers and heads of villages of the very unit; the head of one village names it.",
	}, func(ctx context.Context, act actor.Actor, in *sheetList) (*listOf[Sheet], error) {
		f := paper.Filter{Unit: in.ID, Village: in.Village, Open: in.Open}
		narrowed := []string{in.ID, in.Village, map[bool]string{true: "open"}[in.Open]}
		return paged(m.pager(ctx, in.Paging, "sheets", narrowed...), func(r page.Request) (page.List[paper.Sheet], error) {
			return s.Page(ctx, act, f, r)
		}, showSheet)
	})
	add(m, operation{
		ID: "print-sheet", Do: "POST /units/{id}/sheets", Says: "Put what is due on a new numbered sheet", Scope: desk.ScopeWrite,
		Status: http.StatusCreated,
		More:   "Where nothing new is due it gives the open sheet again. Printed is not sent: each line waits for its result.",
	}, func(ctx context.Context, act actor.Actor, in *sheetNew) (*plain[Sheet], error) {
		order := desk.Order{Unit: in.ID, Village: in.Body.Village, Urgent: in.Body.Urgent, Kind: paper.Kind(in.Body.Kind)}
		sheet, err := s.Print(ctx, act, order)
		if err != nil {
			return nil, err
		}
		return &plain[Sheet]{Body: showSheet(sheet)}, nil
	})
	add(m, operation{
		ID: "get-sheet", Do: "GET /sheets/{id}", Says: "Get a sheet with names and numbers to call", Scope: desk.ScopeRead,
		More: "That they were shown is an entry of the audit log.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[SheetLines], error) {
		sheet, lines, err := s.Show(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[SheetLines]{Body: SheetLines{Sheet: showSheet(sheet), Items: shown(lines, showSheetLine)}}, nil
	})
	m.sheetResults()
}

func (m *mount) sheetResults() {
	s := m.Services.Desk
	add(m, operation{
		ID: "enter-results", Do: "POST /sheets/{id}/results", Says: "Enter what came of lines of a sheet", Scope: desk.ScopeWrite,
		More: "Reached counts as sent while the message is as it was printed. Lines that are refused stop no others.",
	}, func(ctx context.Context, act actor.Actor, in *sheetResults) (*plain[SheetResults], error) {
		entries := shown(in.Body.Results, func(r SheetResult) paper.Entry {
			return paper.Entry{Number: r.Number, Outcome: paper.Outcome(r.Outcome)}
		})
		sheet, answers, err := s.Enter(ctx, act, in.ID, in.Body.Form, entries)
		if err != nil {
			return nil, err
		}
		return &plain[SheetResults]{Body: SheetResults{Sheet: showSheet(sheet), Items: shown(answers, func(a paper.Answer) SheetAnswer {
			return SheetAnswer{
				Number: a.Number, Outcome: string(a.Outcome), Said: string(a.Said), SaidText: say(ctx, "sheet.said."+string(a.Said)),
			}
		})}}, nil
	})
	add(m, operation{
		ID: "undo-result", Do: "POST /sheets/{id}/undo", Says: "Take the last result of a line back", Scope: desk.ScopeWrite,
		More: "While nothing has come of it. \"Never again\" is taken back by the person alone.",
	}, func(ctx context.Context, act actor.Actor, in *sheetUndo) (*plain[Sheet], error) {
		sheet, err := s.Undo(ctx, act, in.ID, in.Body.Number, in.Body.Form)
		if err != nil {
			return nil, err
		}
		return &plain[Sheet]{Body: showSheet(sheet)}, nil
	})
}
