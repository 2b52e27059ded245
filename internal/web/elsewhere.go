package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
)

// elsewhere is what a page on an application's own host carries within itself: there
// every path is the application's, so that the page can ask for nothing.
type elsewhere struct {
	// Style is the sheet; policy lets it in, with pictures that the page carries, and
	// nothing else.
	Style  template.HTML
	policy string
}

// needed are the parts of the sheet that a page of a fault uses.
var needed = []string{"", "ground", "mark", "button", "chip", "description list", "product pages", "narrow", "preferences and paper"}

func newElsewhere(l brand.Look) (e elsewhere, err error) {
	sheet, err := worn("app.css", l)
	if err != nil {
		return e, err
	}
	style, err := parts(string(sheet), needed)
	if err != nil {
		return e, err
	}
	sum := sha256.Sum256([]byte(style))
	e.Style = template.HTML("<style>" + style + "</style>")
	e.policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return e, nil
}

// parts takes named parts out of the sheet, in its order; "" is what stands before
// the first. A name that is not there is a part that was renamed.
func parts(sheet string, names []string) (string, error) {
	var out strings.Builder
	found := 0
	for i, piece := range strings.Split(sheet, "/* ---- ") {
		name := ""
		if i > 0 {
			name, piece, _ = strings.Cut(piece, " ---- */")
			name, _, _ = strings.Cut(name, ":")
		}
		if slices.Contains(names, name) {
			out.WriteString(piece)
			found++
		}
	}
	if found != len(names) {
		return "", fmt.Errorf("web: the style sheet has %d of the parts %q", found, names)
	}
	return out.String(), nil
}
