package vectors_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

func TestJSONTestSuiteIsWhole(t *testing.T) {
	count, raw := map[vectors.Expectation]int{}, 0
	seen := map[string]bool{}
	for _, c := range vectors.JSONTestSuite() {
		count[c.Expect]++
		if seen[c.Name] {
			t.Errorf("%s is there twice", c.Name)
		}
		seen[c.Name] = true
		if !utf8.Valid(c.Body) {
			raw++
		}
	}
	if count[vectors.Accept] != 95 || count[vectors.Reject] != 188 || count[vectors.Either] != 35 {
		t.Errorf("95 to accept, 188 to reject and 35 free are known, got %v", count)
	}
	// Lost bytes would show as U+FFFD, which is valid UTF-8.
	if raw < 20 {
		t.Errorf("only %d texts are not UTF-8: bytes were lost", raw)
	}
}

// The decoder of tokens and of request bodies reads JSON exactly as RFC 8259
// does, except that it refuses a name twice (y_object_duplicated_key*), which
// RFC 7519 section 4 allows and RFC 8725 section 2.6 is the reason for.
func TestOurJSONDecoderAgreesWithTheSuite(t *testing.T) {
	for _, c := range vectors.JSONTestSuite() {
		var v any
		err := json.Unmarshal(c.Body, &v)
		switch {
		case strings.HasPrefix(c.Name, "y_object_duplicated_key"):
			if err == nil {
				t.Errorf("%s: a name twice was accepted", c.Name)
			}
		case c.Expect == vectors.Accept && err != nil:
			t.Errorf("%s must be accepted: %v", c.Name, err)
		case c.Expect == vectors.Reject && err == nil:
			t.Errorf("%s must be refused", c.Name)
		case err == nil && !jsontext.Value(c.Body).IsValid():
			t.Errorf("%s is read and invalid at once", c.Name)
		}
	}
}

func TestHMACOfThePlatformMatchesRFC4231(t *testing.T) {
	for _, c := range vectors.HMACSHA256() {
		m := hmac.New(sha256.New, c.Key)
		m.Write(c.Data)
		if sum := m.Sum(nil); !bytes.Equal(sum[:len(c.Tag)], c.Tag) {
			t.Errorf("%s: got %x", c.Name, sum)
		}
	}
}

// secret.Sum is plain HMAC-SHA256 over length, field, length, field: the RFC's
// keys and data through it give what the RFC's function gives for that framing.
func TestSumIsHMACOverLengthPrefixedFields(t *testing.T) {
	for _, c := range vectors.HMACSHA256() {
		framed := binary.BigEndian.AppendUint64(nil, uint64(len(c.Data)))
		framed = append(framed, c.Data...)
		m := hmac.New(sha256.New, c.Key)
		m.Write(framed)
		if got := secret.Sum(secret.New(c.Key), c.Data); !bytes.Equal(got, m.Sum(nil)) {
			t.Errorf("%s: secret.Sum gives %x", c.Name, got)
		}
		if bytes.Equal(secret.Sum(secret.New(c.Key), c.Data[:1], c.Data[1:]), m.Sum(nil)) {
			t.Errorf("%s: two fields sum as one", c.Name)
		}
	}
}

func TestValidJWSVectorsCarryARightTag(t *testing.T) {
	valid := 0
	for _, c := range vectors.JWS() {
		if !c.Valid {
			continue
		}
		valid++
		dot := strings.LastIndexByte(c.Compact, '.')
		m := hmac.New(sha256.New, c.Key)
		m.Write([]byte(c.Compact[:dot]))
		if got := base64.RawURLEncoding.EncodeToString(m.Sum(nil)); got != c.Compact[dot+1:] {
			t.Errorf("%s: the tag computes to %s", c.Name, got)
		}
	}
	if valid != 3 {
		t.Errorf("two signatures of RFCs and one of Wycheproof are known, got %d", valid)
	}
}

// The MACs of the program stand on this function of the library.
func TestWycheproofHMAC(t *testing.T) {
	for _, c := range vectors.WycheproofHMAC() {
		m := hmac.New(sha256.New, c.Key)
		m.Write(c.Data)
		if got := secret.New(m.Sum(nil)).Equal(secret.New(c.Tag)); got != c.Valid {
			t.Errorf("%s: the tag is taken for right: %t", c.Name, got)
		}
	}
}

// A second identity from a second canonicalisation is how case and Unicode
// tricks work (CVE-2025-6004): what went through once must not change again.
func TestCanonicalAddressIsIdempotentOnNaughtyStrings(t *testing.T) {
	strange := vectors.NaughtyStrings()
	if len(strange) < 480 {
		t.Fatalf("only %d naughty strings", len(strange))
	}
	for _, s := range strange {
		for _, address := range []string{s, s + "@example.com", "a@" + s, s + "@" + s} {
			once, err := account.Canonical(address)
			if err != nil {
				continue
			}
			twice, err := account.Canonical(once)
			if err != nil || twice != once {
				t.Errorf("%q became %q, then %q (%v)", address, once, twice, err)
			}
		}
	}
}
