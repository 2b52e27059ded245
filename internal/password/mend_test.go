package password

import (
	"strings"
	"testing"
)

const (
	someBcrypt = "$2b$04$abcdefghijklmnopqrstuuN9qo8uLOickgx2ZMRZoMyeIjZAgcfl7"
	someArgon  = "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

func TestWhatIsOnlyWrappedIsMended(t *testing.T) {
	for _, want := range []string{someBcrypt, someArgon} {
		for name, wrap := range map[string]func(string) string{
			"nothing":         func(s string) string { return s },
			"a line break":    func(s string) string { return s + " \n" },
			"blanks":          func(s string) string { return "  " + s + "\t" },
			"Python's bytes":  func(s string) string { return "b'" + s + "'" },
			"quotes":          func(s string) string { return `"` + s + `"` },
			"padding":         func(s string) string { return s + "    " },
			"doubled dollars": func(s string) string { return strings.ReplaceAll(s, "$", "$$") },
			"Spring":          func(s string) string { return map[bool]string{true: "{bcrypt}", false: "{argon2}"}[s[1] == '2'] + s },
			"Django":          func(s string) string { return map[bool]string{true: "bcrypt$", false: "argon2"}[s[1] == '2'] + s },
		} {
			if got, ok := Mend(wrap(want)); !ok || got != want {
				t.Errorf("%s: %q, %v", name, got, ok)
			}
		}
	}
}

func TestWhatIsNoHashIsNotMended(t *testing.T) {
	for _, text := range []string{
		"", " ", "hunter2", "b'hunter2'", someBcrypt[:59], someBcrypt + "x", strings.Replace(someBcrypt, "$04", "$15", 1),
		"5f4dcc3b5aa765d61d8327deb882cf99", strings.ReplaceAll(someBcrypt, "$", ""), "bcrypt_sha512$" + someBcrypt, `\x6869`,
	} {
		got, ok := Mend(text)
		if ok {
			t.Errorf("%q became %q", text, got)
		}
		if said := Describe(text); said == "" || len(text) > 3 && strings.Contains(said, text) {
			t.Errorf("%q is told as %q", text, said)
		}
	}
}
