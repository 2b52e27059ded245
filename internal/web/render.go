package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
	"time"
)

//go:embed templates
var templateFiles embed.FS

// Options are what the pages need from outside.
type Options struct {
	// Product is the name shown in titles, headings and the bar.
	Product string
	// Version is shown small in the footer; empty shows none.
	Version string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Pages renders every page. It is safe for use by many requests at once.
type Pages struct {
	options Options
	assets  *Assets
	set     *template.Template
	buffers sync.Pool
}

// New parses all templates once and refuses to start with a broken one.
func New(o Options) (*Pages, error) {
	if o.Product == "" {
		return nil, errors.New("web: the product needs a name")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	assets, err := NewAssets()
	if err != nil {
		return nil, err
	}
	p := &Pages{options: o, assets: assets}
	p.buffers.New = func() any { return new(bytes.Buffer) }
	p.set, err = template.New("").Funcs(p.functions()).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("web: parse templates: %w", err)
	}
	return p, nil
}

// Assets are the style sheet, the script and the icon that the pages point to.
func (p *Pages) Assets() *Assets { return p.assets }

// Base starts a view model: everything that is the same on every page.
func (p *Pages) Base(title string) Base {
	return Base{Title: title, Lang: "en", Product: p.options.Product, Version: p.options.Version}
}

// Render writes one page. It is made in a buffer first, so that a fault in a
// template or a model never leaves half a page behind a 200.
func (p *Pages) Render(w io.Writer, page string, data any) error {
	b := p.buffers.Get().(*bytes.Buffer)
	defer func() {
		b.Reset()
		p.buffers.Put(b)
	}()
	if err := p.set.ExecuteTemplate(b, page, data); err != nil {
		return fmt.Errorf("render page %s: %w", page, err)
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("send page %s: %w", page, err)
	}
	return nil
}

func (p *Pages) functions() template.FuncMap {
	return template.FuncMap{
		"asset": p.assets.Address,
		"dict":  dict,
		"lower": strings.ToLower,
		"now":   p.options.Now,
		"iso":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"utc":   func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") },
		"day":   func(t time.Time) string { return t.UTC().Format("2 Jan 2006") },
	}
}

// dict gives a partial template its named values.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: a key without a value")
	}
	d := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %d is not text", i/2)
		}
		d[key] = pairs[i+1]
	}
	return d, nil
}
