package watch

import (
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// refusals are requests that were taken for another site's, or could not be
// read, beside those that passed.
type refusals struct {
	// address is our own page under another address than PUBLIC_URL, null an
	// Origin that something hides, foreign any other origin.
	address, null, foreign, originFine sightings
	csrfMissing, csrfOther, csrfFine   sightings
	shape, shapeFine                   sightings
}

// The ways in, by pattern.
const (
	apiLogin  = "POST /api/v1/auth/jwt/login"
	pageLogin = "POST /login"
)

func (f *refusals) done(w *Watch, r *Request, who uint64) {
	switch r.Code {
	case "":
		f.passed(r, who)
	case api.CodeOriginNotAllowed:
		f.wrongOrigin(w, r, who)
	case api.CodeCSRFTokenMissing:
		if r.Browser || r.Page {
			f.csrfMissing.add(r.At, who, "the token was not sent, "+browser(r.Agent))
		}
	case api.CodeCSRFTokenInvalid, api.CodeCSRFTokenExpired:
		if r.Reason != "csrf_cookie_missing" && r.Reason != "signature_wrong" {
			f.csrfOther.add(r.At, who, r.Reason+", "+browser(r.Agent))
		}
	case api.CodeUnsupportedMediaType, api.CodeMalformedJSON, api.CodeMalformedRequest, api.CodeValidationFailed:
		if r.Route == apiLogin || r.Route == pageLogin {
			f.shape.add(r.At, who, fmt.Sprintf("%s to %s: %s", browser(r.Agent), strings.TrimPrefix(r.Route, "POST "), r.Code))
		}
	}
}

func (f *refusals) passed(r *Request, who uint64) {
	if r.Browser && r.Origin != "" {
		f.originFine.add(r.At, who, "")
		for _, s := range []*sightings{&f.address, &f.null, &f.foreign} {
			s.drop(who)
		}
	}
	if r.Sent&CSRF != 0 {
		f.csrfFine.add(r.At, who, "")
		f.csrfMissing.drop(who)
		f.csrfOther.drop(who)
	}
	if r.Route == apiLogin || r.Route == pageLogin {
		f.shapeFine.add(r.At, who, "")
		f.shape.drop(who)
	}
}

func (f *refusals) wrongOrigin(w *Watch, r *Request, who uint64) {
	_, host, _ := strings.Cut(r.Origin, "://")
	switch {
	case r.Origin == "null":
		f.null.add(r.At, who, browser(r.Agent))
	case r.Origin != "" && r.Origin != w.o.PublicURL && (r.SameOrigin || strings.EqualFold(host, r.Host)):
		f.address.add(r.At, who, quoted(r.Origin))
	default:
		f.foreign.add(r.At, who, quoted(r.Origin))
	}
}

// several is how many clients tell of another address where PUBLIC_URL itself
// is used as well.
const several = 8

func (f *refusals) otherAddress(w *Watch, now time.Time) (api.Finding, bool) {
	clients, count := f.address.within(now)
	if !everybody(&f.address, &f.originFine, now) && clients < several {
		return api.Finding{}, false
	}
	return api.Finding{
		Code: "public_url_mismatch",
		Evidence: fmt.Sprintf("in the last %s, %s of our own pages from %s were refused, since they were opened at another address\n%s\nPUBLIC_URL is %s",
			spell(window), many(count, "request"), many(clients, "client"), strings.Join(f.address.notes(now), "\n"), w.o.PublicURL),
		Expected: "every page opened at " + w.o.PublicURL,
		Remedy: "Set PUBLIC_URL to the address that people type, if the one above is it, and restart. " +
			"Or name it in PUBLIC_ALIASES, so that it is redirected.",
		Setting: "PUBLIC_URL",
	}, true
}

func (f *refusals) origin(_ *Watch, now time.Time) (api.Finding, bool) {
	if everybody(&f.null, &f.originFine, now) {
		clients, count := f.null.within(now)
		return api.Finding{
			Code: "origin_null",
			Evidence: fmt.Sprintf("in the last %s, %s from %s carried \"Origin: null\", and hardly any carried another\n%s",
				spell(window), many(count, "request"), many(clients, "client"), strings.Join(f.null.notes(now), "\n")),
			Expected: "the Origin of PUBLIC_URL",
		}, true
	}
	if !everybody(&f.foreign, &f.originFine, now) {
		return api.Finding{}, false
	}
	clients, count := f.foreign.within(now)
	return api.Finding{
		Code: "origin_refused_everybody",
		Evidence: fmt.Sprintf("in the last %s, %s from %s were refused for where they came from, and hardly any passed\n%s",
			spell(window), many(count, "request"), many(clients, "client"), strings.Join(f.foreign.notes(now), "\n")),
		Expected: "requests from PUBLIC_URL or from an origin in CORS_ORIGINS",
		Setting:  "CORS_ORIGINS",
	}, true
}

func (f *refusals) csrf(_ *Watch, now time.Time) (api.Finding, bool) {
	for _, kind := range []struct {
		bad    *sightings
		remedy string
	}{
		{&f.csrfMissing, "Have the front end send the token from /api/v1/auth/csrf-token in the X-CSRF-TOKEN header, " +
			"and the proxy pass that header and the body on. The doctor looks whether it does: aiwfe-auth doctor"},
		{&f.csrfOther, "Keep proxies and CDNs from caching pages and answers (Cache-Control: no-store is sent with each), " +
			"and have people delete the cookies of this site if older ones of another Domain are in the way."},
	} {
		if !everybody(kind.bad, &f.csrfFine, now) {
			continue
		}
		clients, count := kind.bad.within(now)
		return api.Finding{
			Code: "csrf_refused_everybody",
			Evidence: fmt.Sprintf("in the last %s, %s from %s were refused for their CSRF token, and hardly any passed\n%s",
				spell(window), many(count, "request"), many(clients, "client"), strings.Join(kind.bad.notes(now), "\n")),
			Expected: "the token of the browser's own page, with the cookie that came with it", Remedy: kind.remedy,
		}, true
	}
	return api.Finding{}, false
}

// body tells of sign-ins that nobody could read. One client can send anything,
// so there must be several, and hardly anybody who signed in meanwhile.
func (f *refusals) body(_ *Watch, now time.Time) (api.Finding, bool) {
	clients, count := f.shape.within(now)
	if !everybody(&f.shape, &f.shapeFine, now) || count < 2*enough {
		return api.Finding{}, false
	}
	return api.Finding{
		Code: "wrong_body_type",
		Evidence: fmt.Sprintf("in the last %s, %s from %s could not be read, and hardly any other was made\n%s",
			spell(window), many(count, "sign-in"), many(clients, "client"), strings.Join(f.shape.notes(now), "\n")),
		Expected: "JSON {\"email\", \"password\"} with Content-Type: application/json, or the OAuth2 form with username and password",
	}, true
}
