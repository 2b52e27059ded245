package passkey

import (
	"errors"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"
)

// What is altered here is signed as altered, so that each rule stands alone.
func TestAlteredAssertionIsRefused(t *testing.T) {
	s, _ := service(t, origin)
	key, other := device(t, virtualwebauthn.KeyTypeEC2), device(t, virtualwebauthn.KeyTypeEC2)
	rsa := device(t, virtualwebauthn.KeyTypeRSA)
	cred := registered(t, s, key, up|uv|be|bs)
	begins := map[string]func() ([]byte, Ceremony, error){
		PurposeFirst:  s.BeginDiscoverable,
		PurposeSecond: func() ([]byte, Ceremony, error) { return s.BeginSecond([]Credential{cred}) },
	}
	for _, tc := range []struct {
		name   string
		alter  func(*answer)
		reason string // "" is accepted
		second string // where it differs as second factor
	}{
		{"nothing", func(*answer) {}, "", ""},
		{"type", set("type", "webauthn.create"), "type_wrong", ""},
		{"type of a payment", set("type", "payment.get"), "type_wrong", ""},
		{"no type", unset("type"), "type_wrong", ""},
		{"challenge", set("challenge", base64url(make([]byte, 32))), "challenge_wrong", ""},
		{"challenge with padding", pad, "challenge_wrong", ""},
		{"no challenge", unset("challenge"), "challenge_wrong", ""},
		{"origin", set("origin", "https://evil.example"), "origin_wrong", ""},
		{"origin of a subdomain", set("origin", "https://x.auth.example.com"), "origin_wrong", ""},
		{"origin in plain http", set("origin", "http://auth.example.com"), "origin_wrong", ""},
		{"origin with another port", set("origin", origin+":8443"), "origin_wrong", ""},
		{"origin with a path", set("origin", origin+"/login"), "origin_wrong", ""}, // the library takes this and the next
		{"origin in capitals", set("origin", strings.ToUpper(origin)), "origin_wrong", ""},
		{"origin with a user", set("origin", "https://x@auth.example.com"), "origin_wrong", ""},
		{"null origin", set("origin", "null"), "origin_wrong", ""},
		{"no origin", unset("origin"), "origin_wrong", ""},
		{"origin under another name", rename("origin", "Origin"), "origin_wrong", ""}, // encoding/json takes this
		{"crossOrigin", set("crossOrigin", true), "cross_origin", ""},
		{"crossOrigin left out", unset("crossOrigin"), "", ""}, // as level 1 has it
		{"crossOrigin as text", set("crossOrigin", "false"), "response_malformed", ""},
		{"topOrigin", set("topOrigin", "https://evil.example"), "top_origin", ""},
		{"topOrigin that is ours", set("topOrigin", origin), "top_origin", ""},
		{"empty topOrigin", set("topOrigin", ""), "top_origin", ""},
		{"names of tomorrow", set("new_keys_may_be_added_here", "do not compare"), "", ""},
		{"RP id", func(a *answer) { a.rpID = "example.com" }, "rp_wrong", ""},
		{"RP id of nobody", func(a *answer) { a.rpID = "" }, "rp_wrong", ""},
		{"not present", func(a *answer) { a.flags &^= up }, "user_not_present", ""},
		{"not verified", func(a *answer) { a.flags &^= uv }, "user_not_verified", "accepted"},
		{"no longer backed up", func(a *answer) { a.flags &^= bs }, "", ""},
		{"no longer eligible", func(a *answer) { a.flags &^= be | bs }, "backup_eligible_changed", ""},
		{"backed up, not eligible", func(a *answer) { a.flags &^= be }, "backup_flags_wrong", ""},
		{"counter", func(a *answer) { a.count = 9 }, "", ""},
		{"credential id", func(a *answer) { a.id = other.ID }, "credential_unknown", ""},
		{"empty credential id", func(a *answer) { a.id = nil }, "response_malformed", ""},
		{"kind of credential", func(a *answer) { a.kind = "password" }, "response_malformed", ""},
		{"user handle", func(a *answer) { a.handle = []byte("handle-of-pierre") }, "not_this_user", ""},
		{"no user handle", func(a *answer) { a.handle = nil }, "user_handle_missing", "accepted"},
		{"key", func(a *answer) { a.key = other.Key }, "signature_wrong", ""},
		{"key of another algorithm", func(a *answer) { a.key = rsa.Key }, "signature_wrong", ""},
		{"outputs nobody asked for", func(a *answer) { a.results = `{"credProps":{"rk":true},"appid":true,"x":[1]}` }, "", ""},
	} {
		for purpose, begin := range begins {
			_, c, err := begin()
			if err != nil {
				t.Fatal(err)
			}
			a := base("webauthn.get", origin, s.rpID, c.Challenge, key)
			a.flags, a.handle = up|uv|be|bs, marie.Handle
			tc.alter(a)
			p, err := s.Finish(c, []Credential{cred}, a.assertion(t))
			reason := tc.reason
			if purpose == PurposeSecond && tc.second == "accepted" {
				reason = ""
			}
			check(t, tc.name+" as "+purpose, err, reason)
			if err == nil && p.UserVerified != (a.flags&uv != 0) {
				t.Errorf("%s: verified is %v", tc.name, p.UserVerified)
			}
		}
	}
}

