package web

import (
	"encoding/base64"
	"html/template"

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
	carried := "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(tile)
	k.AwayIcons = []icon{{Type: "image/svg+xml", Href: template.URL(carried)}}
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
