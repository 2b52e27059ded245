package main

import (
	"bytes"
	"html/template"
	"path"
	"slices"
	"strings"
)

// sections are the parts of the navigation, in their order. What errors/ and
// decisions/ hold is listed on a page of their own.
var sections = []string{"Start", "Guides", "Security", "When it does not work", "Reference", "Project"}

// first are pages that stand before the others of their section.
var first = []string{
	"index.html", "start.html", "troubleshooting.html", "doctor.html", "guide/operate.html", "guide/deploy.html",
	"guide/platform.html", "guide/gateway.html", "guide/forward-auth.html", "guide/policy.html", "guide/proxy.html",
	"guide/sdk-typescript.html", "guide/sdk-python.html", "guide/sdk-go.html",
	"security.html", "threat-model.html", "reference/api.html", "reference/settings.html", "reference/cli.html",
	"project/readme.html",
}

func sectionOf(out string) string {
	switch {
	case out == "index.html" || out == "start.html":
		return "Start"
	case strings.HasPrefix(out, "guide/"), strings.HasPrefix(out, "sdk/"), strings.HasPrefix(out, "deploy/"):
		return "Guides"
	case out == "security.html" || out == "threat-model.html" || out == "project/security.html":
		return "Security"
	case out == "troubleshooting.html" || out == "doctor.html" || out == "errors/index.html":
		return "When it does not work"
	case strings.HasPrefix(out, "reference/"):
		return "Reference"
	case strings.HasPrefix(out, "errors/") || strings.HasPrefix(out, "decisions/") && out != "decisions/index.html":
		return ""
	}
	return "Project"
}

type entry struct {
	Title, Href string
	Here        bool
}

type part struct {
	Name    string
	Entries []entry
	Open    bool
}

// view is what page.html shows.
type view struct {
	Title, Root, Home string
	Parts             []part
	Contents          []entry
	Heading, Body     template.HTML
	Edit              string
}

var layout = template.Must(template.ParseFS(assets, "assets/page.html"))

func (s *site) whole(p *page) []byte {
	root := strings.Repeat("../", strings.Count(p.out, "/"))
	head, body, _ := strings.Cut(p.body, "</h1>") // the list of headings comes between
	v := view{
		Title: p.title, Root: root, Home: root + "index.html", Edit: source + p.source,
		Heading: template.HTML(head + "</h1>"), Body: template.HTML(body), //nolint:gosec // our own pages
	}
	for _, name := range sections {
		v.Parts = append(v.Parts, s.part(name, p))
	}
	for i := range p.heads {
		if h := &p.heads[i]; h.level == 2 {
			v.Contents = append(v.Contents, entry{Title: h.text, Href: "#" + h.id})
		}
	}
	if len(v.Contents) < 3 || len(v.Contents) > 40 {
		v.Contents = nil
	}
	var b bytes.Buffer
	if err := layout.Execute(&b, v); err != nil {
		panic(err) // a template of our own with values of our own
	}
	return b.Bytes()
}

func (s *site) part(name string, here *page) part {
	one := part{Name: name, Open: here.section == name || name == "Start"}
	var pages []*page
	for _, p := range s.pages {
		if p.section == name {
			pages = append(pages, p)
		}
	}
	slices.SortStableFunc(pages, func(a, b *page) int { return rank(a) - rank(b) })
	for _, p := range pages {
		one.Entries = append(one.Entries, entry{p.title, relative(path.Clean(here.out), p.out), p == here})
	}
	return one
}

func rank(p *page) int {
	if i := slices.Index(first, p.out); i >= 0 {
		return i
	}
	return len(first)
}
