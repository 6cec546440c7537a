package resident

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// dataPath is the page that says what is kept of people.
const dataPath = "/data"

// dataView says what is kept, how long, who sees it and what is never done. Its
// figures are those that the program acts by.
type dataView struct {
	assets.Page
	AfterReport, AfterEnd, Dissolved, Messages, OwnPage, OwnChanges int
	// Shown is from how many answers on a survey's result is shown.
	Shown    int
	Purposes []consentView
}

func (p *site) data(c *gin.Context) error {
	page := p.page(c, request.Texts(c.Request.Context()).Text("page.data.title", nil), dataPath)
	v := dataView{
		Page:        page,
		AfterReport: inDays(registration.KeptAfterReport), AfterEnd: inDays(registration.KeptAfterEnd),
		OwnPage: inDays(registration.OwnPageFor), OwnChanges: inDays(registration.OwnPageActs),
		Dissolved: inDays(attendance.DissolvedAfter), Messages: inDays(outreach.KeptFor),
		Shown: survey.MinShown,
	}
	var err error
	if v.Purposes, err = consentsOf(append([]resident.Purpose{resident.ForRegistration}, registration.WishPurposes()...), page, nil); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "data", v)
}

func inDays(d time.Duration) int { return int(d / (24 * time.Hour)) }
