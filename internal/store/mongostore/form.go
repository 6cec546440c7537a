package mongostore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/registration"
)

type forms struct {
	c *collection[registration.SentForm]
}

var _ registration.Forms = (*forms)(nil)

func newForms(d *db) *forms {
	return &forms{newCollection[registration.SentForm](d.mongo, formsName, d.ids)}
}

func (s *forms) CreateForm(ctx context.Context, f *registration.SentForm) error {
	return s.c.create(ctx, f)
}

func (s *forms) Form(ctx context.Context, id string) (registration.SentForm, error) {
	return s.c.get(ctx, id)
}

func (s *forms) ForgetForms(ctx context.Context, event string) error {
	_, err := s.c.col.DeleteMany(ctx, where(is("event", event)))
	return translate(ctx, "forget forms", err)
}
