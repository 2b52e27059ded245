package httpkit

import (
	"mime"
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// Signed gives the browser what a login earned.
func (q *Request) Signed(g *login.Grant) {
	if g.Cookie != "" {
		q.SetSession(g.Cookie, g.Session.ExpiresAt)
		q.began()
	}
	if g.Device != "" {
		q.SetDevice(g.Device)
	}
	q.ClearChallenge()
	if lang := g.User.Lang; g.Cookie != "" && i18n.Known(lang) {
		q.KeepLang(lang) // what the person chose holds on every device
	}
}

// SignedOut takes it away again, and has the browser drop pages it kept.
func (q *Request) SignedOut() {
	q.ClearSession()
	q.Header().Set("Clear-Site-Data", `"cache"`)
}

// IsForm says whether the body is an urlencoded form.
func IsForm(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == "application/x-www-form-urlencoded"
}

// ReceiveOptional reads a JSON body that may be left out, and guards the
// request like any other unsafe one.
func (q *Request) ReceiveOptional(in any) error {
	var body []byte
	if q.r.ContentLength != 0 {
		var err error
		if body, err = q.Body("application/json"); err != nil {
			return err
		}
	}
	if err := q.CheckOrigin(Usual); err != nil {
		return err
	}
	if err := q.CheckToken(Usual, q.r.Header.Get(CSRFHeader)); err != nil {
		return err
	}
	if len(body) == 0 {
		return nil
	}
	return decode(body, in)
}

// Invalid makes one validation fault of the faults of fields.
func Invalid(bad []api.FieldError) *fault.Error { return invalid(bad) }

// ParseForm reads an urlencoded body in which each field stands once.
func ParseForm(body []byte) (Form, error) { return parseForm(string(body)) }
