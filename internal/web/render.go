package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

//go:embed templates
var templateFiles embed.FS

// Options are what the pages need from outside.
type Options struct {
	// Look is the name shown in titles, headings and the bar, the logo and the colour.
	Look brand.Look
	// Version is shown small in the footer; empty shows none.
	Version string
	// Catalog has what the pages say, in every language.
	Catalog *i18n.Catalog
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Pages renders every page. It is safe for use by many requests at once.
type Pages struct {
	options Options
	assets  *Assets
	// look is what the templates show of the logo.
	look *look
	// elsewhere is what pages on other hosts carry.
	elsewhere elsewhere
	// sets are the templates by language, each parsed when it is first asked for.
	sets    map[string]func() (*template.Template, error)
	buffers sync.Pool
}

// New parses the templates and refuses to start with a broken one. The other
// languages are the same templates with other words, so English stands for all.
func New(o Options) (*Pages, error) {
	if o.Look.Name == "" || o.Catalog == nil {
		return nil, errors.New("web: the product needs a name and a catalog of words")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	assets, err := NewAssets(o.Look)
	if err != nil {
		return nil, err
	}
	shown, err := newLook(o.Look, assets)
	if err != nil {
		return nil, err
	}
	away, err := newElsewhere(o.Look)
	if err != nil {
		return nil, err
	}
	p := &Pages{options: o, assets: assets, look: shown, elsewhere: away, sets: map[string]func() (*template.Template, error){}}
	p.buffers.New = func() any { return new(bytes.Buffer) }
	for _, l := range i18n.Languages {
		p.sets[l.Tag] = sync.OnceValues(func() (*template.Template, error) { return p.parse(p.Words(l.Tag)) })
	}
	if _, err := p.set(i18n.Languages[0].Tag); err != nil {
		return nil, err
	}
	return p, nil
}

// Assets are the style sheet, the script and the icon that the pages point to.
func (p *Pages) Assets() *Assets { return p.assets }

// Words are what the pages say in a language.
func (p *Pages) Words(lang string) *i18n.Words { return p.options.Catalog.In(lang) }

// Base starts a view model: everything that is the same on every page. The
// title is given by its key.
func (p *Pages) Base(lang, title string, pairs ...any) Base {
	w := p.Words(lang)
	return Base{
		Title: w.Text(title, pairs...), Lang: w.Language().Tag,
		Product: p.options.Look.Name, Version: p.options.Version,
	}
}

// spoken is a view model; Base makes each of them one.
type spoken interface{ language() string }

// Render writes one page in the language of its model. It is made in a buffer
// first, so that a fault in a template or a model never leaves half a page
// behind a 200.
func (p *Pages) Render(w io.Writer, page string, data any) error {
	model, ok := data.(spoken)
	if !ok {
		return fmt.Errorf("render page %s: %T has no Base", page, data)
	}
	set, err := p.set(model.language())
	if err != nil {
		return err
	}
	b := p.buffers.Get().(*bytes.Buffer)
	defer func() {
		b.Reset()
		p.buffers.Put(b)
	}()
	if err := set.ExecuteTemplate(b, page, data); err != nil {
		return fmt.Errorf("render page %s: %w", page, err)
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("send page %s: %w", page, err)
	}
	return nil
}

// set are the templates of a language; English for one that is not known.
func (p *Pages) set(lang string) (*template.Template, error) {
	made, ok := p.sets[lang]
	if !ok {
		made = p.sets[i18n.Languages[0].Tag]
	}
	return made()
}
