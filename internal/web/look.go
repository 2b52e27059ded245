package web

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
)

// look is what the templates show of the product's logo and name.
type look struct {
	// Initial is the letter on the sign of a product without a logo, "" for our door.
	Initial string
	// Bar and Task are the logo in the bar and above a task, Away the one on a page of
	// another host, which carries it; nil where there is none.
	Bar, Task, Away *picture
	// Named and AwayNamed say that the name stands beside the logo of the bar.
	Named, AwayNamed bool
	// Icons are for the browser's tab; a page elsewhere carries its own.
	Icons, AwayIcons []icon
}

// picture is a logo in one place, as large as it is there. Addresses are ours or
// data that we made.
type picture struct {
	Light                 template.URL
	Width, Height         int
	Dark                  template.Srcset
	DarkWidth, DarkHeight int
	// Alt is "" where the name stands beside it: nobody wants to hear it twice.
	Alt string
}

type icon struct {
	Type, Media string
	Href        template.URL
}

// The boxes that a logo fills: in the bar, and above a task.
const (
	barWidth, barHeight   = 168, 32
	taskWidth, taskHeight = 256, 72
)

// maxCarried is how large a logo may be for a page to carry it: more would make a
// page of one sentence slow, and the name says as much.
const maxCarried = 48 << 10

func newLook(l brand.Look, a *Assets) (*look, error) {
	k := &look{Initial: l.Initial(), Named: !l.Wordmark(), AwayNamed: true}
	tile, err := worn("favicon.svg", l)
	if err != nil {
		return nil, err
	}
	k.Icons = []icon{{Type: "image/svg+xml", Href: template.URL(a.addresses["favicon.svg"])}}
	k.AwayIcons = []icon{{Type: "image/svg+xml", Href: template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(tile))}}
	if l.Logo == nil {
		return k, nil
	}
	served := func(name string) func(*brand.Logo) string {
		return func(logo *brand.Logo) string { return a.addresses[name+logo.Ext] }
	}
	light, dark := served("logo"), served("logo-dark")
	k.Bar = newPicture(l, barWidth, barHeight, light, dark)
	k.Task = newPicture(l, taskWidth, taskHeight, light, dark)
	k.Task.Alt = l.Name
	if iconic(l) {
		k.Icons = icons(l, light, dark)
	}
	if len(l.Logo.Bytes) > maxCarried || l.Dark != nil && len(l.Dark.Bytes) > maxCarried {
		return k, nil
	}
	k.Away = newPicture(l, barWidth, barHeight, (*brand.Logo).DataURL, (*brand.Logo).DataURL)
	k.AwayNamed = k.Named
	if iconic(l) {
		k.AwayIcons = icons(l, (*brand.Logo).DataURL, (*brand.Logo).DataURL)
	}
	return k, nil
}

func newPicture(l brand.Look, width, height int, light, dark func(*brand.Logo) string) *picture {
	p := &picture{Light: template.URL(light(l.Logo))}
	p.Width, p.Height = l.Logo.Fit(width, height)
	if l.Dark != nil {
		p.Dark = template.Srcset(dark(l.Dark))
		p.DarkWidth, p.DarkHeight = l.Dark.Fit(width, height)
	}
	if l.Wordmark() {
		p.Alt = l.Name
	}
	return p
}

// iconic says that the logo is about as high as it is wide, and so can be seen in
// the tab of a browser.
func iconic(l brand.Look) bool {
	return 2*l.Logo.Width <= 3*l.Logo.Height && 2*l.Logo.Height <= 3*l.Logo.Width
}

func icons(l brand.Look, light, dark func(*brand.Logo) string) []icon {
	list := []icon{{Type: l.Logo.Type, Href: template.URL(light(l.Logo))}}
	if l.Dark != nil {
		list[0].Media = "(prefers-color-scheme: light)"
		list = append(list, icon{l.Dark.Type, "(prefers-color-scheme: dark)", template.URL(dark(l.Dark))})
	}
	return list
}

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
	return fmt.Sprintf(" --accent: %s; --accent-hover: %s; --accent-press: %s; --on-accent: %s; --accent-edge: %s; --link: %s; --focus: %[6]s;"+
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
		inside = `<text x="16" y="22.5" font-family="sans-serif" font-size="18" font-weight="600" text-anchor="middle" fill="` + on + `">` + letter + `</text></svg>`
	}
	return []byte(base + `fill="` + accent + `"/>` + inside), nil
}
