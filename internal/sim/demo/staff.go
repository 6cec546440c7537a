package demo

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Logins of those whom somebody who tries the demo may be.
const (
	Organizer = "organizer"
	Approver  = "approver"
	Reviewer  = "reviewer"
	Admin     = "admin"
)

// Logins lists them in the order in which they are shown.
func Logins() []string { return []string{Organizer, Approver, Reviewer, Admin} }

// official is an account of the sample.
type official struct {
	login, name, home string
	grants            []actor.Grant
}

func (o official) id() string { return id.Hash("demo account", o.login) }

// acting is the official at work.
func (o official) acting() actor.Actor { return actor.Staff(o.id(), o.grants, actor.AllScopes) }

func grants(on string, roles ...actor.Role) []actor.Grant {
	var out []actor.Grant
	for _, role := range roles {
		out = append(out, actor.Grant{Role: role, Unit: on})
	}
	return out
}

// organizer plans the Sundays of the place and keeps its residents.
func (p place) organizer(seed uint64) official {
	o := official{
		login: "to-chuc." + p.code, name: name(random(seed, "organizer "+p.code), p.region), home: p.unit(),
		grants: grants(p.unit(), actor.Organizer, actor.CheckIn),
	}
	if p.code == communeCode {
		o.login = Organizer
	}
	return o
}

// provincial are the officials who are not a unit's own, and the shown
// commune's reviewer.
func provincial(seed uint64) (approver, reviewer, admin official) {
	province, commune := unit.StateID(provinceCode), unit.StateID(communeCode)
	called := func(login string) string { return name(random(seed, login), mountain) }
	return official{Approver, called(Approver), province, grants(province, actor.Approver)},
		official{Reviewer, called(Reviewer), commune, grants(commune, actor.Reviewer)},
		official{Admin, called(Admin), province, append(grants(province, actor.Admin), grants(commune, actor.Admin)...)}
}

// hire makes the accounts of all who work in the places.
func hire(ctx context.Context, a *app.App, seed uint64, places []place) error {
	approver, reviewer, admin := provincial(seed)
	officials := []official{approver, reviewer, admin}
	for _, p := range places {
		officials = append(officials, p.organizer(seed))
	}
	accounts, by := a.Services.Accounts, actor.System("demo")
	for _, o := range officials {
		made, err := accounts.Create(ctx, by, account.Draft{ID: o.id(), Login: o.login, Name: o.name, Unit: o.home})
		if err != nil {
			return err
		}
		for _, g := range o.grants {
			if _, err := accounts.Grant(ctx, by, made.ID, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// lay makes the villages of a place.
func lay(ctx context.Context, a *app.App, seed uint64, p place) error {
	_, _, admin := provincial(seed)
	for n, called := range p.villageNames(seed) {
		_, err := a.Services.Units.Create(ctx, admin.acting(), unit.Draft{
			ID: p.village(n), Kind: unit.Village, Parent: p.unit(), Names: map[string]string{"vi": called},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
