package assets

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"

	"github.com/gin-gonic/gin"
)

//go:embed style.css
var style []byte

//go:embed staff.css
var staff []byte

// stylePath holds the content's hash, so that a browser may keep what it has
// for ever and asks for a new one when it changed.
var (
	stylePath = "/assets/" + hashOf(style) + ".css"
	staffPath = "/assets/" + hashOf(staff) + ".css"
)

// hashChars of a SHA-256 tell all versions of one file apart.
const hashChars = 16

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])[:hashChars]
}

// Style is the path of the style sheet.
func Style() string { return stylePath }

// Mount adds the style sheet to a router.
func Mount(r gin.IRouter) { mount(r, stylePath, style) }

// MountStaff adds what pages of staff add to it.
func MountStaff(r gin.IRouter) { mount(r, staffPath, staff) }

func mount(r gin.IRouter, path string, sheet []byte) {
	h := func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
		c.Data(http.StatusOK, "text/css; charset=utf-8", sheet)
	}
	r.GET(path, h)
	r.HEAD(path, h)
}
