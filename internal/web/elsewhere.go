package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// elsewhere is what a page on an application's own host carries within itself: there
// every path is the application's, so that the page can ask for nothing.
type elsewhere struct {
	// Style and Icon are the sheet and the picture; policy lets these in and nothing else.
	Style  template.HTML
	Icon   template.URL
	policy string
}

// worn are the parts of the sheet that a page of a fault uses.
var worn = []string{"", "ground", "mark", "button", "chip", "description list", "product pages", "narrow", "preferences and paper"}

func newElsewhere() (e elsewhere, err error) {
	sheet, err := staticFiles.ReadFile("static/app.css")
	if err != nil {
		return e, fmt.Errorf("web: read the style sheet: %w", err)
	}
	icon, err := staticFiles.ReadFile("static/favicon.svg")
	if err != nil {
		return e, fmt.Errorf("web: read the picture: %w", err)
	}
	style, err := parts(string(sheet), worn)
	if err != nil {
		return e, err
	}
	sum := sha256.Sum256([]byte(style))
	e.Style = template.HTML("<style>" + style + "</style>")
	e.Icon = template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(icon))
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
