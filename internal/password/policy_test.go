package password

import (
	"compress/gzip"
	"io"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/aiwfe/aiwfe-auth/api"
)

func policy(t testing.TB, o PolicyOptions) *Policy {
	t.Helper()
	if o.ProductNames == nil {
		o.ProductNames = []string{"aiwfe", "auth.aiwfe.example"}
	}
	p, err := NewPolicy(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func verdict(p *Policy, password string, secondFactor bool, about ...string) string {
	f := p.Refuse(password, secondFactor, about...)
	if f == nil {
		return ""
	}
	return f.Fields[0].Code
}

func TestNewPasswords(t *testing.T) {
	const alone, factor = false, true
	p := policy(t, PolicyOptions{})
	for _, c := range []struct {
		name, password string
		factor         bool
		want           string
	}{
		{"14", "correct horse ", alone, codeTooShort},
		{"15", "correct horse b", alone, ""},
		{"7 with a factor", "kx7qpw2", factor, codeTooShort},
		{"8 with a factor", "kx7qpw2m", factor, ""},
		{"8 without", "kx7qpw2m", alone, codeTooShort},
		{"14 emoji", strings.Repeat("😀", 14), alone, codeTooShort},
		{"15 emoji", strings.Repeat("😀", 15), alone, ""},
		{"14 only in NFC", norm.NFD.String(strings.Repeat("é", 14)), alone, codeTooShort},
		{"blanks count and stay", "   correct h   ", alone, ""},
		{"all lower case", "allinlowercasewords", alone, ""},
		{"words and blanks", "all lower case words here", alone, ""},
		{"digits only, at random", "830175926448137", alone, ""},
		{"64 CJK", strings.Repeat("中", 64), alone, ""},
		{"256", strings.Repeat("中", 256), alone, ""},
		{"257", strings.Repeat("中", 257), alone, codeTooLong},
		{"1 MiB", strings.Repeat("x", 1<<20), alone, codeTooLong},
		{"NUL", "correct horse\x00 battery", alone, codeNotText},
		{"no UTF-8", "correct horse\xff battery", alone, codeNotText},
		{"damaged on the way", "correct horse \ufffd battery", alone, codeNotText},
		{"tab", "correct horse\tbattery", alone, ""},

		{"common", "password1", factor, codeTooCommon},
		{"common in capitals", "PASSWORD1", factor, codeTooCommon},
		{"leet", "p@$$w0rd", factor, codeTooCommon},
		{"twice", "passwordpassword", alone, codeTooCommon},
		{"twice, with a joint", "password-password", alone, codeTooCommon},
		{"cut off in the second copy", "passwordpasswor", alone, codeTooCommon},
		{"eight times", strings.Repeat("password", 8), alone, codeTooCommon},
		{"padded with digits", "Password1234567!", alone, codeTooCommon},
		{"padded with blanks", "   password    ", alone, codeTooCommon},
		{"one letter", "aaaaaaaaaaaaaaa", alone, codeTooCommon},
		{"one letter and a digit", "zzzzzzzzzzzzzzzz1", alone, codeTooCommon},
		{"three letters", "abcabcabcabcabc", alone, codeTooCommon},
		{"alphabet", "abcdefghijklmnopq", alone, codeTooCommon},
		{"numbers", "1234567890123456", alone, codeTooCommon},
		{"backwards", "9876543210987654", alone, codeTooCommon},
		{"keyboard", "zxcvbnmasdfghjkl", alone, codeTooCommon},
		{"keyboard up and down", "1qaz2wsx3edc4rfv", alone, codeTooCommon},
		{"season and year", "Winter2025!Winter2025!", alone, codeTooCommon},
		{"long and stolen", "polniypizdec110211", alone, codeTooCommon},

		{"address", "marie.curie@example.com", alone, codeAboutYou},
		{"local part and a year", "Marie.Curie-2025", alone, codeAboutYou},
		{"its parts together", "mariecurie123456", alone, codeAboutYou},
		{"domain", "example-example-1!", alone, codeAboutYou},
		{"product", "aiwfe-aiwfe-12345", alone, codeAboutYou},
		{"host of the server", "auth.aiwfe.example1", alone, codeAboutYou},
		{"product and a common word", "aiwfe-password-123", alone, codeTooCommon},
		{"about, with enough besides", "marie keeps seven blue kettles", alone, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := verdict(p, c.password, c.factor, "marie.curie@example.com"); got != c.want {
				t.Errorf("%q: got %q, want %q", c.password, got, c.want)
			}
		})
	}
}

func TestBcryptLimitIsToldWhenAPasswordIsSet(t *testing.T) {
	p := policy(t, PolicyOptions{Algorithm: Bcrypt})
	words := "seven blue kettles on a long shelf by the window and a red one on a chair"
	if got := verdict(p, words[:72], false); got != "" {
		t.Errorf("72 bytes: %q", got)
	}
	if got := verdict(p, words[:73], false); got != codeForBcrypt {
		t.Errorf("73 bytes: %q", got)
	}
	if got := verdict(p, strings.Repeat("中", 25), false); got != codeForBcrypt {
		t.Errorf("25 code points of three bytes: %q", got)
	}
}

// The list of the test comes from another collection than the embedded ones.
func TestFirstThreeThousandAreRefused(t *testing.T) {
	f, err := os.Open("testdata/first3000.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Split(string(b), "\n")
	if len(words) != 3000 {
		t.Fatalf("the list has %d words", len(words))
	}
	p := policy(t, PolicyOptions{})
	variants := map[string]func(string) string{
		"as it is":         func(s string) string { return s },
		"in capitals":      strings.ToUpper,
		"first capital":    func(s string) string { return strings.ToUpper(s[:1]) + s[1:] },
		"said three times": func(s string) string { return strings.Repeat(s, 3) },
		"and 1!":           func(s string) string { return s + "1!" },
	}
	for name, vary := range variants {
		through := 0
		for _, w := range words {
			if p.Refuse(vary(w), true) == nil {
				through++
			}
		}
		if through > 30 {
			t.Errorf("%s: %d of 3000 pass", name, through)
		}
	}
}

func TestRandomPasswordsPass(t *testing.T) {
	// A fixed generator: the figure must be the same in every run.
	seed := uint32(1)
	next := func(n int) int { seed = seed*1664525 + 1013904223; return int(seed>>8) % n }
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	p := policy(t, PolicyOptions{})
	refused := 0
	for range 5000 {
		b := make([]byte, 10)
		for i := range b {
			b[i] = letters[next(len(letters))]
		}
		if p.Refuse(string(b), true) != nil {
			refused++
		}
	}
	if refused > 5 {
		t.Errorf("%d of 5000 random passwords are refused", refused)
	}
}

func TestRefusalNamesTheFieldAndNeverThePassword(t *testing.T) {
	p := policy(t, PolicyOptions{}).At("/new_password")
	f := p.Refuse("Password1234567!", false)
	if f == nil || f.Code != api.CodePasswordRefused || f.Fields[0].Pointer != "/new_password" {
		t.Fatalf("got %+v", f)
	}
	if strings.Contains(strings.ToLower(f.Detail+f.Fields[0].Detail+f.Error()), "password1234567") {
		t.Error("the refusal holds the password")
	}
}

func TestWrongPolicyIsRefused(t *testing.T) {
	for _, o := range []PolicyOptions{
		{MinLength: 7},
		{MinLengthWithFactor: 4},
		{MaxLength: 63},
		{MaxLength: 257},
		{MinLength: 65},
		{MinLength: 10, MinLengthWithFactor: 12},
		{Algorithm: "md5"},
	} {
		if _, err := NewPolicy(o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestDamagedListIsNoticed(t *testing.T) {
	for n := range 5 {
		if _, err := unpack(packedList[:len(packedList)-1-n*50000]); err == nil {
			t.Fatal("a list cut off is read")
		}
	}
}

func TestPeriod(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "a": "a", "aaaa": "a", "abab": "ab", "ababa": "ab", "abcabcab": "abc",
		"passwordpasswor": "password", "abcdab": "abcd", "abcdea": "abcdea", "correct": "correct",
	} {
		if got := period(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func FuzzRefuse(f *testing.F) {
	f.Add("correct horse battery", "marie@example.com")
	f.Add("\xff\x00中", "@")
	p := policy(f, PolicyOptions{})
	f.Fuzz(func(t *testing.T, password, about string) {
		if r := p.Refuse(password, true, about); r == nil && (!utf8.ValidString(password) || len(password) > MaxBytes) {
			t.Errorf("%q is accepted", password)
		}
	})
}
