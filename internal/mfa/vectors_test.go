package mfa

import (
	"testing"
	"time"

	"github.com/pquerna/otp"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

func TestHOTPValuesOfRFC4226(t *testing.T) {
	cases := vectors.HOTP()
	if len(cases) != 10 {
		t.Fatalf("%d values", len(cases))
	}
	for _, c := range cases {
		if got := codeAt(secret.New(c.Seed), int64(c.Step), ours); got != c.Code {
			t.Errorf("counter %d: %s instead of %s", c.Step, got, c.Code)
		}
	}
}

func TestTOTPValuesOfRFC6238(t *testing.T) {
	algorithms := map[string]otp.Algorithm{
		"SHA1": otp.AlgorithmSHA1, "SHA256": otp.AlgorithmSHA256, "SHA512": otp.AlgorithmSHA512,
	}
	cases := vectors.TOTP()
	if len(cases) != 18 {
		t.Fatalf("%d values", len(cases))
	}
	for _, c := range cases {
		now := time.Unix(c.Unix, 0)
		if got := stepAt(now); got != int64(c.Step) {
			t.Errorf("%d s are step %d instead of %d", c.Unix, got, c.Step)
		}
		if got := codeAt(secret.New(c.Seed), stepAt(now), profile{8, algorithms[c.Algorithm]}); got != c.Code {
			t.Errorf("%s at %d s: %s instead of %s", c.Algorithm, c.Unix, got, c.Code)
		}
		// Six digits of SHA-1 are the last six of eight: what Match takes.
		if v := Match(secret.New(c.Seed), c.Code[2:], now, 0); v.OK != (c.Algorithm == "SHA1") {
			t.Errorf("%s at %d s: Match says %+v", c.Algorithm, c.Unix, v)
		}
	}
}
