package web

import (
	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// Trouble is what is wrong with a browser, as its person is told: what can be
// done, and the code that leads an administrator to the cause.
type Trouble struct{ Text, Code string }

// advice is the key of what a person can do about a cause. About the others
// there is nothing that they can do.
var advice = map[api.Cause]string{
	"third_party_cookies_blocked": "login.selftest.frame",
	"public_url_mismatch":         "login.selftest.address",
	"insecure_context":            "login.selftest.insecure",
	"origin_null":                 "login.selftest.origin",
	"cookie_duplicated":           "login.selftest.stray",
	"cookie_unreadable":           "login.selftest.stray",
	"cookies_blocked":             "login.selftest.blocked",
	"cookie_not_returned":         "login.selftest.lost",
	"cache_serves_auth":           "login.selftest.cached",
	"browser_clock_off":           "login.selftest.clock",
}

// TroubleText is the sentence for a person: calm, and only what they can do.
func TroubleText(w *i18n.Words, r *fault.Report, public string) string {
	key, ok := advice[r.Cause]
	if !ok {
		key = "login.selftest.other"
	}
	return w.Text(key, "address", public)
}

// trouble puts a report into words; nil for none.
func (s *Site) trouble(q *httpkit.Request, r *fault.Report) *Trouble {
	if r == nil {
		return nil
	}
	return &Trouble{TroubleText(s.words(q), r, s.o.Account.PublicURL), r.Code}
}

// troubled makes a form's error of what is wrong with the browser: it is why
// the form was refused, and says more than the refusal.
func (s *Site) troubled(q *httpkit.Request, e *FormError, f *fault.Error) *FormError {
	if t := s.trouble(q, f.Report); t != nil {
		e.Kind, e.Summary, e.Detail, e.Trouble = KindWarning, t.Text, "", t
	}
	if len(f.Fields) == 0 && (e.Trouble == nil || e.Trouble.Code == "") {
		e.RequestID = q.ID
	}
	return e
}
