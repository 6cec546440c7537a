package resident

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"net/http"
	"strconv"
	"sync"

	"github.com/gin-gonic/gin"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
)

// The picture of a card: the sun, the hill and the day in figures, which are the
// same in every language; words stand beside it. Its size is what chats ask for.
const (
	cardPath              = "/card.png"
	cardWidth, cardHeight = 1200, 630
	figureSize            = 170 // points at 72 to the inch: pixels
)

// The colours of the style sheet in the light: paper, sun, pine, sun-ink.
var cardColors = color.Palette{
	color.RGBA{0xfb, 0xfa, 0xf6, 0xff}, color.RGBA{0xa8, 0x4b, 0x08, 0xff}, color.RGBA{0x0b, 0x5d, 0x4b, 0xff}, color.RGBA{0xff, 0xff, 0xff, 0xff},
	// halfway, so that edges are soft
	color.RGBA{0xd2, 0xa3, 0x7f, 0xff}, color.RGBA{0x83, 0xac, 0xa1, 0xff}, color.RGBA{0xd4, 0xa5, 0x84, 0xff}, color.RGBA{0x5a, 0x54, 0x2a, 0xff},
}

// cards keeps the pictures that were drawn: one a day of the year.
type cards struct {
	mu   sync.Mutex
	kept map[string][]byte
}

// cardPicture is the picture of an event's card, to anybody.
func (p *site) cardPicture(c *gin.Context) error {
	e, err := p.s.Events.Public(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	picture, err := p.cards.of(cardDay(e))
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=86400")
	c.Data(http.StatusOK, "image/png", picture)
	return nil
}

// cardDay is the day as the picture shows it: "29/11".
func cardDay(e event.Event) string {
	at := calendar.InZone(e.StartAt, e.Zone)
	return strconv.Itoa(at.Day()) + "/" + strconv.Itoa(int(at.Month()))
}

func (k *cards) of(day string) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if picture, ok := k.kept[day]; ok {
		return picture, nil
	}
	picture, err := drawCard(day)
	if err != nil {
		return nil, err
	}
	if k.kept == nil {
		k.kept = map[string][]byte{}
	}
	k.kept[day] = picture
	return picture, nil
}

func drawCard(day string) ([]byte, error) {
	full := image.NewRGBA(image.Rect(0, 0, cardWidth, cardHeight))
	draw.Draw(full, full.Bounds(), image.NewUniform(cardColors[0]), image.Point{}, draw.Src)
	fill(full, cardColors[1], circle(cardWidth/2, 300, 260))
	fill(full, cardColors[2], [][2]float32{{0, 630}, {380, 440}, {820, 440}, {1200, 630}})
	if err := write(full, day); err != nil {
		return nil, err
	}
	small := image.NewPaletted(full.Bounds(), cardColors)
	draw.Draw(small, small.Bounds(), full, image.Point{}, draw.Src)
	var out bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small)
	return out.Bytes(), err
}

func fill(on draw.Image, with color.Color, outline [][2]float32) {
	r := vector.NewRasterizer(cardWidth, cardHeight)
	r.MoveTo(outline[0][0], outline[0][1])
	for _, at := range outline[1:] {
		r.LineTo(at[0], at[1])
	}
	r.ClosePath()
	r.Draw(on, on.Bounds(), image.NewUniform(with), image.Point{})
}

// circle is an outline of so many corners that nobody sees one.
func circle(x, y, radius float64) [][2]float32 {
	const corners = 240
	out := make([][2]float32, corners)
	for i := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		out[i] = [2]float32{float32(x + radius*cos), float32(y + radius*sin)}
	}
	return out
}

// write puts the day into the middle of the sun.
func write(on draw.Image, day string) error {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return err
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: figureSize, DPI: 72})
	if err != nil {
		return err
	}
	d := font.Drawer{Dst: on, Src: image.NewUniform(cardColors[3]), Face: face}
	// a line of figures stands about three quarters of its size high
	d.Dot = fixed.Point26_6{X: (fixed.I(cardWidth) - d.MeasureString(day)) / 2, Y: fixed.I(255 + figureSize*3/8)}
	d.DrawString(day)
	return face.Close()
}
