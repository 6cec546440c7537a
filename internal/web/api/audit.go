package api

import (
	"context"
	"errors"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// AuditLine says who did what to which thing, when: names of fields, no values.
type AuditLine struct {
	ID     string     `json:"id"`
	Unit   string     `json:"unit"`
	Thing  string     `json:"thing" example:"event:01939f2e-7c1a-7c30-9f5e-0242ac120002"`
	Ver    int64      `json:"ver" doc:"The version that the thing got"`
	Actor  string     `json:"actor" doc:"account: and an id, job: and a name, resident or anonymous"`
	Act    string     `json:"act" example:"event.approve"`
	Fields []string   `json:"fields,omitempty" nullable:"false"`
	At     *time.Time `json:"at,omitempty"`
	Block  int64      `json:"block" doc:"The block of the chain that sealed the line, 0 before"`
}

func showAuditLine(l audit.Line) AuditLine {
	return AuditLine{
		ID: l.ID, Unit: l.Unit, Thing: l.Thing, Ver: l.Ver, Actor: l.Actor, Act: l.Act, Fields: l.Fields, At: millis(l.At), Block: l.Block,
	}
}

// Chain tells whether a unit's log is whole.
type Chain struct {
	Holds bool   `json:"holds"`
	Block int64  `json:"block,omitempty" doc:"The first block where it does not"`
	Note  string `json:"note,omitempty" doc:"What is wrong, in the language asked for"`
}

type auditList struct {
	Paging
	Unit  string    `query:"unit" required:"true" maxLength:"36"`
	Thing string    `query:"thing" maxLength:"100" doc:"Only of this thing, as a line names it"`
	Since time.Time `query:"since"`
	Until time.Time `query:"until"`
}

type auditVerify struct {
	Unit string `query:"unit" required:"true" maxLength:"36"`
}

func (m *mount) audit() {
	s := m.Services.Audit
	add(m, operation{
		ID: "list-audit", Do: "GET /audit", Says: "List a unit's log, newest first", Scope: audit.ScopeRead,
		More: "For auditors and administrators of the very unit.",
	}, func(ctx context.Context, act actor.Actor, in *auditList) (*listOf[AuditLine], error) {
		f := audit.Filter{Unit: in.Unit, Thing: in.Thing}
		if !in.Since.IsZero() {
			f.Since = in.Since.UnixMilli()
		}
		if !in.Until.IsZero() {
			f.Until = in.Until.UnixMilli()
		}
		g := m.pager(ctx, in.Paging, "audit", in.Unit, in.Thing, in.Since.String(), in.Until.String())
		return paged(g, func(r page.Request) (page.List[audit.Line], error) { return s.Page(ctx, act, f, r) }, showAuditLine)
	})
	add(m, operation{
		ID: "verify-audit", Do: "GET /audit/verify", Says: "Check that no line of a unit's log was removed or altered", Scope: audit.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *auditVerify) (*plain[Chain], error) {
		// Whoever may read the log may have it checked.
		if _, err := s.Page(ctx, act, audit.Filter{Unit: in.Unit}, page.Request{Limit: 1}); err != nil {
			return nil, err
		}
		err := s.Verify(ctx, in.Unit)
		broken, ok := errors.AsType[*fault.Error](err)
		if !ok || !errors.Is(err, audit.ErrBroken) {
			return &plain[Chain]{Body: Chain{Holds: true}}, err
		}
		out := Chain{}
		out.Block, _ = broken.Args["seq"].(int64)
		if texts := request.Texts(ctx); texts != nil {
			out.Note = texts.Fault(broken)
		}
		return &plain[Chain]{Body: out}, nil
	})
}
