package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/journal"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

// Kinds of things in the journal, as in the audit log.
const (
	aContact  = "contact"
	aResident = "resident"
)

// refusals writes what people refuse to the journal. It hears of it twice: at
// once from the stores, and from the entry that the change left in its own
// document for the audit log, which stays there until the journal has it. So a
// journal that cannot be written loses nobody's wish.
type refusals struct {
	journal  *journal.Journal
	settings store.Settings
	log      *slog.Logger
	metrics  *metrics

	mu     sync.Mutex
	failed error
	// replaying says that this process releases a restored store: what refuses
	// again stands in a journal, and comes to this one by the audit log.
	replaying bool
}

// errRestored: what a restored store knows is older than the journal, and would
// take its place there.
var errRestored = errors.New("the journal waits for `sunday release`: the database was restored")

// openJournal opens SUNDAY_JOURNAL and puts it behind the stores.
func (a *App) openJournal() error {
	path := a.opt.Config.Journal
	if path == "" {
		return nil
	}
	j, err := journal.Open(path, func() int64 { return int64(a.Now()) })
	if damage, ok := errors.AsType[*journal.Damage](err); ok {
		return fmt.Errorf("SUNDAY_JOURNAL: %w; keep the file, and name another one", damage)
	}
	if err != nil {
		return fmt.Errorf("SUNDAY_JOURNAL cannot be opened and written: %w", err)
	}
	r := &refusals{journal: j, settings: a.store.Settings, log: a.log, metrics: a.metrics}
	a.refusals = r
	contacts, residents := a.store.Contacts, a.store.Residents
	a.store.Contacts = journaledContacts{contacts, r}
	a.store.Residents = journaledResidents{residents, r}
	a.store.Audit = journaledAudit{a.store.Audit, contacts, residents, r}
	return nil
}

// append writes notes, unless the store is a restored one.
func (r *refusals) append(ctx context.Context, notes ...journal.Note) error {
	restored, err := r.settings.Setting(ctx, settingRestored)
	if err == nil && restored != "" {
		err = errRestored
	}
	if err == nil {
		err = r.journal.Append(notes...)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.replaying && errors.Is(err, errRestored) {
		return err // as it should be: nothing is lacking, and nothing failed
	}
	if err != nil {
		r.metrics.journal.Inc()
	}
	if err != nil && r.failed == nil {
		r.log.Error("the journal lacks what was refused; it is tried again", "error", err)
	}
	r.failed = err
	return err
}

// replay tells that a restored store is being released, and that it no longer is.
func (r *refusals) replay(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replaying = on
}

// check is what /readyz looks at.
func (r *refusals) check(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case errors.Is(r.failed, errRestored):
		return errRestored
	case r.failed != nil:
		return errJournalAway
	}
	return nil
}

func contactNote(c contact.Contact) (journal.Note, error) { return note(aContact, c.ID, c.Refusal()) }

func residentNote(p resident.Resident) (journal.Note, error) {
	return note(aResident, p.ID, p.Refusal())
}

func note(kind, id string, refusal any) (journal.Note, error) {
	state, err := json.Marshal(refusal)
	return journal.Note{Thing: audit.Thing(kind, id), State: state}, err
}

// journaledContacts appends what a contact newly refuses, or no longer does.
// That the journal fails does not undo the change: see refusals.
type journaledContacts struct {
	contact.Store
	refusals *refusals
}

func (s journaledContacts) Update(ctx context.Context, id string, change func(*contact.Contact) error) (contact.Contact, error) {
	var before contact.Refusal
	c, err := s.Store.Update(ctx, id, func(c *contact.Contact) error {
		before = c.Refusal()
		return change(c)
	})
	if err != nil || c.Refusal() == before {
		return c, err
	}
	n, err := contactNote(c)
	if err == nil {
		_ = s.refusals.append(context.WithoutCancel(ctx), n) // logged, counted, and done again by the relay
	}
	return c, err
}

// journaledResidents does the same for residents.
type journaledResidents struct {
	resident.Store
	refusals *refusals
}

func (s journaledResidents) Update(ctx context.Context, id string, change func(*resident.Resident) error) (resident.Resident, error) {
	var before resident.Refusal
	r, err := s.Store.Update(ctx, id, func(r *resident.Resident) error {
		before = r.Refusal()
		return change(r)
	})
	if err != nil || r.Refusal().Same(before) {
		return r, err
	}
	n, err := residentNote(r)
	if err == nil {
		_ = s.refusals.append(context.WithoutCancel(ctx), n) // likewise
	}
	return r, err
}

// journaledAudit lets no entry about a refusal leave its document before the
// journal has what the thing refuses now.
type journaledAudit struct {
	audit.Store
	contacts  contact.Store
	residents resident.Store
	refusals  *refusals
}

// telling are the fields whose change may be a refusal, by kind of thing.
var telling = map[string][]string{
	aContact:  {"opted_out_at", "suppressed_at", "state"},
	aResident: {"consents", "household"}, // an erasure clears the household
}

func (s journaledAudit) Append(ctx context.Context, lines []audit.Line) error {
	notes, err := s.notes(ctx, lines)
	if err == nil && len(notes) > 0 {
		err = s.refusals.append(ctx, notes...)
	}
	if err != nil {
		return err
	}
	return s.Store.Append(ctx, lines)
}

func (s journaledAudit) notes(ctx context.Context, lines []audit.Line) ([]journal.Note, error) {
	ids := map[string][]string{}
	for _, l := range lines {
		kind, id, _ := strings.Cut(l.Thing, ":")
		of := func(field string) bool { return slices.Contains(l.Fields, field) }
		if slices.ContainsFunc(telling[kind], of) && !slices.Contains(ids[kind], id) {
			ids[kind] = append(ids[kind], id)
		}
	}
	contacts, err := s.contacts.Many(ctx, ids[aContact])
	if err != nil {
		return nil, err
	}
	residents, err := s.residents.Many(ctx, ids[aResident])
	if err != nil {
		return nil, err
	}
	var notes []journal.Note
	add := func(none bool, n journal.Note, err error) error {
		if err == nil && (!none || s.refusals.journal.Stands(n.Thing)) {
			notes = append(notes, n)
		}
		return err
	}
	for _, c := range contacts {
		n, err := contactNote(c)
		if err := add(c.Refusal().None(), n, err); err != nil {
			return nil, err
		}
	}
	for _, r := range residents {
		n, err := residentNote(r)
		if err := add(r.Refusal().None(), n, err); err != nil {
			return nil, err
		}
	}
	return notes, nil
}
