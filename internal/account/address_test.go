package account

import (
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

func TestSpellingsOfOneAddressAreOne(t *testing.T) {
	for want, spellings := range map[string][]string{
		"ada@example.com": {
			"ada@example.com", "Ada@Example.COM", "  ada@example.com\t\n", "\u00a0ada@example.com\u2003", "ADA@EXAMPLE.com",
			"ada@ｅｘａｍｐｌｅ.com", "ada@example。com", // what a browser makes of such a host
		},
		"jos\u00e9@example.com": {"jos\u00e9@example.com", "jose\u0301@example.com", "JOS\u00c9@example.com", "JOSE\u0301@EXAMPLE.com"},
		"ada@xn--bcher-kva.example": {
			"ada@bücher.example", "ada@BÜCHER.example", "ada@bu\u0308cher.example", "ada@xn--bcher-kva.example", "ada@XN--BCHER-KVA.example",
		},
		"ada+shop@example.com":    {"Ada+Shop@example.com"}, // a tag is a part of the address
		"a.d.a@localhost":         {"A.D.A@localhost"},
		"o'neil@example.com":      {"O'Neil@example.com"},
		"!#$%&'*+-/=?^_`{|}~@x.y": {"!#$%&'*+-/=?^_`{|}~@x.y"},
	} {
		for _, s := range spellings {
			got, err := Canonical(s)
			if err != nil || got != want {
				t.Errorf("%q became %q, %v; want %q", s, got, err, want)
			}
			if again, err := Canonical(got); err != nil || again != got {
				t.Errorf("%q is not its own canonical form: %q, %v", got, again, err)
			}
		}
	}
}

func TestWhatIsNotOnePlainAddressIsRefused(t *testing.T) {
	for _, c := range []struct{ name, address, code string }{
		{"nothing", "", "required"},
		{"blanks", " \t\u00a0", "required"},
		{"no at-sign", "ada", "not_an_address"},
		{"two at-signs", "ada@evil.example@example.com", "not_an_address"},
		{"two addresses", "ada@example.com,eve@evil.example", "not_an_address"},
		{"two addresses, by a semicolon", "ada@example.com;eve@evil.example", "not_an_address"},
		{"a name in front", "Ada <ada@example.com>", "not_an_address"},
		{"quoted", `"ada eve"@example.com`, "not_an_address"},
		{"quoted at-sign", `"eve@evil.example"@example.com`, "not_an_address"},
		{"a comment", "ada(x)@example.com", "not_an_address"},
		{"a blank inside", "ad a@example.com", "not_an_address"},
		{"a header after it", "ada@example.com\r\nBcc: eve@evil.example", "not_an_address"},
		{"a NUL", "ada\x00@example.com", "not_an_address"},
		{"a NUL at the end", "ada@example.com\x00", "not_an_address"},
		// Looks like Ada's address, and is another one.
		{"zero width", "ada\u200b@example.com", "not_an_address"},
		{"right to left", "ada\u202e@example.com", "not_an_address"},
		{"soft hyphen", "a\u00adda@example.com", "not_an_address"},
		{"no local part", "@example.com", "not_an_address"},
		{"no host", "ada@", "not_an_address"},
		{"a dot too many", "a..da@example.com", "not_an_address"},
		{"a dot in front", ".ada@example.com", "not_an_address"},
		{"a dot at the end", "ada.@example.com", "not_an_address"},
		{"an address literal", "ada@[192.0.2.1]", "not_an_address"},
		{"an empty label", "ada@example..com", "not_an_address"},
		{"a root dot", "ada@example.com.", "not_an_address"},
		{"an underscore", "ada@exa_mple.com", "not_an_address"},
		{"a port", "ada@example.com:25", "not_an_address"},
		{"a broken A-label", "ada@xn--zzzzzzz-.example", "not_an_address"},
		{"bytes that are no text", "ada\xff@example.com", "not_an_address"},
		{"local part of 65", strings.Repeat("a", 65) + "@example.com", "not_an_address"},
		{"more than 254", strings.Repeat("a", 64) + "@" + strings.Repeat("b23456789.", 19) + "example.com", "not_an_address"},
		{"endless", strings.Repeat("a", 1<<20), "not_an_address"},
	} {
		got, err := Canonical(c.address)
		f := fault.From(err)
		if err == nil || got != "" || f.Code != api.CodeValidationFailed || f.Fields[0].Pointer != "/email" || f.Fields[0].Code != c.code {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

func TestLongestAddressIsTaken(t *testing.T) {
	local, domain := strings.Repeat("a", 64), strings.Repeat("b23456789.", 18)+"e.example"
	if len(local)+1+len(domain) != 254 {
		t.Fatal(len(local) + 1 + len(domain))
	}
	if _, err := Canonical(local + "@" + domain); err != nil {
		t.Error(err)
	}
}

// The form must be final: whoever looks an account up by it later must find it.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"ada@example.com", "Jose\u0301@BÜCHER.example", "ß@ß.de", "İ@example.com", "ſ@example.com", "a@xn--a", "@", " a@b "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		once, err := Canonical(address)
		if err != nil {
			return
		}
		twice, err := Canonical(once)
		if err != nil || twice != once {
			t.Errorf("%q became %q and then %q, %v", address, once, twice, err)
		}
		if upper, err := Canonical(strings.ToUpper(once)); err == nil && upper != once && strings.ToLower(strings.ToUpper(once)) == once {
			t.Errorf("%q in capitals is %q", once, upper)
		}
		if strings.Count(once, "@") != 1 || len(once) > maxAddress || strings.ContainsAny(once, " \t\r\n\x00,;<>\"") {
			t.Errorf("%q is no plain address", once)
		}
	})
}
