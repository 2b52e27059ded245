package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// maxKeptQuery bounds what a stranger's address may add to the page: each link
// of the menu repeats it.
const maxKeptQuery = 2048

// inLanguage is the address of the page at path, with the rest of what was
// asked for, up to the tag of a language. An address with a token gives none: a
// secret is not copied into links, and the page speaks the language that was
// chosen before.
func inLanguage(r *http.Request, path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") { // "//host" leads to another host
		return ""
	}
	query := url.Values{}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		query = r.URL.Query()
	}
	if query.Has("token") {
		return ""
	}
	query.Del(httpkit.LangParameter)
	if kept := query.Encode(); kept != "" && len(kept) <= maxKeptQuery {
		path += "?" + kept + "&"
	} else {
		path += "?"
	}
	return path + httpkit.LangParameter + "="
}

// menu makes the links, each with what its speakers call the language. It is
// on every page and much the same each time, so it is put together here once a
// language: as a loop in a template it cost a quarter of the login page.
func menu(present i18n.Language) func(address string) template.HTML {
	var links []string
	for _, l := range i18n.Languages {
		current := ""
		if l == present {
			current = ` aria-current="true"`
		}
		links = append(links, l.Tag+`" lang="`+l.Tag+`"`+current+`>`+template.HTMLEscapeString(l.Name)+"</a></li>\n")
	}
	return func(address string) template.HTML {
		address = `<li><a href="` + template.HTMLEscapeString(address)
		return template.HTML(address + strings.Join(links, address))
	}
}

// withoutLang is an address as the way back after signing in. The language it
// asks for was heard; it must not undo one that is chosen meanwhile.
func withoutLang(u *url.URL) string {
	query := u.Query()
	if !query.Has(httpkit.LangParameter) {
		return u.RequestURI()
	}
	query.Del(httpkit.LangParameter)
	back := *u
	back.RawQuery = query.Encode()
	return back.RequestURI()
}
