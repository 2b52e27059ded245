package passkey

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
)

const origin = "https://auth.example.com"

// Whole flows with devices of another maker than this package's tests.
func TestVirtualDevicesRegisterAndProve(t *testing.T) {
	for _, tc := range []struct {
		name  string
		kind  virtualwebauthn.KeyType
		does  virtualwebauthn.AuthenticatorOptions
		first bool // may stand alone
	}{
		{"ES256 passkey, synced", virtualwebauthn.KeyTypeEC2, virtualwebauthn.AuthenticatorOptions{UserHandle: marie.Handle, BackupEligible: true, BackupState: true}, true},
		{"ES256 passkey on one device", virtualwebauthn.KeyTypeEC2, virtualwebauthn.AuthenticatorOptions{UserHandle: marie.Handle}, true},
		{"RS256 passkey", virtualwebauthn.KeyTypeRSA, virtualwebauthn.AuthenticatorOptions{UserHandle: marie.Handle}, true},
		{"ES256 key with a touch only", virtualwebauthn.KeyTypeEC2, virtualwebauthn.AuthenticatorOptions{UserHandle: marie.Handle, UserNotVerified: true}, false},
		{"RS256 key that kept no handle", virtualwebauthn.KeyTypeRSA, virtualwebauthn.AuthenticatorOptions{}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, _ := service(t, origin)
			rp := virtualwebauthn.RelyingParty{ID: "auth.example.com", Name: "Example", Origin: origin}
			dev, key := virtualwebauthn.NewAuthenticatorWithOptions(tc.does), device(t, tc.kind)

			options, c, err := s.BeginRegistration(marie, nil)
			options, c = begin(t, options, c, err)
			asked, err := virtualwebauthn.ParseAttestationOptions(string(options))
			if err != nil || asked.RelyingPartyID != rp.ID || asked.UserID != string(marie.Handle) {
				t.Fatalf("asked for %+v, %v", asked, err)
			}
			cred, err := s.FinishRegistration(c, marie, []byte(virtualwebauthn.CreateAttestationResponse(rp, dev, key, *asked)))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(cred.CredentialID, key.ID) || cred.AAGUID != uuid(dev.Aaguid[:]) || cred.Synced != tc.does.BackupState {
				t.Errorf("registered %+v", cred)
			}
			answerTo := func(options []byte, c Ceremony, err error) (Ceremony, []byte) {
				options, c = begin(t, options, c, err)
				asked, err := virtualwebauthn.ParseAssertionOptions(string(options))
				if err != nil {
					t.Fatal(err)
				}
				return c, []byte(virtualwebauthn.CreateAssertionResponse(rp, dev, key, *asked))
			}

			c, response := answerTo(s.BeginSecond([]Credential{cred}))
			p, err := s.Finish(c, []Credential{cred}, response)
			if err != nil || p.UserVerified == tc.does.UserNotVerified || p.Synced != tc.does.BackupState {
				t.Errorf("as second factor: %+v, %v", p, err)
			}
			c, response = answerTo(s.BeginDiscoverable())
			p, err = s.Finish(c, []Credential{cred}, response)
			if (err == nil) != tc.first || err == nil && !p.UserVerified {
				t.Errorf("as first factor: %+v, %v", p, err)
			}
			if err != nil && !errors.Is(err, ErrRefused) {
				t.Error(err)
			}
		})
	}
}

func TestOptionsAskForWhatIsPromised(t *testing.T) {
	s, _ := service(t, origin)
	cred := registered(t, s, device(t, virtualwebauthn.KeyTypeEC2), up|uv)
	options, c, err := s.BeginRegistration(marie, []Credential{cred})
	options, c = begin(t, options, c, err)
	want(t, options, c, map[string]string{
		"rp":   `{"name":"Example","id":"auth.example.com"}`,
		"user": `{"name":"marie@example.com","displayName":"Marie Curie","id":"` + base64url(marie.Handle) + `"}`,
		"pubKeyCredParams": `[{"type":"public-key","alg":-7},{"type":"public-key","alg":-8},` +
			`{"type":"public-key","alg":-257}]`,
		"authenticatorSelection": `{"residentKey":"preferred","userVerification":"preferred"}`,
		"attestation":            `"none"`,
		"excludeCredentials":     `[{"type":"public-key","id":"` + base64url(cred.CredentialID) + `","transports":["usb","nfc"]}]`,
		"extensions":             `{"credProps":true}`,
		"timeout":                "300000",
	})
	options, c, err = s.BeginSecond([]Credential{cred})
	options, c = begin(t, options, c, err)
	want(t, options, c, map[string]string{
		"rpId":             `"auth.example.com"`,
		"allowCredentials": `[{"type":"public-key","id":"` + base64url(cred.CredentialID) + `","transports":["usb","nfc"]}]`,
		"userVerification": `"preferred"`,
		"timeout":          "300000",
	})
	// Nothing to ask about somebody's credentials with.
	options, c, err = s.BeginDiscoverable()
	options, c = begin(t, options, c, err)
	want(t, options, c, map[string]string{
		"rpId": `"auth.example.com"`, "userVerification": `"required"`, "timeout": "300000",
	})
}

