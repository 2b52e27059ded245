package mfa

import (
	"net/url"
	"strings"
	"testing"

	"github.com/pquerna/otp"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

const seedInBase32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // as RFC 6238's seed is known everywhere

func TestSeedsHave160BitsAndDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		s := NewSeed()
		if s.Len() != 20 || len(Base32(s)) != 32 || seen[Base32(s)] {
			t.Fatalf("%d bytes, seen before: %t", s.Len(), seen[Base32(s)])
		}
		seen[Base32(s)] = true
	}
}

func TestSeedIsSpelledForAppsAndForPeople(t *testing.T) {
	if got := Base32(seed); got != seedInBase32 {
		t.Error(got)
	}
	if got := Grouped(seed); got != "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ" {
		t.Error(got)
	}
	if got := Grouped(secret.FromString("123")); got != "GEZD G" { // a last group that is not full
		t.Errorf("%q", got)
	}
}

func TestURIIsReadAsWasMeant(t *testing.T) {
	for _, c := range []struct{ issuer, account, label, issuerSaid, accountSaid string }{
		{"AIWFE", "ada@example.com", "AIWFE:ada%40example.com", "AIWFE", "ada@example.com"},
		{"My Company", "ada", "My%20Company:ada", "My Company", "ada"},
		{
			"Acme & Söhne", "jürgen+test@bücher.example", "Acme%20%26%20S%C3%B6hne:j%C3%BCrgen%2Btest%40b%C3%BCcher.example",
			"Acme & Söhne", "jürgen+test@bücher.example",
		},
		{"a=b?c#d/e%f", `"<x>"`, "a%3Db%3Fc%23d%2Fe%25f:%22%3Cx%3E%22", "a=b?c#d/e%f", `"<x>"`},
		{"Acme: Login", "host:8080", "Acme%20Login:host%208080", "Acme Login", "host 8080"}, // no colon can be told
		{" x\n", "a\tb", "x:a%20b", "x", "a b"},
	} {
		text := URI(c.issuer, c.account, seed)
		want := "otpauth://totp/" + c.label + "?secret=" + seedInBase32
		if !strings.HasPrefix(text, want+"&issuer=") || !strings.HasSuffix(text, "&algorithm=SHA1&digits=6&period=30") {
			t.Errorf("%s for %s: %s", c.issuer, c.account, text)
		}
		if strings.ContainsAny(text, "+ \"<>") {
			t.Errorf("not wholly escaped: %s", text)
		}
		key, err := otp.NewKeyFromURL(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if key.Type() != "totp" || key.Issuer() != c.issuerSaid || key.AccountName() != c.accountSaid ||
			key.Secret() != seedInBase32 || key.Digits() != 6 || key.Period() != 30 ||
			key.Algorithm() != otp.AlgorithmSHA1 {
			t.Errorf("%s is read as issuer %q, account %q", text, key.Issuer(), key.AccountName())
		}
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if q, err := url.ParseQuery(u.RawQuery); err != nil || len(q) != 5 || u.Fragment != "" {
			t.Errorf("%s has the parameters %v, %v", text, q, err)
		}
	}
}
