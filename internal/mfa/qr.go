package mfa

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the white margin around a QR code in modules (ISO/IEC 18004).
const quiet = 4

// QR draws a link as a QR code: an SVG element to be set into a page as it is.
// The label is its text for people who do not see it; any text will do.
//
// There is neither style nor script in it, which the content security policy
// would refuse. It is black on white with its margin whatever the page's
// colours, for many scanners do not read a code in dark mode. Error correction
// M spares room for a reflection on the screen without making modules small.
//
// The picture holds the seed, as the link does. It fails for links of more
// than 2331 bytes.
func QR(uri, label string) (string, error) {
	code, err := qr.Encode(uri, qr.M, qr.Unicode) // bytes as they are
	if err != nil {
		// Not wrapped: some of the library's errors repeat the text, and with it the seed.
		return "", fmt.Errorf("a QR code of level M cannot hold %d bytes", len(uri))
	}
	modules := code.Bounds().Dx()
	dark := func(x, y int) bool { return code.At(x, y) == color.Black }
	side := modules + 2*quiet
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s"`+
		` shape-rendering="crispEdges"><rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="%s"/></svg>`,
		side, side, html.EscapeString(label), side, side, outline(modules, dark)), nil
}

// outline is one path of all dark modules, each run of a row one rectangle.
func outline(modules int, dark func(x, y int) bool) string {
	var d strings.Builder
	for y := range modules {
		for x := 0; x < modules; x++ {
			from := x
			for x < modules && dark(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&d, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return d.String()
}