func TestAlteredRegistrationIsRefused(t *testing.T) {
	s, _ := service(t, origin)
	other := device(t, virtualwebauthn.KeyTypeEC2)
	for _, tc := range []struct {
		name   string
		alter  func(*answer)
		reason string
	}{
		{"nothing", func(*answer) {}, ""},
		{"type", set("type", "webauthn.get"), "type_wrong"},
		{"challenge", set("challenge", base64url(make([]byte, 32))), "challenge_wrong"},
		{"origin", set("origin", "https://evil.example"), "origin_wrong"},
		{"origin with a path", set("origin", origin+"/account"), "origin_wrong"},
		{"crossOrigin", set("crossOrigin", true), "cross_origin"},
		{"topOrigin", set("topOrigin", "https://evil.example"), "top_origin"},
		{"RP id", func(a *answer) { a.rpID = "example.com" }, "rp_wrong"},
		{"not present", func(a *answer) { a.flags &^= up }, "user_not_present"},
		{"not verified", func(a *answer) { a.flags &^= uv }, ""}, // a second factor
		{"backed up, not eligible", func(a *answer) { a.flags |= bs }, "backup_flags_wrong"},
		{"counter", func(a *answer) { a.count = 9 }, ""},
		{"credential id outside", func(a *answer) { a.id = other.ID }, "response_refused"},
		{"credential id inside", func(a *answer) { a.attested = other.ID }, "response_refused"},
		{"no credential id", func(a *answer) { a.id, a.attested = nil, nil }, "response_malformed"},
		{"credential id of 1024 bytes", func(a *answer) { a.id = make([]byte, 1024); a.attested = a.id }, "response_malformed"},
		{"kind of credential", func(a *answer) { a.kind = "password" }, "response_malformed"},
		{"algorithm", cose(1, 0x38, 0x22), "response_refused"},                  // ES384, which nobody asked for
		{"none of the algorithms", cose(1, 0x18, 0x63), "response_refused"},     // 99
		{"kind of key", cose(0, 0x03), "key_malformed"},                         // RSA, with a curve
		{"key off the curve", func(a *answer) { flipLast(a) }, "key_malformed"}, // invalid curve attack
		{"no key", func(a *answer) { a.publicKey = nil }, "response_malformed"}, // flag says that there is one
		{"half a key", func(a *answer) { a.publicKey = a.publicKey[:40] }, "response_malformed"},
		{"bytes behind the key", func(a *answer) { a.publicKey = append(a.publicKey, 0) }, "response_malformed"},
	} {
		_, c, err := s.BeginRegistration(marie, nil)
		if err != nil {
			t.Fatal(err)
		}
		a := base("webauthn.create", origin, s.rpID, c.Challenge, device(t, virtualwebauthn.KeyTypeEC2))
		a.publicKey = append([]byte{}, a.publicKey...)
		tc.alter(a)
		cred, err := s.FinishRegistration(c, marie, a.registration(t))
		check(t, tc.name, err, tc.reason)
		if err == nil && cred.SignCount != a.count {
			t.Errorf("%s: counter %d", tc.name, cred.SignCount)
		}
	}
}

