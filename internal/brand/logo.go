package brand

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
)

// MaxLogo is how large a logo may be: it comes with the first page that anybody sees.
const MaxLogo = 256 << 10

// maxSide keeps a small file from becoming a picture that fills a phone's memory.
const maxSide = 4096

// Logo is a picture that was judged: of a known kind, small, and inert.
type Logo struct {
	// Type is the media type, and Ext what a file name of it ends with.
	Type, Ext string
	// Width and Height are those of the picture. Of an SVG only their ratio counts.
	Width, Height int
	// Bytes is the file as it was.
	Bytes []byte
}

// ReadLogo reads a picture and judges it. The kind is told by what is in the file:
// its name says nothing, since browsers are told not to guess.
func ReadLogo(path string) (*Logo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	body, err := io.ReadAll(io.LimitReader(f, MaxLogo+1))
	if err != nil {
		return nil, err
	}
	return NewLogo(body)
}

// NewLogo judges a picture. The error says what is wrong with it.
func NewLogo(body []byte) (*Logo, error) {
	if len(body) > MaxLogo {
		return nil, fmt.Errorf("it has more than %d KB, and it comes with the first page that anybody sees", MaxLogo>>10)
	}
	l := &Logo{Bytes: body}
	var err error
	switch {
	case len(body) == 0:
		return nil, errors.New("it is empty")
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")):
		l.Type, l.Ext = "image/png", ".png"
		l.Width, l.Height, err = sizeOfPNG(body)
	case len(body) > 12 && string(body[:4]) == "RIFF" && string(body[8:12]) == "WEBP":
		l.Type, l.Ext = "image/webp", ".webp"
		l.Width, l.Height, err = sizeOfWebP(body)
	case looksLikeSVG(body):
		l.Type, l.Ext = "image/svg+xml", ".svg"
		l.Width, l.Height, err = judgeSVG(body)
	default:
		return nil, errors.New("it is no SVG, PNG or WebP, whatever its name says")
	}
	if err != nil {
		return nil, err
	}
	if l.Width < 1 || l.Height < 1 || l.Width > maxSide || l.Height > maxSide {
		return nil, fmt.Errorf("it is %d by %d pixels, and each side must have 1 to %d", l.Width, l.Height, maxSide)
	}
	return l, nil
}

// Hash tells one picture from another.
func (l *Logo) Hash() string {
	if l == nil {
		return ""
	}
	sum := sha256.Sum256(l.Bytes)
	return hex.EncodeToString(sum[:5])
}

// DataURL carries the picture within a page.
func (l *Logo) DataURL() string {
	return "data:" + l.Type + ";base64," + base64.StdEncoding.EncodeToString(l.Bytes)
}

// Fit is the size at which the picture fills a box, which a page names beforehand so
// that nothing moves when the picture comes. What is made of pixels is not enlarged.
func (l *Logo) Fit(width, height int) (w, h int) {
	scale := min(float64(width)/float64(l.Width), float64(height)/float64(l.Height))
	if l.Ext != ".svg" {
		scale = min(scale, 1)
	}
	side := func(n int) int { return max(1, int(math.Round(float64(n)*scale))) }
	return side(l.Width), side(l.Height)
}

func sizeOfPNG(body []byte) (w, h int, err error) {
	c, err := png.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return 0, 0, errors.New("it begins like a PNG and is none that can be read")
	}
	if c.Width > maxSide || c.Height > maxSide {
		return c.Width, c.Height, nil // refused by its size, and not unfolded for that
	}
	if _, err := png.Decode(bytes.NewReader(body)); err != nil {
		return 0, 0, errors.New("it begins like a PNG and cannot be read to its end")
	}
	return c.Width, c.Height, nil
}

// sizeOfWebP reads the first chunk of each of the three forms (RFC 9649).
func sizeOfWebP(body []byte) (w, h int, err error) {
	broken := errors.New("it begins like a WebP and is none that can be read")
	le := func(at, n int) (v int) {
		for i := n - 1; i >= 0; i-- {
			v = v<<8 | int(body[at+i])
		}
		return v
	}
	if len(body) < 30 || le(4, 4)+8 > len(body)+1 {
		return 0, 0, broken
	}
	switch kind := string(body[12:16]); {
	case kind == "VP8X":
		return le(24, 3) + 1, le(27, 3) + 1, nil
	case kind == "VP8L" && body[20] == 0x2f:
		bits := le(21, 4)
		return bits&0x3fff + 1, bits>>14&0x3fff + 1, nil
	case kind == "VP8 " && string(body[23:26]) == "\x9d\x01\x2a":
		return le(26, 2) & 0x3fff, le(28, 2) & 0x3fff, nil
	}
	return 0, 0, broken
}
