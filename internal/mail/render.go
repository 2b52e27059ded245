package mail

import (
	"bytes"
	"embed"
	"fmt"
	htmltemplate "html/template"
	texttemplate "text/template"
)

//go:embed templates
var files embed.FS

// pages are the two forms of every letter.
type pages struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}

func parsePages() (pages, error) {
	text, err := texttemplate.New("letter.txt").Option("missingkey=error").ParseFS(files, "templates/letter.txt")
	if err != nil {
		return pages{}, fmt.Errorf("mail: read the text template: %w", err)
	}
	html, err := htmltemplate.New("letter.html").Option("missingkey=error").ParseFS(files, "templates/*.html")
	if err != nil {
		return pages{}, fmt.Errorf("mail: read the HTML template: %w", err)
	}
	return pages{text, html}, nil
}

func (p pages) write(v view) (text, html string, err error) {
	var t, h bytes.Buffer
	if err := p.text.Execute(&t, v); err != nil {
		return "", "", fmt.Errorf("write the text: %w", err)
	}
	if err := p.html.Execute(&h, v); err != nil {
		return "", "", fmt.Errorf("write the HTML: %w", err)
	}
	return t.String(), h.String(), nil
}
