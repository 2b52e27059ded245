package httpkit

import (
	"net/http"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// LangParameter asks for a page in a language, by its tag: ?lang=de.
const LangParameter = "lang"

// langLife is how long a browser keeps the language that was chosen.
const langLife = 365 * 24 * time.Hour

// Lang is the language that the request is answered in, as a tag of
// i18n.Languages.
func (q *Request) Lang() string {
	if q.lang == "" {
		q.lang = q.findLang()
	}
	return q.lang
}

// findLang takes what was said last and most plainly: the address, then what
// this browser chose before, then how the browser is set.
func (q *Request) findLang() string {
	if asked := q.askedLang(); asked != "" {
		return asked
	}
	if kept, _ := q.cookie(q.kit.names.lang); i18n.Known(kept) {
		return kept
	}
	return q.kit.o.Language(q.r.Header.Get("Accept-Language"))
}

// askedLang is what the address asks for; empty for nothing that we speak.
func (q *Request) askedLang() string {
	if q.r.URL.RawQuery == "" {
		return ""
	}
	if asked := q.r.URL.Query().Get(LangParameter); i18n.Known(asked) {
		return asked
	}
	return ""
}

// SpeakPage says in the headers which language the page is in and what that
// depends on, and has the browser remember a language that the address asked
// for. A second call changes nothing.
func (q *Request) SpeakPage() {
	if q.spoke {
		return
	}
	q.spoke = true
	q.Header().Set("Content-Language", q.Lang())
	q.Header().Add("Vary", "Accept-Language, Cookie")
	if asked := q.askedLang(); asked != "" && (q.r.Method == http.MethodGet || q.r.Method == http.MethodHead) {
		q.KeepLang(asked)
	}
}

// KeepLang has the browser remember a language, by its tag.
func (q *Request) KeepLang(tag string) {
	q.setCookie(q.kit.names.lang, tag, "", langLife)
}
