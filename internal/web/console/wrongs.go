package console

import (
	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// refused tells an error that the person can put right in the form; see
// problem.Refused.
func refused(c *gin.Context, err error, anchor func(field string) string) (ws problem.Wrongs, status int, ok bool) {
	return problem.Refused(c.Request.Context(), err, anchor)
}

// asNamed is for forms whose controls bear the names of the fields.
func asNamed(field string) string { return field }
