package web

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

func TestWaitIsToldRoundedUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                               "a moment",
		-time.Second:                    "a moment",
		time.Millisecond:                "1 second",
		59 * time.Second:                "59 seconds",
		59*time.Second + 1:              "1 minute",
		time.Minute:                     "1 minute",
		61 * time.Second:                "2 minutes", // one minute would be too early
		13*time.Minute + 10*time.Second: "14 minutes",
		2 * time.Hour:                   "2 hours",
		25 * time.Hour:                  "25 hours",
	} {
		if got := InWords(words(t, "en"), d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestFaultsOfAFormAreToldCalmly(t *testing.T) {
	for code, want := range map[api.Code]FormError{
		api.CodeTooManyAttempts:     {Summary: "Too many attempts. Please try again in 14 minutes."},
		api.CodeCSRFTokenExpired:    {Kind: KindInfo, Summary: "This page was open for long."},
		api.CodeDatabaseUnavailable: {Kind: KindWarning, Summary: "We cannot check this right now."},
		api.CodeUserAlreadyExists:   {Summary: "As it was said."},
	} {
		got := NewFormError(words(t, "en"), fault.New(code, "", "As it was said.").After(14*time.Minute))
		if got.Kind != want.Kind || got.Summary != want.Summary {
			t.Errorf("%s: %+v", code, got)
		}
	}
	f := fault.Invalid("/new_password", "too_short", "At least 15 characters, please.")
	want := []FieldError{{"new_password", "At least 15 characters, please."}}
	if diff := cmp.Diff(want, NewFormError(words(t, "en"), f).List()); diff != "" {
		t.Error(diff)
	}
}

// A fault of a field that no page shows must not be lost: its sentence is all
// the person would have had to go by.
func TestFieldFaultWithoutAFieldIsStillTold(t *testing.T) {
	e := NewFormError(words(t, "en"), fault.Invalid("/token", "required", "The link is not whole."))
	if !strings.Contains(e.Summary+" "+e.Detail, "The link is not whole.") {
		t.Errorf("told: %q, %q", e.Summary, e.Detail)
	}
}

func TestOnlyAPlainWebAddressLeadsAway(t *testing.T) {
	for target, ok := range map[string]bool{
		"https://app.example.com/a?b=c": true,
		"http://localhost:3000/":        true,
		"javascript:alert(1)":           false,
		"data:text/html,x":              false,
		"//evil.example/":               false,
		"/account":                      false,
		"https://":                      false,
		"https://good@evil.example/":    false, // reads as if it led to good
		"https://a b/":                  false,
	} {
		page, err := NewLeavingPage(Base{}, target)
		if (err == nil) != ok || (ok && page.URL != target) {
			t.Errorf("%q: %+v, %v", target, page, err)
		}
	}
}

func TestPersonIsCalledByNameOrAddress(t *testing.T) {
	for _, c := range []struct{ name, email, label, initial string }{
		{"Ada", "a@example.com", "Ada", "A"},
		{"", "öl@example.com", "öl@example.com", "Ö"},
		{"  (x)", "", "  (x)", "X"},
		{"", "", "", "?"}, // an adopted row may hold neither
	} {
		u := &UserView{Name: c.name, Email: c.email}
		if u.Label() != c.label || u.Initial() != c.initial {
			t.Errorf("%+v: %q, %q", c, u.Label(), u.Initial())
		}
	}
}
