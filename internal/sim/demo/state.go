package demo

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

// settingSample is where a database keeps how far its sample is.
const settingSample = "sample"

var (
	errOther = errors.New("the sample in this folder was made by another version of the demo: name another folder with --data, or remove this one")
	errReal  = errors.New("this folder has data of its own, among which the demo puts no made-up people: name another folder with --data")
	errTwo   = errors.New("another demo is making its sample in this folder: name another one with --data")
)

// state is how far the sample of a database is. Whatever else is in it follows
// from the first four.
type state struct {
	Seed      uint64 `json:"seed"`
	Units     int    `json:"units"`
	Residents int    `json:"residents"`
	Origin    int64  `json:"origin"` // UTC milliseconds
	// Made is how many units have their weeks, Joined in how many of them people
	// have registered for the next Sunday.
	Made   int `json:"made"`
	Joined int `json:"joined"`
}

func (s state) origin() origin { return origin{time.UnixMilli(s.Origin)} }

func (s state) text() (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

// load reads the state of a database, and its text; the zero one where nothing
// was begun. Data that is no sample is refused.
func load(ctx context.Context, a *app.App) (state, string, error) {
	var s state
	kept, err := a.Store().Settings.Setting(ctx, settingSample)
	if err != nil {
		return s, "", err
	}
	if kept == "" {
		return s, "", refuseReal(ctx, a)
	}
	if json.Unmarshal([]byte(kept), &s) != nil || s.Units == 0 {
		return s, "", errOther
	}
	return s, kept, nil
}

// refuseReal is errReal where somebody has an account: before that nobody plans
// an event or takes over a list of people.
func refuseReal(ctx context.Context, a *app.App) error {
	list, err := a.Store().Accounts.Page(ctx, account.Filter{}, page.Request{Limit: 1})
	if err == nil && len(list.Items) > 0 {
		return errReal
	}
	return err
}
