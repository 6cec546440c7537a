package resident_test

import (
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
	"github.com/sunday-with-the-people/sunday/internal/web/resident"
)

// mount puts the pages behind what the server gives each request.
func (w *world) mount(tb testing.TB, units *unit.Service, ids id.Source) {
	tb.Helper()
	texts, err := i18n.Open()
	must(tb, err)
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(func(c *gin.Context) {
		st := &request.State{Texts: texts.For(texts.Negotiate(c.GetHeader("Accept-Language"), c.Query("lang")))}
		c.Request = c.Request.WithContext(request.With(c.Request.Context(), st))
		c.Next()
		w.mails.Add(int64(st.Mails()))
	})
	must(tb, resident.Mount(r, resident.Services{
		Events: w.events, Registrations: w.registrations, Contacts: w.contacts, Surveys: w.surveys, Units: units,
		Asker: outreach.NewAsker(w.set.Ledger), Cursors: page.NewSealer(w.keys.Cursor()), Now: func() calendar.Instant { return w.now }, IDs: ids,
		BaseURL: base, MailFrom: "Sunday <sunday@example.org>",
	}))
	w.pages = r
}

func TestMount_RefusesMissingServices(t *testing.T) {
	t.Parallel()
	if err := resident.Mount(gin.New(), resident.Services{BaseURL: base, MailFrom: "a@example.org"}); err == nil {
		t.Error("pages without services were mounted")
	}
}
