package watch

import (
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// tokens are those that cannot be, and those of the old form.
type tokens struct {
	// unknown are clients with tokens of a key that is not configured here.
	unknown, fine sightings
	// raced are sessions that ended since one client used a refresh token twice,
	// by user.
	raced sightings
	// refused and used are clients that still have tokens of the old form.
	refused, used sightings
}

func (t *tokens) done(r *Request, who uint64) {
	switch r.Reason {
	case "kid_unknown":
		t.unknown.add(r.At, who, r.Cause)
	case "signature_wrong":
		if r.Code == api.CodeCSRFTokenInvalid {
			t.unknown.add(r.At, who, "a CSRF token of our form whose signature no key here could have made")
		}
	case "legacy_off", "legacy_retired":
		// Its signature was right, so it was made by the system before this one.
		t.refused.add(r.At, who, browser(r.Agent)+", "+r.Reason)
	case "":
		if r.Unsafe && (r.Bearer || r.Sent&CSRF != 0) {
			t.fine.add(r.At, who, "")
			t.unknown.drop(who)
		}
	}
}

// reused is told of a session that was ended since a used refresh token came
// back. Detail says how soon and from where; a thief is neither at once nor on
// the same device.
func (t *tokens) reused(w *Watch, r audit.Row) {
	if r.User != "" && strings.HasPrefix(r.Detail, "race ") {
		t.raced.add(r.At, w.text(string(r.User)), browser(r.Client.UserAgent)+", "+strings.TrimPrefix(r.Detail, "race "))
	}
}

func (t *tokens) legacy(w *Watch, r audit.Row) {
	if r.Detail == "use" {
		t.used.add(r.At, w.whoAt(r.Client.IP, r.Client.UserAgent), browser(r.Client.UserAgent))
	}
}

func (t *tokens) unknownKey(w *Watch, now time.Time) (api.Finding, bool) {
	if !everybody(&t.unknown, &t.fine, now) {
		return api.Finding{}, false
	}
	clients, count := t.unknown.within(now)
	return api.Finding{
		Code: "unknown_key_tokens",
		Evidence: fmt.Sprintf("in the last %s, %s showed a token of an unknown key %s; the server runs since %s\n%s",
			spell(window), many(clients, "client"), many(count, "time"), w.o.Started.UTC().Format(time.RFC3339),
			strings.Join(t.unknown.notes(now), "\n")),
		Expected: "tokens of a key in JWT_SECRET_KEY or JWT_PREVIOUS_SECRET_KEYS, on every server",
		Remedy: "If the key was changed: put the old one into JWT_PREVIOUS_SECRET_KEYS " +
			"(DATA_ENCRYPTION_PREVIOUS_KEYS for the other key) and restart. " +
			"If there are several servers: give all of them the same keys. If none was set: set one, so that it outlives a restart.",
	}, true
}

// races needs two people: one may do strange things to a session of their own.
func (t *tokens) races(_ *Watch, now time.Time) (api.Finding, bool) {
	users, count := t.raced.within(now)
	if users < 2 || count < enough {
		return api.Finding{}, false
	}
	return api.Finding{
		Code: "refresh_races",
		Evidence: fmt.Sprintf("in the last %s, %s of %s ended since their own device used a refresh token twice\n%s",
			spell(window), many(count, "session"), many(users, "account"), strings.Join(t.raced.notes(now), "\n")),
		Expected: "one refresh at a time, and the new token kept before the next",
	}, true
}

// soon is how long before the end of the old tokens their users are told of.
const soon = 14 * 24 * time.Hour

func (t *tokens) oldForm(w *Watch, now time.Time) (api.Finding, bool) {
	if clients, count := t.refused.within(now); count >= enough {
		return api.Finding{
			Code: "old_form_tokens",
			Evidence: fmt.Sprintf("in the last %s, %s showed rightly signed tokens of the old form %s, and were refused\n%s",
				spell(window), many(clients, "client"), many(count, "time"), strings.Join(t.refused.notes(now), "\n")),
			Expected: "tokens of the form that this server gives out",
		}, true
	}
	clients, count := t.used.within(now)
	if count < enough || w.o.LegacyUntil.IsZero() || w.o.LegacyUntil.Sub(now) > soon {
		return api.Finding{}, false
	}
	return api.Finding{
		Code: "old_form_tokens_end_soon",
		Evidence: fmt.Sprintf("in the last %s, %s used tokens of the old form %s; they are refused from %s on\n%s",
			spell(window), many(clients, "client"), many(count, "time"), w.o.LegacyUntil.UTC().Format(time.RFC3339),
			strings.Join(t.used.notes(now), "\n")),
		Expected: "no client with tokens of the old form when LEGACY_TOKENS_UNTIL comes", Setting: "LEGACY_TOKENS_UNTIL",
	}, true
}
