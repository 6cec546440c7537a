package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"strings"

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

// Mount adds the style sheet to a router. Most browsers take it packed, at a
// third of its size.
func Mount(r gin.IRouter) {
	packed := pack(style)
	h := func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
		c.Header("Vary", "Accept-Encoding")
		sheet := style
		if takesGzip(c.GetHeader("Accept-Encoding")) {
			c.Header("Content-Encoding", "gzip")
			sheet = packed
		}
		c.Data(http.StatusOK, "text/css; charset=utf-8", sheet)
	}
	r.GET(stylePath, h)
	r.HEAD(stylePath, h)
}

func pack(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	// a buffer takes everything
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

// takesGzip reads an Accept-Encoding: gzip by its name, and not with q=0.
func takesGzip(accept string) bool {
	for one := range strings.SplitSeq(accept, ",") {
		name, q, weighed := strings.Cut(one, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		value := strings.TrimPrefix(strings.ReplaceAll(q, " ", ""), "q=")
		return !weighed || strings.Trim(value, "0.") != ""
	}
	return false
}
