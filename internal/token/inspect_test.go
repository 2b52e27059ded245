package token

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestInspectSaysWhichCheckFailedFirst(t *testing.T) {
	now := noon.Unix()
	made, _, err := build(t).Make(ada, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	gone := payload(map[string]any{"iat": now - 7200, "exp": now - 3600})
	for _, c := range []struct {
		name, raw                     string
		valid                         bool
		form, signature, reason, says string
	}{
		{"good", made, true, "current", "current_key", "", "expires in 59 minutes"},
		{"previous key", forge(previousKey, goodHeader(previousKey), payload(nil)), true, "current", "previous_key", "", "rightly signed"},
		{"expired", forge(currentKey, goodHeader(currentKey), gone), false, "current", "current_key", "expired", "2026-11-24T11:00:00Z"},
		{"strange key", forge(strangeKey, goodHeader(strangeKey), payload(nil)), false, "current", "no_key", "kid_unknown", "not configured here"},
		{"names another key of ours", forge(previousKey, goodHeader(currentKey), payload(nil)), false, "current", "previous_key", "signature_wrong", "does not match"},
		{"old form", forge(currentKey, pythonHeader, python("42", now+60, "")), true, "legacy", "current_key", "", "expires in 59 seconds"},
		{"old reset token", forge(currentKey, pythonHeader, python("42", now+60, `,"aud":"x"`)), false, "legacy", "current_key", "legacy_extra_claim", `"aud"`},
		{"other issuer", forge(currentKey, goodHeader(currentKey), payload(map[string]any{"iss": "https://old.example"})), false, "current", "current_key", "issuer_wrong", "https://old.example"},
		{"line break inside", made + "\n", false, "unknown", "current_key", "bad_base64", "line break"},
		{"no token", "hello", false, "unknown", "unreadable", "not_three_parts", "1 parts"},
		{"huge", strings.Repeat("a", 1<<20), false, "unknown", "unreadable", "too_long", "1048576 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := build(t).Inspect(c.raw)
			if in.Valid != c.valid || in.Form != c.form || in.Signature != c.signature || in.Reason != c.reason {
				t.Errorf("got %+v", in)
			}
			if !strings.Contains(in.Explanation, c.says) {
				t.Errorf("%q does not say %q", in.Explanation, c.says)
			}
		})
	}
}

func TestInspectionIsJSONWithoutAnyKey(t *testing.T) {
	tokens := build(t)
	in := tokens.Inspect(forge(currentKey, goodHeader(currentKey), payload(nil)))
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{string(currentKey.Reveal()), string(previousKey.Reveal())} {
		if strings.Contains(string(b), k) || strings.Contains(fmt.Sprintf("%+v %#v", in, in), k) {
			t.Error("a key is shown")
		}
	}
	if len(in.Times) != 3 || in.Times[2].Claim != "exp" || in.Times[2].Relative != "in 59 minutes" {
		t.Errorf("times: %+v", in.Times)
	}
	if in.KeyID != tokens.KeyID() {
		t.Errorf("key %q", in.KeyID)
	}
}

func TestRelativeTimesReadAsAPersonWouldSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "now", time.Second: "in 1 second", -90 * time.Second: "90 seconds ago",
		5 * time.Minute: "in 5 minutes", -3 * time.Hour: "3 hours ago", 72 * time.Hour: "in 3 days",
	} {
		if got := relative(noon.Add(d), noon); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}