// An answer belongs to one ceremony, its purpose and its account.
func TestAnswerToAnotherCeremonyIsRefused(t *testing.T) {
	s, _ := service(t, origin)
	key := device(t, virtualwebauthn.KeyTypeEC2)
	cred := registered(t, s, key, up|uv)
	creds := []Credential{cred}
	_, first, err1 := s.BeginDiscoverable()
	_, again, err2 := s.BeginDiscoverable()
	_, second, err3 := s.BeginSecond(creds)
	_, register, err4 := s.BeginRegistration(marie, creds)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	a := base("webauthn.get", origin, s.rpID, first.Challenge, key)
	a.handle = marie.Handle
	response := a.assertion(t)

	_, err := s.Finish(again, creds, response)
	check(t, "another ceremony", err, "challenge_wrong")
	_, err = s.Finish(second, creds, response)
	check(t, "another purpose", err, "challenge_wrong")
	_, err = s.Finish(register, creds, response)
	check(t, "a registration", err, "purpose_wrong")
	_, err = s.FinishRegistration(first, marie, response)
	check(t, "as a registration", err, "purpose_wrong")

	forged := second
	forged.Purpose = PurposeFirst
	_, err = s.Finish(forged, creds, response)
	check(t, "a second factor stored as a first one", err, "purpose_wrong")
	_, err = s.FinishRegistration(register, User{Handle: []byte("pierre"), Email: "p@example.com"}, response)
	check(t, "another account's registration", err, "not_this_user")

	theirs := cred
	theirs.UserHandle = []byte("pierre")
	_, err = s.Finish(first, []Credential{theirs}, response)
	check(t, "another account's credential", err, "not_this_user")
	_, err = s.Finish(first, nil, response)
	check(t, "no credential", err, "credential_unknown")
	elsewhere, _ := service(t, "https://login.example.com")
	_, err = elsewhere.Finish(first, creds, response)
	check(t, "another PUBLIC_URL", err, "rp_changed")
	if _, err = s.Finish(first, creds, response); err != nil {
		t.Errorf("its own: %v", err)
	}
}

func check(t *testing.T, name string, err error, reason string) {
	t.Helper()
	if Reason(err) != reason || (err == nil) != (reason == "") {
		t.Errorf("%s: expected %q, got %v", name, reason, err)
	}
	if err != nil && !errors.Is(err, ErrRefused) {
		t.Errorf("%s: not ErrRefused: %v", name, err)
	}
}

func set(name string, value any) func(*answer) { return func(a *answer) { a.client[name] = value } }

func unset(name string) func(*answer) { return func(a *answer) { delete(a.client, name) } }

func rename(from, to string) func(*answer) {
	return func(a *answer) { a.client[to] = a.client[from]; delete(a.client, from) }
}

func pad(a *answer) { a.client["challenge"] = a.client["challenge"].(string) + "=" }

// cose writes other bytes into the COSE key a5 01 02 03 26 20 01 21 58 20 ...:
// the value of member n, of which 0 is the kind and 1 the algorithm.
func cose(n int, value ...byte) func(*answer) {
	return func(a *answer) {
		i := 2 + 2*n
		a.publicKey = append(append(append([]byte{}, a.publicKey[:i]...), value...), a.publicKey[i+1:]...)
	}
}

func flipLast(a *answer) { a.publicKey[len(a.publicKey)-1] ^= 1 }
