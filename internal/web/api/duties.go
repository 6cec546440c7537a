package api

import (
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
)

// Duty is one thing that is left to do.
type Duty struct {
	Kind      string     `json:"kind" doc:"print_list, work_off or find_contact" example:"work_off"`
	KindText  string     `json:"kind_text" doc:"The same in the language asked for"`
	Village   string     `json:"village" doc:"Empty for people without a village"`
	Urgent    bool       `json:"urgent"`
	Paper     string     `json:"paper,omitempty" doc:"calls or letters"`
	Sheet     string     `json:"sheet,omitempty" doc:"The sheet to work off"`
	Count     int        `json:"count" doc:"Of people or lines"`
	Deadline  *time.Time `json:"deadline,omitempty" doc:"Until when it is to be done, for the first of them: a call before the start, while that lies ahead"`
	Residents []string   `json:"residents,omitempty" doc:"Whose contact is to be found"`
}

// UnitDuties are those of a unit, urgent ones first, then by deadline.
type UnitDuties struct {
	Items []Duty `json:"items" nullable:"false"`
}

type dutyList struct {
	ByID
	Village string `query:"village" maxLength:"36" doc:"Only of this village"`
}

func (m *mount) duties() {
	add(m, operation{
		ID: "list-duties", Do: "GET /units/{id}/duties", Says: "List what is left to do on paper", Scope: desk.ScopeRead,
		More: "Lists to print, sheets to work off, contacts to find: derived from facts at the moment, stored nowhere.",
	}, func(ctx context.Context, act actor.Actor, in *dutyList) (*plain[UnitDuties], error) {
		duties, err := m.Services.Desk.Duties(ctx, act, in.ID, in.Village)
		if err != nil {
			return nil, err
		}
		return &plain[UnitDuties]{Body: UnitDuties{Items: shown(duties, func(d desk.Duty) Duty {
			return Duty{
				Kind: string(d.Kind), KindText: say(ctx, "duty."+string(d.Kind)), Village: d.Village, Urgent: d.Urgent,
				Paper: string(d.Paper), Sheet: d.Sheet, Count: d.Count, Deadline: millis(d.Deadline), Residents: d.Residents,
			}
		})}}, nil
	})
}
