package token

import (
	"errors"
	"fmt"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// refuse is a token_invalid. The client learns no more than that; the reason
// and the words are for the log, the audit and `token inspect`. Words never
// quote the token, but for names and numbers of its header and claims, quoted
// so that they cannot forge a line of the log.
func refuse(reason, words string, args ...any) *fault.Error {
	return fault.New(api.CodeTokenInvalid, reason, "The access token is not valid. Please sign in again.").
		Because(fmt.Errorf(words, args...))
}

func expired(words string, args ...any) *fault.Error {
	return fault.New(api.CodeTokenExpired, "expired", "The access token has expired. Please refresh it or sign in again.").
		Because(fmt.Errorf(words, args...))
}

func retired(words string, args ...any) *fault.Error {
	return fault.New(api.CodeLegacyTokenRetired, "legacy_retired",
		"Tokens of the old form are no longer accepted. Please sign in again.").
		Because(fmt.Errorf(words, args...))
}

// short keeps a stranger's text from filling the log.
func short(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}

// words gives the sentence behind a refusal.
func words(err error) string {
	if cause := errors.Unwrap(err); cause != nil {
		return cause.Error()
	}
	return err.Error()
}
