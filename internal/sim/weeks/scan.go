package weeks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// scanner opens every link of a mail as soon as the server has it, as mail
// servers do that look for harm.
type scanner struct {
	world *world
	app   *app.App
	pages http.Handler
	scans []oracle.Scan
}

// open opens the pages of the office on the bare store: a scan meets no fault.
func (s *scanner) open(ctx context.Context) (err error) {
	s.app, err = app.Open(ctx, app.Options{
		Config: s.world.config, Clock: s.world.clockOf(s.world.office), IDs: newIDs(1), SyncOff: true,
		Wrap: func(own store.Set) store.Set {
			set := s.world.truth
			set.Health = own.Health
			return set
		},
	})
	if err != nil {
		return err
	}
	s.pages, err = s.app.Pages()
	return err
}

func (s *scanner) close() error {
	if s.app == nil {
		return nil
	}
	return s.app.Close()
}

// pagesOf are the kinds of pages that mails link to.
var pagesOf = []struct {
	name string
	path *regexp.Regexp
}{
	{"confirm", regexp.MustCompile(outreach.ConfirmPath + `[A-Za-z0-9_-]+`)},
	{"own", regexp.MustCompile(outreach.OwnPath + `[A-Za-z0-9_-]+`)},
	{"survey", regexp.MustCompile(outreach.SurveyPath + `[0-9a-f-]+/[A-Za-z0-9_-]+`)},
}

// scan fetches the links of a mail about a row.
func (s *scanner) scan(ctx context.Context, m notifications.Message, row notifications.Row) error {
	if s.app == nil {
		if err := s.open(ctx); err != nil {
			return fmt.Errorf("open the pages: %w", err)
		}
	}
	links := map[string]string{}
	for _, p := range pagesOf {
		links[p.name] = p.path.FindString(m.Text.String())
	}
	out, err := url.Parse(m.Unsubscribe)
	if err != nil {
		return errors.New("a link to unsubscribe at that is none")
	}
	links["unsubscribe"] = out.Path
	before, err := s.facts(ctx, row)
	for _, name := range []string{"confirm", "own", "survey", "unsubscribe"} {
		if err == nil && links[name] != "" {
			before, err = s.fetch(ctx, name, links[name], row, before)
		}
	}
	return err
}

// fetch gets one page and looks whether the facts are as before.
func (s *scanner) fetch(ctx context.Context, name, path string, row notifications.Row, before string) (after string, err error) {
	answer := httptest.NewRecorder()
	s.pages.ServeHTTP(answer, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
	if after, err = s.facts(ctx, row); err != nil {
		return "", err
	}
	s.scans = append(s.scans, oracle.Scan{Page: name, Status: answer.Code, Before: before, After: after})
	return after, nil
}

// facts are the versions of everything that the mail is about, which any write
// raises.
func (s *scanner) facts(ctx context.Context, row notifications.Row) (string, error) {
	f, err := s.world.factsOf(ctx, row)
	return fmt.Sprintf("event %d, registration %d %s, resident %d, contacts %v, survey %d",
		f.Event.Ver, f.Registration.Ver, f.Registration.State, f.Resident.Ver, versions(f.Contacts), f.Survey.Ver), err
}

func versions(contacts []contact.Contact) []int64 {
	var all []int64
	for _, c := range contacts {
		all = append(all, c.Ver)
	}
	return all
}
