package password

import (
	"strings"
	"testing"
)

func TestOnlyBoundedHashesMayRun(t *testing.T) {
	tail := strings.Repeat("A", 53)
	const rest = "c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, c := range []struct{ name, hash, kind, unusable string }{
		{"empty", "", "", HashEmpty},
		{"2a", "$2a$10$" + tail, "$2b$10$", ""},
		{"2b", "$2b$10$" + tail, "$2b$10$", ""},
		{"2y", "$2y$10$" + tail, "$2b$10$", ""},
		{"the broken variant of crypt_blowfish", "$2x$10$" + tail, "", HashUnknown},
		{"first revision", "$2$10$" + tail, "", HashUnknown},
		{"least cost", "$2b$04$" + tail, "$2b$04$", ""},
		{"below the least cost", "$2b$03$" + tail, "", HashUnknown},
		{"greatest cost", "$2b$14$" + tail, "$2b$14$", ""},
		{"above the greatest cost", "$2b$15$" + tail, "", HashTooExpensive},
		{"a day of work", "$2b$31$" + tail, "", HashTooExpensive},
		{"no such cost", "$2b$32$" + tail, "", HashUnknown},
		{"truncated by a column", "$2b$10$" + tail[1:], "", HashUnknown},
		{"something after it", "$2b$10$" + tail + "\n", "", HashUnknown},
		{"pwdlib", "$argon2id$v=19$m=65536,t=3,p=4$" + rest, "$argon2id$v=19$m=65536,t=3,p=4$", ""},
		{"greatest", "$argon2id$v=19$m=262144,t=10,p=16$" + rest, "$argon2id$v=19$m=262144,t=10,p=16$", ""},
		{"too much memory", "$argon2id$v=19$m=262145,t=1,p=1$" + rest, "", HashTooExpensive},
		{"too many passes", "$argon2id$v=19$m=19456,t=11,p=1$" + rest, "", HashTooExpensive},
		{"too many lanes", "$argon2id$v=19$m=19456,t=2,p=17$" + rest, "", HashTooExpensive},
		{"overflow", "$argon2id$v=19$m=4294967297,t=2,p=1$" + rest, "", HashUnknown},
		{"no passes", "$argon2id$v=19$m=19456,t=0,p=1$" + rest, "", HashUnknown},
		{"less memory than lanes need", "$argon2id$v=19$m=31,t=2,p=4$" + rest, "", HashUnknown},
		{"a second spelling of a number", "$argon2id$v=19$m=019456,t=2,p=1$" + rest, "", HashUnknown},
		{"older version", "$argon2id$v=16$m=19456,t=2,p=1$" + rest, "", HashUnknown},
		{"other variant", "$argon2i$v=19$m=19456,t=2,p=1$" + rest, "", HashUnknown},
		{"no key", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ", "", HashUnknown},
		{"key of a few bits", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$AAAA", "", HashUnknown},
		{"empty key, which equals every empty key", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$", "", HashUnknown},
		{"plain text", "correct horse battery", "", HashUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			if kind, unusable := Kind(c.hash); kind != c.kind || unusable != c.unusable {
				t.Errorf("Kind gives %q, %q; want %q, %q", kind, unusable, c.kind, c.unusable)
			}
		})
	}
}

func TestOnlyWeakerHashesAreUpgraded(t *testing.T) {
	argon := func(m, t uint32, p uint8) kind { return kind{algorithm: Argon2id, argon: Params{m, t, p}} }
	bc := func(cost int) kind { return kind{algorithm: Bcrypt, cost: cost} }
	for _, c := range []struct {
		name      string
		old, want kind
		weaker    bool
	}{
		{"bcrypt to argon2id", bc(14), argon(19456, 2, 1), true},
		{"argon2id never to bcrypt", argon(19456, 2, 1), bc(12), false},
		{"bcrypt of less cost", bc(10), bc(12), true},
		{"bcrypt of more cost", bc(13), bc(12), false},
		{"the same", argon(19456, 2, 1), argon(19456, 2, 1), false},
		{"fewer passes", argon(19456, 1, 1), argon(19456, 2, 1), true},
		{"pwdlib's is dearer than ours", argon(65536, 3, 4), argon(19456, 2, 1), false},
		{"lanes are no strength", argon(9728, 2, 4), argon(19456, 2, 1), true},
	} {
		if got := c.old.weaker(c.want); got != c.weaker {
			t.Errorf("%s: weaker is %v, want %v", c.name, got, c.weaker)
		}
	}
}
