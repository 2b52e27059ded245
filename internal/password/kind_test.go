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
		{"argon2i", "$argon2i$v=19$m=19456,t=2,p=1$" + rest, "$argon2i$v=19$m=19456,t=2,p=1$", ""},
		{"a variant that is not for passwords", "$argon2d$v=19$m=19456,t=2,p=1$" + rest, "", HashUnknown},
		{"PBKDF2", "$pbkdf2-sha256$i=600000$" + rest, "$pbkdf2-sha256$i=600000$", ""},
		{"PBKDF2, greatest", "$pbkdf2-sha512$i=2000000$" + rest, "$pbkdf2-sha512$i=2000000$", ""},
		{"PBKDF2, above", "$pbkdf2-sha1$i=2000001$" + rest, "", HashTooExpensive},
		{"PBKDF2, an hour of work", "$pbkdf2-sha256$i=1000000000$" + rest, "", HashTooExpensive},
		{"PBKDF2, overflow", "$pbkdf2-sha256$i=18446744073709551617$" + rest, "", HashUnknown},
		{"PBKDF2, no iteration", "$pbkdf2-sha256$i=0$" + rest, "", HashUnknown},
		{"PBKDF2 of another digest", "$pbkdf2-md5$i=1000$" + rest, "", HashUnknown},
		{"PBKDF2, key longer than a block", "$pbkdf2-sha1$i=1000$" + rest, "", HashUnknown},
		{"PBKDF2, no salt", "$pbkdf2-sha256$i=1000$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "", HashUnknown},
		{"PBKDF2, empty key", "$pbkdf2-sha256$i=1000$c29tZXNhbHQ$", "", HashUnknown},
		{"scrypt", "$scrypt$ln=14,r=8,p=5$" + rest, "$scrypt$ln=14,r=8,p=5$", ""},
		{"scrypt, greatest", "$scrypt$ln=18,r=8,p=1$" + rest, "$scrypt$ln=18,r=8,p=1$", ""},
		{"scrypt, above", "$scrypt$ln=18,r=8,p=2$" + rest, "", HashTooExpensive},
		{"scrypt, all memory there is", "$scrypt$ln=63,r=8,p=1$" + rest, "", HashTooExpensive},
		{"scrypt, many lanes", "$scrypt$ln=1,r=1,p=999999999$" + rest, "", HashTooExpensive},
		{"Django's bcrypt", "$bcrypt-hexsha256$r=12$" + tail[:22] + "$" + tail[22:], "$bcrypt-hexsha256$r=12$", ""},
		{"Django's bcrypt, too dear", "$bcrypt-hexsha256$r=15$" + tail[:22] + "$" + tail[22:], "", HashTooExpensive},
		{"Django's bcrypt, cut off", "$bcrypt-hexsha256$r=12$" + tail[:22] + "$" + tail[23:], "", HashUnknown},
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
		{"argon2i to argon2id", kind{algorithm: argon2i, argon: Params{1 << 18, 10, 1}}, argon(19456, 2, 1), true},
		{"PBKDF2 to argon2id", kind{algorithm: pbkdf2SHA512, cost: maxIterations}, argon(19456, 2, 1), true},
		{"PBKDF2 to bcrypt", kind{algorithm: pbkdf2SHA512, cost: maxIterations}, bc(12), true},
		{"lanes are no strength", argon(9728, 2, 4), argon(19456, 2, 1), true},
	} {
		if got := c.old.weaker(c.want); got != c.weaker {
			t.Errorf("%s: weaker is %v, want %v", c.name, got, c.weaker)
		}
	}
}
