package passkey

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"
)

// clientJSON is an answer around a clientDataJSON of the test's choice.
func clientJSON(client string) []byte {
	return []byte(`{"response":{"clientDataJSON":"` + base64url([]byte(client)) + `"}}`)
}

func TestChallengeOfReadsOneSpelling(t *testing.T) {
	challenge := bytes.Repeat([]byte{0xfb, 0xff}, 16)
	c := base64url(challenge)
	for _, tc := range []struct {
		name, reason string
		response     []byte
	}{
		{"plain", "", clientJSON(`{"challenge":"` + c + `","x":{"y":[1]}}`)},
		{"nothing", "response_malformed", nil},
		{"no object", "response_malformed", []byte(`"text"`)},
		{"two objects", "response_malformed", append(clientJSON(`{"challenge":"`+c+`"}`), "{}"...)},
		{"no client data", "response_malformed", []byte(`{"response":{}}`)},
		{"client data twice", "response_malformed", []byte(`{"response":{"clientDataJSON":"e30","clientDataJSON":"e30"}}`)},
		{"client data in another case", "response_malformed", []byte(`{"response":{"clientdatajson":"` + base64url([]byte(`{"challenge":"`+c+`"}`)) + `"}}`)},
		{"client data as array", "response_malformed", []byte(`{"response":{"clientDataJSON":[123]}}`)},
		{"client data with padding", "response_malformed", []byte(`{"response":{"clientDataJSON":"e30="}}`)},
		{"client data with a line end", "response_malformed", []byte(`{"response":{"clientDataJSON":"e3\n0"}}`)},
		{"bits behind the end", "response_malformed", []byte(`{"response":{"clientDataJSON":"e31"}}`)},
		{"not UTF-8", "response_malformed", clientJSON("{\"challenge\":\"\xff\"}")},
		{"byte order mark", "response_malformed", clientJSON("\ufeff{\"challenge\":\"" + c + "\"}")},
		{"challenge twice", "response_malformed", clientJSON(`{"challenge":"` + c + `","challenge":"` + c + `"}`)},
		{"standard alphabet", "challenge_malformed", clientJSON(`{"challenge":"` + strings.NewReplacer("-", "+", "_", "/").Replace(c) + `"}`)},
		{"challenge with padding", "challenge_malformed", clientJSON(`{"challenge":"` + c + `="}`)},
		{"31 bytes", "challenge_malformed", clientJSON(`{"challenge":"` + base64url(challenge[1:]) + `"}`)},
		{"too large", "response_too_large", []byte(`{"response":{"clientDataJSON":"` + strings.Repeat("A", MaxResponse) + `"}}`)},
		{"deep", "response_malformed", []byte(`{"response":` + strings.Repeat("[", 12_000))},
	} {
		got, err := ChallengeOf(tc.response)
		check(t, tc.name, err, tc.reason)
		if err == nil && !bytes.Equal(got, challenge) {
			t.Errorf("%s: %x", tc.name, got)
		}
	}
}

func TestCredentialOfReadsTheID(t *testing.T) {
	id, err := CredentialOf([]byte(`{"id":"AQID","rawId":"AQID"}`))
	if err != nil || !bytes.Equal(id, []byte{1, 2, 3}) {
		t.Errorf("%x, %v", id, err)
	}
	for _, text := range []string{``, `{}`, `{"id":""}`, `{"id":"AQID="}`, `{"id":7}`, `{"id":"` + base64url(make([]byte, 1024)) + `"}`} {
		if _, err := CredentialOf([]byte(text)); Reason(err) != "response_malformed" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Whatever a stranger sends is answered by ErrRefused and nothing else.
func FuzzAnswers(f *testing.F) {
	s, _ := service(f, origin)
	key := device(f, virtualwebauthn.KeyTypeEC2)
	cred := registered(f, s, key, up|uv)
	_, first, err := s.BeginDiscoverable()
	if err != nil {
		f.Fatal(err)
	}
	_, register, err := s.BeginRegistration(marie, nil)
	if err != nil {
		f.Fatal(err)
	}
	good := base("webauthn.get", origin, s.rpID, first.Challenge, key)
	good.handle = marie.Handle
	seed := good.assertion(f)
	f.Add(seed)
	f.Add(base("webauthn.create", origin, s.rpID, register.Challenge, key).registration(f))
	f.Add(clientJSON(`{}`))
	f.Fuzz(func(t *testing.T, response []byte) {
		challenge, err := ChallengeOf(response)
		if err != nil && !errors.Is(err, ErrRefused) || err == nil && len(challenge) != challengeBytes {
			t.Fatalf("%x, %v", challenge, err)
		}
		_, asID := CredentialOf(response)
		_, asFirst := s.Finish(first, []Credential{cred}, response)
		_, asNew := s.FinishRegistration(register, marie, response)
		for _, err := range []error{asID, asFirst, asNew} {
			if err != nil && !errors.Is(err, ErrRefused) {
				t.Fatal(err)
			}
		}
	})
}
