package web

import (
	"fmt"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
)

// worn is an embedded file in the colour and with the letter of the product: the
// sheet, and the sign in the browser's tab. All others are as they were written.
func worn(name string, l brand.Look) ([]byte, error) {
	body, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		return nil, fmt.Errorf("web: read static file: %w", err)
	}
	switch {
	case name == "app.css" && l.Accent != nil:
		return colored(body, *l.Accent)
	case name == "favicon.svg" && (l.Accent != nil || l.Initial() != ""):
		return tile(body, l)
	}
	return body, nil
}

// colored puts the shades behind the tokens of the sheet, where they win over them.
func colored(sheet []byte, accent brand.Color) ([]byte, error) {
	const begin = "/* ---- ground ---- */"
	tokens, rest, found := strings.Cut(string(sheet), begin)
	if !found {
		return nil, fmt.Errorf("web: the style sheet has no part %q", begin)
	}
	shades := ":root {" + tokensOf(accent.Light(), accent, 9) + "}\n" +
		"@media (prefers-color-scheme: dark) { :root {" + tokensOf(accent.Dark(), accent, 13) + "} }\n\n"
	return []byte(tokens + shades + begin + rest), nil
}

func tokensOf(p brand.Palette, accent brand.Color, glow int) string {
	edge := "transparent"
	if p.Edge != nil {
		edge = p.Edge.String()
	}
	return fmt.Sprintf(" --accent: %s; --accent-hover: %s; --accent-press: %s; --on-accent: %s; --accent-edge: %s;"+
		" --link: %s; --focus: %[6]s;"+
		" --calm: %[6]s; --calm-soft: %[7]s; --calm-line: %[8]s; --glow: rgb(%[9]d %[10]d %[11]d / 0.%02[12]d); ",
		p.Accent, p.Hover, p.Press, p.On, edge, p.Link, p.Soft, p.Line, accent.R, accent.G, accent.B, glow)
}

// tile is the sign in the browser's tab. What stands in the file is replaced, so
// that a sign drawn anew is not overlooked.
func tile(drawn []byte, l brand.Look) ([]byte, error) {
	const ours, upon = `fill="#2f50d8"/>`, `#fff`
	base, door, found := strings.Cut(string(drawn), ours)
	if !found {
		return nil, fmt.Errorf("web: the sign has no %s", ours)
	}
	accent, on := "#2f50d8", upon
	if l.Accent != nil {
		p := l.Accent.Light()
		accent, on = p.Accent.String(), p.On.String()
	}
	inside := strings.ReplaceAll(door, upon, on)
	if letter := l.Initial(); letter != "" { // a letter or a figure, so that there is nothing to escape
		inside = `<text x="16" y="22.5" font-family="sans-serif" font-size="18" font-weight="600" ` +
			`text-anchor="middle" fill="` + on + `">` + letter + `</text></svg>`
	}
	return []byte(base + `fill="` + accent + `"/>` + inside), nil
}
