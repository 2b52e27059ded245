package token

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// FuzzParse feeds raw tokens, and the same bytes as a rightly signed header
// and as rightly signed claims: a stranger reaches the first, an old or wrong
// issuer with the key the others.
func FuzzParse(f *testing.F) {
	tokens := build(f)
	made, _, err := tokens.Make(ada, time.Time{})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{made, "..", goodHeader(currentKey), pythonHeader, payload(nil), python("42", noon.Unix()+60, ""), `{"exp":1e400}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, raw := range []string{
			s,
			forge(currentKey, s, payload(nil)),
			forge(currentKey, goodHeader(currentKey), s),
			forge(currentKey, pythonHeader, s),
		} {
			p, err := tokens.Parse(raw)
			if in := tokens.Inspect(raw); in.Valid != (err == nil) {
				t.Fatalf("Parse and Inspect disagree on %q", raw)
			} else if _, err := json.Marshal(in); err != nil {
				t.Fatalf("the inspection of %q is no JSON: %v", raw, err)
			}
			if err != nil {
				checkRefusal(t, p, err)
			} else {
				checkAccepted(t, p, raw)
			}
		}
	})
}

func checkRefusal(t *testing.T, p *Parsed, err error) {
	t.Helper()
	e, ok := errors.AsType[*fault.Error](err)
	if p != nil || !ok || e.Reason == "" {
		t.Fatalf("refused with %+v and %v", p, err)
	}
	switch e.Code {
	case api.CodeTokenInvalid, api.CodeTokenExpired, api.CodeLegacyTokenRetired:
	default:
		t.Fatalf("refused with the code %s", e.Code)
	}
}

func checkAccepted(t *testing.T, p *Parsed, raw string) {
	t.Helper()
	dot := strings.LastIndexByte(raw, '.')
	tag, err := base64.RawURLEncoding.DecodeString(raw[dot+1:])
	if err != nil {
		t.Fatal(err)
	}
	right := false
	for _, k := range [][]byte{currentKey.Reveal(), previousKey.Reveal()} {
		m := hmac.New(sha256.New, k)
		m.Write([]byte(raw[:dot]))
		right = right || bytes.Equal(tag, m.Sum(nil))
	}
	if !right {
		t.Fatalf("%q was accepted and has no MAC of ours", raw)
	}
	if p.Claims.Subject == "" || p.ExpiresAt.Unix() < noon.Unix() {
		t.Fatalf("accepted without an account or after its time: %+v", p)
	}
}

func TestTokensAreMadeAndReadByManyAtOnce(t *testing.T) {
	tokens := build(t)
	done := make(chan error)
	for range 8 {
		go func() {
			for range 50 {
				raw, _, err := tokens.Make(ada, time.Time{})
				if err == nil {
					_, err = tokens.Parse(raw)
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkMake(b *testing.B) {
	tokens := build(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := tokens.Make(ada, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	tokens := build(b)
	raw, _, err := tokens.Make(ada, time.Time{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tokens.Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}
