package fault

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
)

var errCause = errors.New("the disk is full")

func TestFaultIsFoundThroughEveryWrapping(t *testing.T) {
	f := New(api.CodeForbidden, "role_admin_needed", "This needs an administrator.")
	for name, err := range map[string]error{
		"itself":  f,
		"wrapped": fmt.Errorf("read session: %w", f),
		"joined":  errors.Join(errCause, f),
	} {
		if From(err) != f || !Is(err, api.CodeForbidden) || Is(err, api.CodeInternal) {
			t.Errorf("%s: %v", name, From(err))
		}
	}
}

// Whatever nobody foresaw must not tell the person anything.
func TestUntypedErrorIsInternalAndSaysNothing(t *testing.T) {
	f := From(errCause)
	if f.Code != api.CodeInternal || f.Detail != Internal(nil).Detail || !errors.Is(f, errCause) {
		t.Errorf("got %+v", f)
	}
	if Is(errCause, api.CodeInternal) {
		t.Error("an untyped error is not yet a fault")
	}
	if Is(nil, api.CodeInternal) {
		t.Error("no error is none")
	}
}

// A fault is often a value made once; telling its cause or its time must not
// change it for the next request.
func TestBecauseAndAfterCopy(t *testing.T) {
	f := New(api.CodeOverloaded, "", "Too busy.")
	whole := f.Because(errCause).After(time.Second)
	if d := cmp.Diff(&Error{Code: api.CodeOverloaded, Reason: "overloaded", Detail: "Too busy."}, f); d != "" {
		t.Error(d)
	}
	if whole.RetryAfter != time.Second || !errors.Is(whole, errCause) || whole.Detail != f.Detail {
		t.Errorf("got %+v", whole)
	}
}

func TestTextIsForTheLog(t *testing.T) {
	f := New(api.CodeStorageFull, "disk_full", "Please come back later.")
	for want, err := range map[string]error{
		"storage_full (disk_full)":                   f,
		"storage_full (disk_full): the disk is full": f.Because(errCause),
		"validation_failed (validation_failed)":      Invalid("/email", "required", "Please enter it."),
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
	if d := cmp.Diff([]Field{{"/email", "required", "Please enter it."}}, Invalid("/email", "required", "Please enter it.").Fields); d != "" {
		t.Error(d)
	}
}
