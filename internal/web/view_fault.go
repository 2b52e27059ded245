package web

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// ErrorPage is any refusal that is not a form coming back.
type ErrorPage struct {
	Base
	Status int
	// Heading says what happened, Detail why, Hint what to do next.
	Heading, Detail, Hint string
	// Code is the stable public code; empty shows none.
	Code           string
	Action, Second Link
	// Again offers to ask for the same address once more.
	Again bool
	// SignOut shows the button to sign out.
	SignOut bool
}

// NewErrorPage shows a fault to a person. It tells the public face only: the
// reason and the cause stay in the log.
func NewErrorPage(w *i18n.Words, b Base, f *fault.Error) ErrorPage {
	info, ok := api.Codes[f.Code]
	if !ok {
		info = api.Codes[api.CodeInternal]
	}
	b.Title = told(w, faultKey(f, "title"), info.Title)
	p := ErrorPage{
		Base: b, Status: info.Status, Heading: b.Title, Detail: told(w, faultKey(f, "detail"), f.Detail),
		Code: string(f.Code), Hint: hint(w, f), Action: Link{w.Text("common.to_start_page"), "/"},
	}
	switch {
	case info.Status == http.StatusUnauthorized:
		p.Action = Link{w.Text("login.submit"), "/login"}
	case f.Code == api.CodeResetTokenInvalid:
		p.Action = Link{w.Text("common.back_to_sign_in"), "/login"}
	}
	return p
}

// faultKey is the key of what is said about a code: its title, detail and hint
// on a page of its own, its summary and what more there is above a form.
func faultKey(f *fault.Error, part string) string { return "errors." + string(f.Code) + "." + part }

// told is a sentence of a fault in the language of the page. In English it is
// the fault's own, which knows more than its code: how short the password was.
func told(w *i18n.Words, key, english string) string {
	if w.Language() == i18n.Languages[0] || !w.Own(key) {
		return english
	}
	return w.Text(key)
}

func hint(w *i18n.Words, f *fault.Error) string {
	if f.RetryAfter > 0 {
		return w.Text("errors.try_again", "wait", InWords(w, f.RetryAfter))
	}
	if key := faultKey(f, "hint"); w.Has(key) {
		return w.Text(key)
	}
	return ""
}

// NewFormError shows a fault above the form that caused it. The pointers of
// the fields become their ids: "/email" is the field email.
func NewFormError(w *i18n.Words, f *fault.Error) *FormError {
	e := &FormError{Summary: told(w, faultKey(f, "detail"), f.Detail)}
	for _, field := range f.Fields {
		id := strings.TrimPrefix(field.Pointer, "/")
		detail := told(w, "field."+field.Code, field.Detail)
		if !slices.Contains(fieldOrder[:], id) { // no page has it, so the sentence stands above
			e.Detail = detail
			continue
		}
		if e.Fields == nil {
			e.Fields = map[string]string{}
		}
		e.Fields[id] = detail
	}
	if key := faultKey(f, "summary"); w.Has(key) {
		wait := InWords(w, f.RetryAfter)
		e.Summary, e.Detail = w.Text(key, "wait", wait), w.Text(faultKey(f, "more"), "wait", wait)
	}
	switch f.Code {
	case api.CodeCSRFTokenExpired, api.CodeCSRFTokenInvalid:
		e.Kind = KindInfo
	case api.CodeDatabaseUnavailable, api.CodeOverloaded:
		e.Kind = KindWarning
	case api.CodeValidationFailed, api.CodePasswordRefused:
		if len(e.Fields) > 0 {
			e.Summary = w.Text("errors.look_again")
		}
	}
	return e
}

// InWords says how long to wait, rounded up, so that nobody comes back too early.
func InWords(w *i18n.Words, d time.Duration) string {
	count := func(unit time.Duration, key string) string {
		return w.Text(key, "n", int(math.Ceil(float64(d)/float64(unit))))
	}
	switch {
	case d <= 0:
		return w.Text("common.wait.moment")
	case d <= 59*time.Second:
		return count(time.Second, "common.wait.seconds")
	case d <= 90*time.Minute:
		return count(time.Minute, "common.wait.minutes")
	}
	return count(time.Hour, "common.wait.hours")
}
