package httpkit

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

func TestFaultIsAProblemOfRFC9457(t *testing.T) {
	w := build(t)
	f := fault.Invalid("/email", "required", "Please enter it.").After(1500 * time.Millisecond).Because(errors.New("private"))
	r := w.serve(ask(http.MethodPost, "/", ""), fails(f))
	got := read[map[string]any](t, r)
	want := map[string]any{
		"type": own + "/problems/validation_failed", "title": api.Codes[api.CodeValidationFailed].Title, "status": 422.0,
		"detail": "Please correct the field named below.", "code": "validation_failed", "request_id": r.Header.Get("X-Request-Id"),
		"retry_after": 2.0, // rounded up: coming back after it is never too early
		"errors":      []any{map[string]any{"pointer": "/email", "code": "required", "detail": "Please enter it."}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if r.StatusCode != 422 || r.Header.Get("Content-Type") != "application/problem+json" || r.Header.Get("Retry-After") != "2" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
}

func TestFaultHeaders(t *testing.T) {
	w := build(t)
	for _, c := range []struct {
		f             *fault.Error
		authenticate  string
		retry, closes string
	}{
		{fault.New(api.CodeNotAuthenticated, "", "x"), "Bearer", "", ""},
		{fault.New(api.CodeForbidden, "", "x"), "", "", ""},
		{fault.New(api.CodeTooManyAttempts, "", "x").After(time.Millisecond), "", "1", ""},
		// The rest of the body is still on its way; nobody will read it.
		{fault.New(api.CodeBodyTooLarge, "", "x"), "", "", "close"},
	} {
		h := w.serve(ask(http.MethodPost, "/", ""), fails(c.f)).Header
		if h.Get("WWW-Authenticate") != c.authenticate || h.Get("Retry-After") != c.retry || h.Get("Connection") != c.closes {
			t.Errorf("%s: %v", c.f.Code, h)
		}
	}
}

func TestUnforeseenErrorTellsNothing(t *testing.T) {
	w := build(t)
	r := w.serve(ask(http.MethodGet, "/", ""), fails(errors.New("pq: password of role app is hunter2")))
	p := read[api.Problem](t, r)
	if r.StatusCode != 500 || p.Code != api.CodeInternal || p.Detail != fault.Internal(nil).Detail {
		t.Errorf("%d %+v", r.StatusCode, p)
	}
}

func TestOldClientsGetTheirOldErrors(t *testing.T) {
	w := build(t, func(o *Options) { o.FastAPIUsers = true })
	refused := fault.New(api.CodePasswordRefused, "", "x")
	refused.Fields = []fault.Field{{Pointer: "/password", Code: "too_short", Detail: "Too short."}}
	for _, c := range []struct {
		f      *fault.Error
		status int
		want   any
	}{
		{fault.New(api.CodeInvalidCredentials, "account_disabled", "x"), 400, map[string]any{"detail": "LOGIN_BAD_CREDENTIALS"}},
		{fault.New(api.CodeUserAlreadyExists, "", "x"), 400, map[string]any{"detail": "REGISTER_USER_ALREADY_EXISTS"}},
		{refused, 400, map[string]any{"detail": map[string]any{"code": "REGISTER_INVALID_PASSWORD", "reason": "Too short."}}},
	} {
		r := w.serve(ask(http.MethodPost, "/", ""), fails(c.f))
		if d := cmp.Diff(c.want, read[any](t, r)); d != "" || r.StatusCode != c.status {
			t.Errorf("%s: %d %s", c.f.Code, r.StatusCode, d)
		}
	}
	// What it had no constant for keeps our form.
	r := w.serve(ask(http.MethodPost, "/", ""), fails(fault.New(api.CodeTooManyAttempts, "", "x")))
	if p := read[api.Problem](t, r); r.StatusCode != 429 || p.Code != api.CodeTooManyAttempts {
		t.Errorf("%d %+v", r.StatusCode, p)
	}
	// And without the setting the constant stands beside ours.
	r = build(t).serve(ask(http.MethodPost, "/", ""), fails(fault.New(api.CodeInvalidCredentials, "", "x")))
	if p := read[api.Problem](t, r); r.StatusCode != 401 || p.LegacyDetail != "LOGIN_BAD_CREDENTIALS" {
		t.Errorf("%d %+v", r.StatusCode, p)
	}
}

func TestJSONAnswerIsWholeOrAFault(t *testing.T) {
	w := build(t)
	r := w.serve(ask(http.MethodGet, "/", ""), func(w http.ResponseWriter, _ *http.Request) {
		From(w).JSON(http.StatusCreated, map[string]int{"b": 2, "a": 1})
	})
	body, err := io.ReadAll(r.Body)
	if err != nil || string(body) != `{"a":1,"b":2}` || r.StatusCode != 201 || r.ContentLength != 13 {
		t.Errorf("%d %s %d %v", r.StatusCode, body, r.ContentLength, err)
	}
	r = w.serve(ask(http.MethodGet, "/", ""), func(w http.ResponseWriter, _ *http.Request) {
		From(w).JSON(http.StatusOK, func() {})
	})
	if p := read[api.Problem](t, r); r.StatusCode != 500 || p.Code != api.CodeInternal {
		t.Errorf("%d %+v", r.StatusCode, p)
	}
}
