package outreach_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// join adds somebody to the event who is like the one of the scene but for name,
// contact and household.
func (b *bench) join(name, contactID, household string) {
	b.t.Helper()
	c := contact.Contact{Kind: contact.Email, State: contact.Verified}
	c.ID = contactID
	if _, err := b.set.Contacts.Get(b.ctx, contactID); err != nil {
		b.must(b.set.Contacts.Create(b.ctx, &c))
	}
	who, err := b.set.Residents.Get(b.ctx, "r")
	b.must(err)
	who.ID, who.Ver, who.Name, who.Household = name, 0, name, household
	who.Contact, who.Contacts, who.Outbox = contactID, []string{contactID}, nil
	b.must(b.set.Residents.Create(b.ctx, &who))
	r := b.reg
	r.ID, r.Resident, r.Ver = id.Hash(b.event.ID, name), name, 0
	b.must(b.set.Registrations.Create(b.ctx, &r))
}

// household makes r, s and t one, who share a contact.
func (b *bench) household() {
	b.t.Helper()
	_, err := b.set.Residents.Update(b.ctx, "r", func(r *resident.Resident) error {
		r.Household, r.Name = "h", "Lan"
		return nil
	})
	b.must(err)
	b.join("s", "c", "h")
	b.join("t", "c", "h")
}

// rowsOf are the rows of a rule, by the names of their residents.
func (b *bench) rowsOf(rule string) map[string]notifications.Row {
	b.t.Helper()
	rows, err := b.set.Ledger.BySubject(b.ctx, b.event.Part, b.event.ID, nil)
	b.must(err)
	by := map[string]notifications.Row{}
	for _, r := range rows {
		if r.Rule == rule {
			by[outreach.ResidentOf(r.Recipient)] = r
		}
	}
	return by
}

// mark takes the rows in one batch.
func (b *bench) mark(batch string, rows ...notifications.Row) []notifications.Row {
	b.t.Helper()
	marked, err := b.set.Ledger.Mark(b.ctx, b.event.Part, rows, notifications.Mark{Batch: batch, Fence: 1, Now: millis(b.now), At: 1})
	b.must(err)
	if len(marked) != len(rows) {
		b.t.Fatalf("%d of %d rows were marked", len(marked), len(rows))
	}
	return marked
}

// remind marks the reminders of the people and has them decided: who got what,
// with the lead for those that join.
func (b *bench) remind(batch string, names ...string) (map[string]notifications.Verdict, []notifications.Row) {
	b.t.Helper()
	return b.handing(batch, "rule", names...)
}

// handing does the same with the rows of any rule.
func (b *bench) handing(batch, rule string, names ...string) (map[string]notifications.Verdict, []notifications.Row) {
	b.t.Helper()
	all := b.rowsOf(rule)
	var rows []notifications.Row
	for _, name := range names {
		rows = append(rows, all[name])
	}
	marked := b.mark(batch, rows...)
	verdicts, err := b.source.Decide(b.ctx, millis(b.now), marked)
	b.must(err)
	by := map[string]notifications.Verdict{}
	for i, v := range verdicts {
		by[outreach.ResidentOf(marked[i].Recipient)] = v
	}
	return by, marked
}

// mailsOf tells who is in which mail: the names of each, in order.
func mailsOf(verdicts map[string]notifications.Verdict) []string {
	leads := map[string]string{}
	for name, v := range verdicts {
		if v.Do == notifications.DoSend {
			leads[v.RowID] = name
		}
	}
	mails := map[string][]string{}
	for name, v := range verdicts {
		switch v.Do {
		case notifications.DoSend:
			mails[v.RowID] = append(mails[v.RowID], name)
		case notifications.DoJoin:
			mails[v.Lead] = append(mails[v.Lead], name)
		}
	}
	var out []string
	for _, names := range mails {
		slices.Sort(names)
		out = append(out, strings.Join(names, "+"))
	}
	slices.Sort(out)
	return out
}

func TestSource_HouseholdSharesAMail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.household()
	b.join("single", "c", "")
	b.join("away", "d", "h")
	b.join("namesake", "e", "")
	b.plan()
	b.now = before(12 * time.Hour)
	got, _ := b.remind("b", "r", "s", "t", "away", "namesake")
	if diff := cmp.Diff([]string{"away", "namesake", "r+s+t"}, mailsOf(got)); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	for _, v := range got {
		if v.Do != notifications.DoSend || v.Message.To != "c@example.org" {
			continue
		}
		for _, words := range []string{"Lan: ", "s: ", "t: "} {
			if !strings.Contains(v.Message.Text.String(), words) {
				t.Errorf("the mail does not name %q:\n%s", words, v.Message.Text)
			}
		}
		if n := strings.Count(v.Message.Text.String(), "/r/"); n != 3 {
			t.Errorf("%d own links, want 3", n)
		}
	}
}

