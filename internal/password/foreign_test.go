package password

import (
	"encoding/hex"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What others wrote of one password, by their own programs: Django 3.2, Passlib
// 1.7.4, hashlib of Python 3.11 and the argon2 command of the reference
// implementation.
var foreignHashes = []struct{ name, hash, kind string }{
	{"Django", "pbkdf2_sha256$1000$seasaltseasalt$cfcKhhxcNxLiYkdI3PmwvC7bkgo8NgNRqnZO52mB1Rg=", "$pbkdf2-sha256$i=1000$"},
	{"Django, of a digest", "bcrypt_sha256$$2b$04$cPJrMvQE/DEzGNxwQtxXouAhucQcAcTABLDa5Nr8MPnaMFXGK31Ui", "$bcrypt-hexsha256$r=4$"},
	{"Django, argon2", "argon2$argon2id$v=19$m=64,t=2,p=8$c2Vhc2FsdHNlYXNhbHQ$SmrYq/L494gNPaaUvNHQ8Q", "$argon2id$v=19$m=64,t=2,p=8$"},
	{
		"Django, scrypt", "scrypt$16384$seasalt$8$1$SeFqIcfVoCQ85h5NbG3EpG8ZJwwKWu1+rKv1XMRmc3UIyHKqDpR7rR98Hm7A1fBSl9U5maL45wsoJFnVK2bpuQ==",
		"$scrypt$ln=14,r=8,p=1$",
	},
	{"Passlib, SHA-1", "$pbkdf2$1000$VMq5V.rde09pbe19TwlBaA$Z.VAPtMbXgSp9jhfChsK7KVDR3o", "$pbkdf2-sha1$i=1000$"},
	{"Passlib, SHA-256", "$pbkdf2-sha256$1000$PIfQmnOuFeL8H.NcK6XUGg$d1dktUkh2YeMVi3tL8CvE1B9XczUMieOTmQ5JxBg3io", "$pbkdf2-sha256$i=1000$"},
	{
		"Passlib, SHA-512", "$pbkdf2-sha512$1000$.t97j9F6z5kzRujde2/tvQ$glFMbwv/27Jcy0niS8D/2N815y8SMYEwoTFVwQGAzjs.9LFq8MqeO1mtAMQvyxxPJe7YFQboOGSzZUzaYBSfkw",
		"$pbkdf2-sha512$i=1000$",
	},
	{"Passlib, scrypt", "$scrypt$ln=8,r=8,p=1$ZUwJYcy5V+p9rzVGCOH8fw$lGRCOWnvwKAB1470b91WrsEzbpmFtZx4uP5VIFbAChM", "$scrypt$ln=8,r=8,p=1$"},
	{
		"Kratos, a key of four blocks", "$pbkdf2-sha256$i=1000,l=128$2ez/gpm3APTEId9EeSRwcg$vYh4LPM8XUX8g4lCco3sQm15OziOMHAtOgusIq7Cy5vrUTZWk4lCj7Dd1hF/aIoIGXfmnBdCDUfGShTnw68HGudEWzpnI+p9STH+qK73v1gLsIythV0fZQtZ+fj/TinNF1uJ0yHYxhDz8unKWM60bSeBxDcg44oVMvlXnvIJkak",
		"$pbkdf2-sha256$i=1000$",
	},
	{"Kratos, scrypt", "$scrypt$ln=1024,r=8,p=1$2ez/gpm3APTEId9EeSRwcg==$sVyh+aZJFnYcWcc0moOMBqWPsfrmjf+eiLmM0QZtCDM=", "$scrypt$ln=10,r=8,p=1$"},
	{"Werkzeug", "pbkdf2:sha256:1000$saltySALT$1edfcf4e6a87c23656d008010a56bdfda08e104b84fec8cfa69f442ea7babc59", "$pbkdf2-sha256$i=1000$"},
	{
		"Werkzeug, scrypt", "scrypt:1024:8:1$saltySALT$1182393b745700fbc3c9e5b72c9641ef2d54e2b904d50be6f077656d4b32b12cbfa66cd969807ec5e26dfbee272d777f23b560aaec3e04ae54d23ca97cbd8e4d",
		"$scrypt$ln=10,r=8,p=1$",
	},
	{"argon2i", "$argon2i$v=19$m=512,t=2,p=2$c29tZXNhbHQ$KGvUiTeaKXKyFuOMD4k2RLUd0EWRsS0f3j5aZ5QU0sQ", "$argon2i$v=19$m=512,t=2,p=2$"},
	{"argon2id", "$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHQ$V4PsNHM7YrOYqjXZDdFKofnlfvb/n0JCo14YSZrjV3A", "$argon2id$v=19$m=7168,t=5,p=1$"},
}

func TestHashesOfOtherProgramsVerifyAndAreUpgraded(t *testing.T) {
	const right = "correct horse battery"
	h := hasher(t, Options{Upgrade: true, Argon: Params{Memory: 1 << 17, Time: 2, Lanes: 1}})
	for _, c := range foreignHashes {
		t.Run(c.name, func(t *testing.T) {
			kept := Convert(c.hash)
			if kind, unusable := Kind(kept); kind != c.kind || unusable != "" {
				t.Fatalf("%q is of kind %q, %q", kept, kind, unusable)
			}
			if again := Convert(kept); again != kept {
				t.Errorf("what is kept becomes %q", again)
			}
			if mended, ok := Mend(c.hash); !ok || mended != kept {
				t.Errorf("mended to %q, %v", mended, ok)
			}
			if len(kept) > 255 {
				t.Errorf("%d characters do not fit into the column of another system", len(kept))
			}
			if r := check(t, h, kept, right); !r.OK || !r.Upgrade {
				t.Errorf("the right password: %+v", r)
			}
			for _, wrong := range []string{right + " ", right + "\x00", "Correct horse battery", "", right + strings.Repeat("x", 100)} {
				if r := check(t, h, kept, wrong); r.OK || r.Unusable != "" {
					t.Errorf("%q: %+v", wrong, r)
				}
			}
		})
	}
}

// Django gives bcrypt a digest, so that all of a long password counts.
func TestTailOfALongPasswordCountsInDjango(t *testing.T) {
	h := hasher(t, Options{})
	kept := Convert("bcrypt_sha256$$2b$04$t2VSXGyLCCY6m11BFmvmfOwu1xsHxFTIIGpgKNrkirCXsJwaxoL..")
	if !check(t, h, kept, strings.Repeat("x", 100)).OK || check(t, h, kept, strings.Repeat("x", 99)+"y").OK {
		t.Error("a password of 100 bytes is not checked whole")
	}
}

// RFC 6070 for SHA-1, RFC 7914 section 11 for SHA-256 and section 12 for scrypt.
func TestPublicVectorsOfForeignHashes(t *testing.T) {
	pbkdf2 := func(algorithm string, cost int) kind { return kind{algorithm: algorithm, cost: cost} }
	scrypt := func(logN, r, p uint8) kind { return kind{algorithm: scryptName, scrypt: scryptParams{logN, r, p}} }
	for _, c := range []struct {
		k                    kind
		password, salt, want string
	}{
		{pbkdf2(pbkdf2SHA1, 1), "password", "salt", "0c60c80f961f0e71f3a9b524af6012062fe037a6"},
		{pbkdf2(pbkdf2SHA1, 2), "password", "salt", "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
		{pbkdf2(pbkdf2SHA1, 4096), "password", "salt", "4b007901b765489abead49d926f721d065a429c1"},
		{
			pbkdf2(pbkdf2SHA1, 4096), "passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt",
			"3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038",
		},
		{
			pbkdf2(pbkdf2SHA256, 1), "passwd", "salt",
			"55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
		},
		{
			pbkdf2(pbkdf2SHA256, 80000), "Password", "NaCl",
			"4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c",
		},
		{
			scrypt(4, 1, 1), "", "",
			"77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906",
		},
		{
			scrypt(10, 8, 16), "password", "NaCl",
			"fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
		},
		{
			scrypt(14, 8, 1), "pleaseletmein", "SodiumChloride",
			"7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
		},
	} {
		want, err := hex.DecodeString(c.want)
		if err != nil {
			t.Fatal(err)
		}
		if got := deriveForeign(c.k, c.password, []byte(c.salt), len(want)); hex.EncodeToString(got) != c.want {
			t.Errorf("%s of %q: %x, want %s", c.k, c.password, got, c.want)
		}
	}
}

func TestWhatIsDearOrOfNoFormIsNotConverted(t *testing.T) {
	for text, why := range map[string]string{
		"pbkdf2_sha256$1000000000$seasalt$cfcKhhxcNxLiYkdI3PmwvC7bkgo8NgNRqnZO52mB1Rg=":                   HashTooExpensive,
		"pbkdf2_sha256$99999999999999999999999$seasalt$cfcKhhxcNxLiYkdI3PmwvC7bkgo8NgNRqnZO52mB1Rg=":      HashTooExpensive,
		"$scrypt$ln=1073741824,r=8,p=1$2ez/gpm3APTEId9EeSRwcg==$sVyh+aZJFnYcWcc0moOMBqWPsfrmjf+eiLmM0Q==": HashTooExpensive,
		"scrypt$16383$seasalt$8$1$cfcKhhxcNxLiYkdI3PmwvC7bkgo8NgNRqnZO52mB1Rg=":                           HashUnknown,
		"pbkdf2_sha256$0$seasalt$cfcKhhxcNxLiYkdI3PmwvC7bkgo8NgNRqnZO52mB1Rg=":                            HashUnknown,
		"pbkdf2_sha256$1000$seasalt$AAAA":                                                                 HashUnknown,
		"pbkdf2_md5$1000$seasalt$cfcKhhxcNxLiYkdI3PmwvC7bkgo8NgNRqnZO52mB1Rg=":                            HashUnknown,
		"{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=":                                                               HashUnknown,
		"$apr1$abcdefgh$0123456789012345678901":                                                           HashUnknown,
		"pbkdf2_sha256$1000$" + strings.Repeat("s", 2000) + "$cfcK":                                       HashUnknown,
	} {
		_, unusable := Kind(Convert(text))
		if unusable == HashEmpty { // "" is what Convert gives for no form
			unusable = HashUnknown
		}
		if unusable != why {
			t.Errorf("%.40s: %q, want %q", text, unusable, why)
		}
		if said := Describe(text); said == "" || strings.Contains(said, text) || strings.Contains(said, "perhaps the password") {
			t.Errorf("%.40s is told as %q", text, said)
		}
	}
}

// A refusal waits for the dearest kind in the table, whichever program made it.
func TestRefusalsWaitForForeignHashesToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hasher(t, Options{Now: time.Now})
		k := kind{algorithm: pbkdf2SHA256, cost: 600_000}
		h.costs.record(k, 300*time.Millisecond)
		h.KnowKinds([]string{k.String()})
		h.measuring.Wait()
		r := check(t, h, "", "nobody")
		_ = r.Refuse(t.Context(), "unknown_address")
		if waited := time.Since(r.Began); waited < 300*time.Millisecond {
			t.Errorf("a refusal came after %s: the account with the dear hash shows", waited)
		}
	})
}
