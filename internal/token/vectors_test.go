package token

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

func TestPublicJWSVectors(t *testing.T) {
	for _, c := range vectors.JWS() {
		t.Run(c.Name, func(t *testing.T) {
			tokens := build(t, func(o *Options) { o.Key, o.Previous = secret.New(c.Key), nil })
			if c.Valid {
				got, _, err := verify(c.Compact, tokens.keys)
				if err != nil || !bytes.Equal(got, c.Payload) {
					t.Errorf("a right signature was refused: %v", err)
				}
			} else if _, _, err := tokens.open(c.Compact); err == nil {
				t.Error("the payload was reached")
			}
			// Right or wrong, none of them is an access token.
			if _, err := tokens.Parse(c.Compact); err == nil {
				t.Error("accepted as an access token")
			}
		})
	}
}

// What a parser is free to accept is refused or read, and never signs anybody
// in: no text of the suite has the claims of a token.
func TestJSONTestSuiteAsHeaderAndAsClaims(t *testing.T) {
	tokens := build(t)
	for _, c := range vectors.JSONTestSuite() {
		body := string(c.Body)
		for _, raw := range []string{
			forge(currentKey, body, payload(nil)),
			forge(currentKey, goodHeader(currentKey), body),
			forge(currentKey, pythonHeader, body),
		} {
			if _, err := tokens.Parse(raw); err == nil {
				t.Errorf("%s was accepted", c.Name)
			}
			_ = tokens.Inspect(raw) // must not panic either
		}
	}
}

func TestNaughtyStringsAreRefusedAndForgeNoLogLine(t *testing.T) {
	tokens := build(t)
	for _, s := range vectors.NaughtyStrings() {
		for _, raw := range []string{
			s,
			s + "." + s + "." + s,
			forge(currentKey, payload(map[string]any{"alg": s}), payload(nil)),
			forge(currentKey, goodHeader(currentKey), payload(map[string]any{"iss": s})),
			forge(currentKey, goodHeader(currentKey), payload(map[string]any{"aud": s})),
		} {
			_, err := tokens.Parse(raw)
			if err == nil {
				t.Errorf("%q was accepted", raw)
				continue
			}
			if text := err.Error(); strings.ContainsAny(text, "\r\n") {
				t.Errorf("%q makes two lines in the log: %q", s, text)
			}
			if d := fault.From(err).Detail; len(s) > 20 && strings.Contains(d, s) {
				t.Errorf("the public sentence echoes %q", s)
			}
		}
	}
}