// A move is told in one mail to who knew the same time and place, whatever seat
// they had; the mail shows those beside the new ones.
func TestSource_HouseholdSharesAMove(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		was  func(*bench, *registration.Registration)
		want []string
	}{
		{"one waited for a seat", func(_ *bench, r *registration.Registration) { r.State = registration.Waitlisted }, []string{"r+s+t"}},
		{"one knew another place", func(b *bench, r *registration.Registration) {
			r.Shown = registration.Shown{
				Status: "published", Seat: outreach.SeatRegistered, Start: start, End: b.event.EndAt, Zone: zone, Place: "Shed", Ver: b.event.Ver + 1,
			}
		}, []string{"r", "s+t"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.household()
			b.register(func(r *registration.Registration) { tt.was(b, r) })
			b.plan()
			b.sendAll(outreach.RuleConfirmation)
			b.register(func(r *registration.Registration) { r.State = registration.Registered })
			b.edit(moveAnHour)
			b.plan()
			b.now = b.now.Add(5 * time.Minute)
			got, _ := b.handing("b", outreach.RuleChange, "r", "s", "t")
			if diff := cmp.Diff(tt.want, mailsOf(got)); diff != "" {
				t.Errorf("mails (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSource_DiscreetEventsAreToldOneByOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.household()
	_, err := b.set.Events.Update(b.ctx, b.event.ID, func(e *event.Event) error {
		e.Type = event.Reception
		return nil
	})
	b.must(err)
	b.plan()
	for name, r := range b.rowsOf("rule") {
		if r.Group != r.ID {
			t.Errorf("%s has a group with others", name)
		}
	}
	b.now = before(12 * time.Hour)
	got, _ := b.remind("b", "r", "s")
	if diff := cmp.Diff([]string{"r", "s"}, mailsOf(got)); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

// What the hint says is read anew: who left the household since gets an own mail.
func TestSource_HouseholdIsReadAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.household()
	b.plan()
	_, err := b.set.Residents.Update(b.ctx, "t", func(r *resident.Resident) error {
		r.Household = ""
		return nil
	})
	b.must(err)
	b.now = before(12 * time.Hour)
	got, _ := b.remind("b", "r", "s", "t")
	if diff := cmp.Diff([]string{"r+s", "t"}, mailsOf(got)); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

// unknown hands a household's reminder over and loses the answer.
func (b *bench) unknown() (messageID string) {
	b.t.Helper()
	return b.doubt("rule", "r", "s", "t")
}

// doubt hands the rows of a rule over in one mail and loses the answer.
func (b *bench) doubt(rule string, names ...string) (messageID string) {
	b.t.Helper()
	got, marked := b.handing("first", rule, names...)
	var binds []notifications.Bind
	for _, v := range got {
		if v.Do == notifications.DoSend {
			messageID = v.Message.MessageID
		}
	}
	for _, r := range marked {
		binds = append(binds, notifications.Bind{ID: r.ID, Batch: r.Batch, MessageID: messageID})
	}
	b.must(b.set.Ledger.Bind(b.ctx, b.event.Part, binds))
	sweep := notifications.Sweep{FenceBelow: 2, Now: millis(b.now), RetryAfter: 120_000, MaxUnknowns: 2, Limit: 10}
	_, err := b.set.Ledger.Sweep(b.ctx, b.event.Part, sweep)
	b.must(err)
	b.now = b.now.Add(2 * time.Minute)
	return messageID
}

func TestSource_ResendsExactlyTheSameMail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.household()
	b.plan()
	b.now = before(12 * time.Hour)
	want := b.unknown()
	b.join("u", "c", "h") // a late member
	b.plan()
	b.now = b.now.Add(time.Minute)
	got, _ := b.remind("again", "r", "s", "t")
	if diff := cmp.Diff([]string{"r+s+t"}, mailsOf(got)); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	for _, v := range got {
		if v.Do == notifications.DoSend && v.Message.MessageID != want {
			t.Errorf("sent again as %s, want %s", v.Message.MessageID, want)
		}
	}
}

func TestSource_LeavesTheSetThatIsNotWhole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(b *bench)
		decide []string
		do     notifications.Do
	}{
		{"one gave up the seat", func(b *bench) {
			_, err := b.set.Registrations.Update(b.ctx, id.Hash(b.event.ID, "s"), func(r *registration.Registration) error {
				r.State = registration.Cancelled
				return nil
			})
			b.must(err)
		}, []string{"r", "s", "t"}, notifications.DoLeave},
		{"one was erased", func(b *bench) {
			_, err := b.set.Reports.Erase(b.ctx, outreach.RecipientOf("s"), millis(b.now))
			b.must(err)
		}, []string{"r", "t"}, notifications.DoLeave},
		{"one left the household", func(b *bench) {
			_, err := b.set.Residents.Update(b.ctx, "s", func(r *resident.Resident) error {
				r.Household = ""
				return nil
			})
			b.must(err)
		}, []string{"r", "s", "t"}, notifications.DoLeave},
		{"one is not due", func(*bench) {}, []string{"r", "t"}, notifications.DoDefer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.household()
			b.plan()
			b.now = before(12 * time.Hour)
			b.unknown()
			tt.change(b)
			got, _ := b.remind("again", tt.decide...)
			for name, v := range got {
				if v.Do != tt.do || v.NotBefore != got[tt.decide[0]].NotBefore || v.NotBefore%60_000 != 0 {
					t.Errorf("%s: got %+v, want %d for all alike", name, v, tt.do)
				}
			}
		})
	}
}
