package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

func TestSentAndGivenUpLettersKeepNoContent(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		var letters []mail.Letter
		for _, id := range []string{"a-sent", "b-given-up", "c-failed", "d-waits"} {
			letters = append(letters, mail.Letter{ID: id, Kind: mail.KindReset, To: "ada@example.com", Sealed: []byte("sealed")})
		}
		r := audit.Succeeded(audit.EventMailAsked, audit.Client{})
		r.At = noon
		for _, err := range []error{
			s.Post(t.Context(), letters, nil, r),
			s.LetterSent(t.Context(), "a-sent", noon),
			s.LetterFailed(t.Context(), "b-given-up", time.Time{}, true, "no such mailbox", noon),
			s.LetterFailed(t.Context(), "c-failed", noon, false, "greylisted", noon),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		want := [][]string{{"a-sent", "0", ""}, {"b-given-up", "0", "no such mailbox"}, {"c-failed", "6", "greylisted"}, {"d-waits", "6", ""}}
		if diff := cmp.Diff(want, table(t, s, "SELECT id, length(sealed), cause FROM outbox ORDER BY id")); diff != "" {
			t.Errorf("the outbox (-want +got):\n%s", diff)
		}
	})
}
