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

// stylePath holds the content's hash, so that a browser may keep what it has
// for ever and asks for a new one when it changed.
var stylePath = "/assets/" + hashOf(style) + ".css"

// hashChars of a SHA-256 tell all versions of one file apart.
const hashChars = 16

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])[:hashChars]
}

// Style is the path of the style sheet.
func Style() string { return stylePath }

// Mount adds the style sheet to a router.
func Mount(r gin.IRouter) {
	h := func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
		c.Data(http.StatusOK, "text/css; charset=utf-8", style)
	}
	r.GET(stylePath, h)
	r.HEAD(stylePath, h)
}
