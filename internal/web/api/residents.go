package api

import (
	"context"
	"net/http"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// Resident is a person or an organisation as the unit that keeps them sees
// them. Contacts are shown by revealing only.
type Resident struct {
	ID         string     `json:"id"`
	Unit       string     `json:"unit" doc:"The unit that keeps the record"`
	Kind       string     `json:"kind" doc:"person or organisation" example:"person"`
	Village    string     `json:"village,omitempty"`
	Locale     string     `json:"locale,omitempty" example:"vi"`
	Name       string     `json:"name,omitempty" example:"Nguyễn Văn Bình"`
	Household  string     `json:"household,omitempty"`
	Reach      string     `json:"reach" doc:"own, helper or none" example:"own"`
	Contacts   int        `json:"contacts" doc:"How many contacts there are; see reveal"`
	Consents   []Consent  `json:"consents" nullable:"false" doc:"The log, oldest first; the newest of a purpose counts"`
	MergedInto string     `json:"merged_into,omitempty"`
	CreatedAt  *time.Time `json:"created_at,omitempty"`
	ErasedAt   *time.Time `json:"erased_at,omitempty"`
}

// Consent is one entry of a resident's log.
type Consent struct {
	Choice
	By string     `json:"by" doc:"resident, or account: and the id of who recorded it"`
	At *time.Time `json:"at,omitempty"`
}

// Choice is a consent given or withdrawn.
type Choice struct {
	Purpose string `json:"purpose" doc:"registration, reminders, news, surveys, answers or photos" example:"reminders"`
	Given   bool   `json:"given"`
	Text    string `json:"text" doc:"The id of the consent text that was shown"`
	Source  string `json:"source" doc:"paper, call, sms or staff" example:"paper"`
}

// Contact is a phone number or an address in plain.
type Contact struct {
	Kind  string `json:"kind" doc:"phone or email" example:"email"`
	Value string `json:"value" example:"binh@example.org"`
}

func showResident(r resident.Resident) Resident {
	return Resident{
		ID: r.ID, Unit: r.Unit, Kind: string(r.Kind), Village: r.Village, Locale: r.Locale, Name: r.Name,
		Household: r.Household, Reach: string(r.Reach), Contacts: len(r.Contacts), MergedInto: r.MergedInto,
		Consents: shown(r.Consents, showConsent), CreatedAt: at(r.CreatedAt), ErasedAt: at(r.ErasedAt),
	}
}

func showConsent(c resident.Consent) Consent {
	return Consent{
		Choice: Choice{Purpose: string(c.Purpose), Given: c.Given, Text: c.Text, Source: c.Source}, By: c.By, At: at(c.At),
	}
}

func readChoice(c Choice) resident.Choice {
	return resident.Choice{Purpose: resident.Purpose(c.Purpose), Given: c.Given, Text: c.Text, Source: c.Source}
}

func readContact(c Contact) resident.ContactInput {
	return resident.ContactInput{Kind: contact.Kind(c.Kind), Value: c.Value}
}

type residentNew struct {
	Keyed
	Body struct {
		Unit      string    `json:"unit"`
		Kind      string    `json:"kind,omitempty" doc:"person (the default) or organisation"`
		Village   string    `json:"village,omitempty" doc:"A unit of kind village"`
		Locale    string    `json:"locale,omitempty" doc:"A BCP 47 tag" example:"vi"`
		Name      string    `json:"name,omitempty" example:"Nguyễn Văn Bình"`
		Household string    `json:"household,omitempty"`
		Reach     string    `json:"reach,omitempty" doc:"own, helper or none"`
		Contacts  []Contact `json:"contacts,omitempty" nullable:"false" maxItems:"20" doc:"The main one first"`
		Consents  []Choice  `json:"consents,omitempty" nullable:"false" maxItems:"20"`
	}
}

type residentPatch struct {
	ByID
	Matching
	Body struct {
		Name      *string    `json:"name,omitempty"`
		Village   *string    `json:"village,omitempty"`
		Locale    *string    `json:"locale,omitempty"`
		Household *string    `json:"household,omitempty"`
		Reach     *string    `json:"reach,omitempty"`
		Contacts  *[]Contact `json:"contacts,omitempty" doc:"Replaces all, the main one first"`
	}
}

type residentList struct {
	Paging
	Unit    string `query:"unit" required:"true" maxLength:"36" doc:"The unit that keeps the records"`
	Village string `query:"village" maxLength:"36"`
}

type residentSearch struct {
	Body struct {
		Unit  string `json:"unit"`
		Query string `json:"query" maxLength:"200" doc:"The beginnings of words of the name, accents aside" example:"binh ng"`
		Limit int    `json:"limit,omitempty" minimum:"1" maximum:"200"`
		After string `json:"after,omitempty" maxLength:"2000"`
	}
}

type residentMerge struct {
	ByID
	Matching
	Body struct {
		Into string `json:"into" minLength:"1" maxLength:"36" doc:"The record that lives on"`
	}
}

type residentConsents struct {
	ByID
	Body struct {
		Choices []Choice `json:"choices" nullable:"false" minItems:"1" maxItems:"20"`
	}
}

func (m *mount) residents() {
	s := m.Services.Residents
	add(m, operation{
		ID: "list-residents", Do: "GET /residents", Says: "List the residents of a unit by name", Scope: resident.ScopeRead,
		More: "Those who were erased or merged are left out, so that a page may hold fewer than limit. The log notes the reading.",
	}, func(ctx context.Context, act actor.Actor, in *residentList) (*listOf[Resident], error) {
		f := resident.Filter{Unit: in.Unit, Village: in.Village}
		return paged(m.pager(ctx, in.Paging, "residents", in.Unit, in.Village), func(r page.Request) (page.List[resident.Resident], error) {
			return s.Page(ctx, act, f, r)
		}, showResident)
	})
	add(m, operation{
		ID: "search-residents", Do: "POST /residents/search", Says: "Find residents of a unit by name", Scope: resident.ScopeRead,
		More: "A POST, since no name belongs into an address.",
	}, func(ctx context.Context, act actor.Actor, in *residentSearch) (*plain[Page[Resident]], error) {
		b := in.Body
		g := m.pager(ctx, Paging{Limit: b.Limit, After: b.After}, "residents/search", b.Unit, b.Query)
		l, err := paged(g, func(r page.Request) (page.List[resident.Resident], error) {
			return s.Search(ctx, act, b.Unit, b.Query, r)
		}, showResident)
		if err != nil {
			return nil, err
		}
		return &plain[Page[Resident]]{Body: l.Body}, nil
	})
	add(m, operation{
		ID: "create-resident", Do: "POST /residents", Says: "Enter a resident", Scope: resident.ScopeWrite, Status: http.StatusCreated,
		More: "Name and contact are optional. Without a consent no message goes out.",
	}, func(ctx context.Context, act actor.Actor, in *residentNew) (*oneOf[Resident], error) {
		b := in.Body
		return showOneResident(s.Create(ctx, act, resident.Draft{
			ID: in.newID(ctx, "resident"), Unit: b.Unit, Kind: resident.Kind(b.Kind), Village: b.Village, Locale: b.Locale,
			Name: b.Name, Household: b.Household, Reach: resident.Reach(b.Reach),
			Contacts: shown(b.Contacts, readContact), Consents: shown(b.Consents, readChoice),
		}))
	})
	m.oneResident()
	m.households()
	m.consents()
}

func (m *mount) oneResident() {
	s := m.Services.Residents
	add(m, operation{
		ID: "get-resident", Do: "GET /residents/{id}", Says: "Get a resident", Scope: resident.ScopeRead,
		More: "The log notes the reading.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*oneOf[Resident], error) {
		return showOneResident(s.Get(ctx, act, in.ID))
	})
	add(m, operation{
		ID: "edit-resident", Do: "PATCH /residents/{id}", Says: "Change a resident", Scope: resident.ScopeWrite,
	}, func(ctx context.Context, act actor.Actor, in *residentPatch) (*oneOf[Resident], error) {
		seen, err := in.ver()
		if err != nil {
			return nil, err
		}
		b := in.Body
		e := resident.Edit{Name: b.Name, Village: b.Village, Locale: b.Locale, Household: b.Household, Reach: (*resident.Reach)(b.Reach)}
		if b.Contacts != nil {
			contacts := shown(*b.Contacts, readContact)
			e.Contacts = &contacts
		}
		return showOneResident(s.Update(ctx, act, in.ID, seen, e))
	})
	m.endResident()
	add(m, operation{
		ID: "reveal-contacts", Do: "POST /residents/{id}/reveal", Says: "Show a resident's contacts in plain", Scope: resident.ScopeRead,
		More: "The log notes it before they are shown.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[Contacts], error) {
		found, err := s.Reveal(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[Contacts]{Body: Contacts{Contacts: shown(found, func(r resident.Revealed) Contact {
			return Contact{Kind: string(r.Kind), Value: r.Value}
		})}}, nil
	})
}

// endResident is the two ways in which a record of somebody ends.
func (m *mount) endResident() {
	s := m.Services.Residents
	add(m, operation{
		ID: "erase-resident", Do: "POST /residents/{id}/erase", Says: "Erase what names a resident", Scope: resident.ScopeWrite,
		More: "Name, contacts and household go; totals stay. It cannot be undone.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*oneOf[Resident], error) {
		erased, err := s.Erase(ctx, act, in.ID)
		if err == nil {
			err = m.Services.Registrations.CancelErased(ctx, act, in.ID)
		}
		return showOneResident(erased, err)
	})
	add(m, operation{
		ID: "merge-residents", Do: "POST /residents/{id}/merge", Says: "Merge a resident into another", Scope: resident.ScopeWrite,
		More: "For two records of one person, kept by one unit. The one named in the body lives on, with the contacts, " +
			"consents and registrations of both; of two registrations at one event the first stays. It cannot be undone.",
	}, func(ctx context.Context, act actor.Actor, in *residentMerge) (*oneOf[Resident], error) {
		seen, err := in.ver()
		if err != nil {
			return nil, err
		}
		merged, err := s.Merge(ctx, act, in.ID, in.Body.Into, seen)
		if err == nil {
			// what is not done now the planner does: both are dirty
			_, err = m.Services.Registrations.FollowMerge(ctx, merged.ID)
		}
		return showOneResident(merged, err)
	})
}

// Household is residents who are told things together.
type Household struct {
	ID        string     `json:"id"`
	Residents []Resident `json:"residents" nullable:"false"`
}

type householdNew struct {
	Keyed
	Body struct {
		Residents []string `json:"residents" nullable:"false" minItems:"2" maxItems:"20" doc:"Ids of residents whom the same unit keeps"`
	}
}

func (m *mount) households() {
	s := m.Services.Residents
	add(m, operation{
		ID: "declare-household", Do: "POST /households", Says: "Declare residents one household", Scope: resident.ScopeWrite, Status: http.StatusCreated,
		More: "Where they share an address they get one mail that names each of them, except about events that are discreet. " +
			"Whoever was of another household leaves it. One leaves by an edit with an empty household.",
	}, func(ctx context.Context, act actor.Actor, in *householdNew) (*plain[Household], error) {
		members, err := s.DeclareHousehold(ctx, act, in.newID(ctx, "household"), in.Body.Residents)
		if err != nil {
			return nil, err
		}
		return &plain[Household]{Body: Household{ID: members[0].Household, Residents: shown(members, showResident)}}, nil
	})
}

// Contacts are a resident's, in plain.
type Contacts struct {
	Contacts []Contact `json:"contacts" nullable:"false" doc:"The main one first"`
}

// ConsentText is what a person agrees to, word by word.
type ConsentText struct {
	ID      string `json:"id"`
	Purpose string `json:"purpose"`
	Locale  string `json:"locale"`
	Version int    `json:"version"`
	Words   string `json:"words"`
}

// ConsentTexts has the newest text of each purpose.
type ConsentTexts struct {
	Items []ConsentText `json:"items" nullable:"false"`
}

type consentTexts struct {
	Locale string `query:"locale" maxLength:"35" doc:"A BCP 47 tag, vi if left out" example:"vi"`
}

func (m *mount) consents() {
	s := m.Services.Residents
	add(m, operation{
		ID: "log-consents", Do: "POST /residents/{id}/consents", Says: "Log consents given or withdrawn", Scope: resident.ScopeWrite,
		More: "What the person withdrew, staff give again on the person's word only: on paper, by call or by SMS.",
	}, func(ctx context.Context, act actor.Actor, in *residentConsents) (*oneOf[Resident], error) {
		return showOneResident(s.Consent(ctx, act, in.ID, shown(in.Body.Choices, readChoice)...))
	})
	add(m, operation{
		ID: "list-consent-texts", Do: "GET /consent-texts", Says: "List the newest text of each purpose", Scope: resident.ScopeRead,
	}, func(_ context.Context, _ actor.Actor, in *consentTexts) (*plain[ConsentTexts], error) {
		out := &plain[ConsentTexts]{Body: ConsentTexts{Items: []ConsentText{}}}
		for _, p := range resident.Purposes() {
			t, err := resident.TextFor(p, in.Locale)
			if err != nil {
				return nil, err
			}
			out.Body.Items = append(out.Body.Items, ConsentText{
				ID: t.ID, Purpose: string(t.Purpose), Locale: t.Locale, Version: t.Version, Words: t.Words,
			})
		}
		return out, nil
	})
}

func showOneResident(r resident.Resident, err error) (*oneOf[Resident], error) {
	if err != nil {
		return nil, err
	}
	return one(r.Ver, showResident(r)), nil
}
