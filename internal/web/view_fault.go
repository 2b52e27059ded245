package web

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
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
}

// NewErrorPage shows a fault to a person. It tells the public face only: the
// reason and the cause stay in the log.
func NewErrorPage(b Base, f *fault.Error) ErrorPage {
	info, ok := api.Codes[f.Code]
	if !ok {
		info = api.Codes[api.CodeInternal]
	}
	b.Title = info.Title
	p := ErrorPage{
		Base: b, Status: info.Status, Heading: info.Title, Detail: f.Detail, Code: string(f.Code),
		Hint: hint(f), Action: Link{"Go to the start page", "/"},
	}
	switch {
	case info.Status == http.StatusUnauthorized:
		p.Action = Link{"Sign in", "/login"}
	case f.Code == api.CodeResetTokenInvalid:
		p.Action = Link{"Back to sign in", "/login"}
	}
	return p
}

func hint(f *fault.Error) string {
	if f.RetryAfter > 0 {
		return "Please try again in " + InWords(f.RetryAfter) + ". There is no need to do anything else."
	}
	switch f.Code {
	case api.CodeDatabaseUnavailable, api.CodeOverloaded, api.CodeInternal:
		return "Please try again in a moment. You stay signed in."
	case api.CodeStorageFull:
		return "Please tell whoever runs this service; it cannot mend itself."
	case api.CodeCSRFTokenMissing, api.CodeCSRFTokenInvalid, api.CodeCSRFTokenExpired:
		return "Go back, load the page once more and press the button again. Cookies must be allowed for this site."
	case api.CodeOriginNotAllowed:
		return "Open this service by its own address, not from within another site."
	case api.CodeSetupTokenInvalid:
		return "The operator can print a fresh link with “aiwfe-auth setup-link”."
	case api.CodeInvitationInvalid:
		return "Ask the person who invited you for a new invitation. Each works once."
	case api.CodeResetTokenInvalid:
		return "Ask for a new link. Each works once, and only the newest one does."
	case api.CodeNotFound, api.CodeMethodNotAllowed:
		return "Check the address, or begin again at the start page."
	case api.CodeForbidden:
		return "If you should be able to do this, ask an administrator."
	}
	return ""
}

// NewFormError shows a fault above the form that caused it. The pointers of
// the fields become their ids: "/email" is the field email.
func NewFormError(f *fault.Error) *FormError {
	e := &FormError{Summary: f.Detail}
	for _, field := range f.Fields {
		id := strings.TrimPrefix(field.Pointer, "/")
		if !slices.Contains(fieldOrder[:], id) { // no page has it, so the sentence stands above
			e.Detail = field.Detail
			continue
		}
		if e.Fields == nil {
			e.Fields = map[string]string{}
		}
		e.Fields[id] = field.Detail
	}
	switch f.Code {
	case api.CodeInvalidCredentials:
		e.Summary = "That address and password do not go together."
		e.Detail = "Check both and try again."
	case api.CodeTooManyAttempts:
		e.Summary = "Too many attempts. Please try again in " + InWords(f.RetryAfter) + "."
		e.Detail = "This protects the account from guessing. The right password waits just as long."
	case api.CodeCSRFTokenExpired:
		e.Kind = KindInfo
		e.Summary = "This page was open for long."
		e.Detail = "Nothing is wrong. Please enter your password and press the button once more."
	case api.CodeDatabaseUnavailable, api.CodeOverloaded:
		e.Kind = KindWarning
		e.Summary = "We cannot check this right now."
		e.Detail = "The fault is on our side, not in what you typed. Please try again in " + InWords(f.RetryAfter) + "."
	case api.CodeValidationFailed, api.CodePasswordRefused:
		if len(e.Fields) > 0 {
			e.Summary = "Please look at this once more."
		}
	}
	return e
}

// InWords says how long to wait, rounded up, so that nobody comes back too early.
func InWords(d time.Duration) string {
	count := func(unit time.Duration, name string) string {
		n := int(math.Ceil(float64(d) / float64(unit)))
		if n == 1 {
			return "1 " + name
		}
		return fmt.Sprintf("%d %ss", n, name)
	}
	switch {
	case d <= 0:
		return "a moment"
	case d <= 59*time.Second:
		return count(time.Second, "second")
	case d <= 90*time.Minute:
		return count(time.Minute, "minute")
	}
	return count(time.Hour, "hour")
}

// Notices that the pages give after a redirect. Each is a whole sentence.

// SessionEndedNotice greets somebody whose session is over.
func SessionEndedNotice() *Notice {
	return &Notice{KindInfo, "Your session has ended. Please sign in again to go on."}
}

// SessionsEndedNotice tells how many sessions were ended.
func SessionsEndedNotice(ended int) *Notice {
	if ended == 0 {
		return &Notice{KindInfo, "There was no other session to end."}
	}
	return &Notice{KindSuccess, "Done: " + sessions(ended) + " ended."}
}

func sessions(n int) string {
	if n == 1 {
		return "1 other session was"
	}
	return fmt.Sprintf("%d other sessions were", n)
}