func want(t *testing.T, options []byte, c Ceremony, fields map[string]string) {
	t.Helper()
	var got map[string]json.RawMessage
	if err := json.Unmarshal(options, &got); err != nil {
		t.Fatal(err)
	}
	fields["challenge"] = `"` + base64url(c.Challenge) + `"`
	for name, text := range fields {
		if string(got[name]) != text {
			t.Errorf("%s is %s, expected %s", name, got[name], text)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("asked for more: %s", got)
	}
	if len(c.Challenge) != 32 {
		t.Errorf("a challenge of %d bytes", len(c.Challenge))
	}
}

func TestChallengesAreNeverTheSame(t *testing.T) {
	s, _ := service(t, origin)
	seen := map[string]bool{}
	for range 1000 {
		_, c, err := s.BeginDiscoverable()
		if err != nil || seen[string(c.Challenge)] {
			t.Fatal("a challenge twice", err)
		}
		seen[string(c.Challenge)] = true
	}
}

// The record of a proof takes the place of the old one, counter and all.
func TestCounterThatGoesBackIsAnEvent(t *testing.T) {
	s, _ := service(t, origin)
	key := device(t, virtualwebauthn.KeyTypeEC2)
	cred := registered(t, s, key, up|uv)
	for _, step := range []struct {
		count, stored uint32
		back          bool
	}{
		{0, 0, false}, // a device without a counter
		{7, 7, false},
		{8, 8, false},
		{8, 8, true}, // the same once more
		{5, 8, true}, // the copy
		{0, 8, true}, // a counter does not vanish
		{9, 9, false},
		{1 << 31, 1 << 31, false},
	} {
		_, c, err := s.BeginSecond([]Credential{cred})
		if err != nil {
			t.Fatal(err)
		}
		a := base("webauthn.get", origin, s.rpID, c.Challenge, key)
		a.count = step.count
		p, err := s.Finish(c, []Credential{cred}, a.assertion(t))
		if err != nil || p.WentBack != step.back || p.SignCount != step.stored {
			t.Fatalf("%+v: %+v, %v", step, p, err)
		}
		cred.SignCount, cred.Data = p.SignCount, p.Data
	}
}

func TestAnswerCountsForFiveMinutes(t *testing.T) {
	s, clock := service(t, origin)
	key := device(t, virtualwebauthn.KeyTypeEC2)
	cred := registered(t, s, key, up|uv)
	_, c, err := s.BeginSecond([]Credential{cred})
	if err != nil {
		t.Fatal(err)
	}
	response := base("webauthn.get", origin, s.rpID, c.Challenge, key).assertion(t)
	clock.t = clock.t.Add(Lifetime - time.Nanosecond)
	if _, err := s.Finish(c, []Credential{cred}, response); err != nil {
		t.Errorf("within the time: %v", err)
	}
	clock.t = clock.t.Add(time.Nanosecond)
	if _, err := s.Finish(c, []Credential{cred}, response); Reason(err) != "expired" {
		t.Errorf("after it: %v", err)
	}
	_, c, err = s.BeginRegistration(marie, nil)
	if err != nil {
		t.Fatal(err)
	}
	clock.t = clock.t.Add(Lifetime)
	response = base("webauthn.create", origin, s.rpID, c.Challenge, device(t, virtualwebauthn.KeyTypeEC2)).registration(t)
	if _, err := s.FinishRegistration(c, marie, response); Reason(err) != "expired" {
		t.Errorf("a registration after it: %v", err)
	}
}

// A key removed while the browser asked for it is gone; the others still answer.
func TestOtherKeyMayBeRemovedMeanwhile(t *testing.T) {
	s, _ := service(t, origin)
	key := device(t, virtualwebauthn.KeyTypeEC2)
	kept, removed := registered(t, s, key, up|uv), registered(t, s, device(t, virtualwebauthn.KeyTypeEC2), up|uv)
	_, c, err := s.BeginSecond([]Credential{kept, removed})
	if err != nil {
		t.Fatal(err)
	}
	response := base("webauthn.get", origin, s.rpID, c.Challenge, key).assertion(t)
	if _, err := s.Finish(c, []Credential{kept}, response); err != nil {
		t.Errorf("the one kept: %v", err)
	}
	if _, err := s.Finish(c, []Credential{removed}, response); Reason(err) != "credential_unknown" {
		t.Errorf("the one removed: %v", err)
	}
}

// The browser makes it without a touch, where that was begun and nowhere else.
func TestUpgradeNeedsNoTouch(t *testing.T) {
	s, _ := service(t, origin)
	key := device(t, virtualwebauthn.KeyTypeEC2)
	for reason, begin := range map[string]func(User, []Credential) ([]byte, Ceremony, error){
		"": s.BeginUpgrade, "user_not_present": s.BeginRegistration,
	} {
		_, c, err := begin(marie, nil)
		if err != nil {
			t.Fatal(err)
		}
		a := base("webauthn.create", origin, s.rpID, c.Challenge, key)
		a.flags = 0
		cred, err := s.FinishRegistration(c, marie, a.registration(t))
		if Reason(err) != reason || (err == nil) != (reason == "") {
			t.Errorf("expected %q, got %v, %+v", reason, err, cred)
		}
	}
}
