package password

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// cheap are parameters for tests: what is tested does not depend on the cost.
var cheap = Params{Memory: 64, Time: 1, Lanes: 1}

func hasher(t *testing.T, o Options) *Hasher {
	t.Helper()
	if o.Argon == (Params{}) {
		o.Argon = cheap
	}
	if o.BcryptCost == 0 {
		o.BcryptCost = minBcryptCost
	}
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

func check(t *testing.T, h *Hasher, hash, password string) Result {
	t.Helper()
	r, err := h.Check(context.Background(), hash, password)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func hash(t *testing.T, h *Hasher, password string) string {
	t.Helper()
	s, err := h.Hash(context.Background(), password)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The vectors come from Python: crypt with libxcrypt, the tests of passlib (some
// of them Openwall's and py-bcrypt's), and argon2-cffi, which pwdlib uses.
func TestHashesMadeByPythonVerify(t *testing.T) {
	const salt = "abcdefghijklmnopqrstuu"
	h := hasher(t, Options{})
	for _, c := range []struct{ name, password, hash string }{
		{"2a", "correct horse battery", "$2a$04$" + salt + "qREtd3VJD2QVZbuFskFSLk6eRIrQoOS"},
		{"2b", "correct horse battery", "$2b$04$" + salt + "qREtd3VJD2QVZbuFskFSLk6eRIrQoOS"},
		{"2y", "correct horse battery", "$2y$04$" + salt + "qREtd3VJD2QVZbuFskFSLk6eRIrQoOS"},
		{"py-bcrypt", "a", "$2a$10$k87L/MF28Q673VKh8/cPi.SUl7MU/rWuSiIDDFayrKk/1tBsSQu4u"},
		{"UTF-8 in NFC", "pässwörd ist lang", "$2b$04$" + salt + "c4WjBAybDL/kvxrcWOjEDFSjKLPZPFC"},
		{"latin-1 bytes of an old program", "\xa3ab", "$2a$05$/OK.fbVrR/bpIqNJ5ianF.6IflQkJytoRVc1yuaNtHfiuq.FRlSIS"},
		{"blanks outside", " x ", "$2b$04$" + salt + "sydzzNpTMJJpvsKbWj7diLL3EsLKkPu"},
		{"one byte", "x", "$2b$04$" + salt + "Pp7HPfoAs8I2dCQCQ/fW7zEJv8I8C8e"},
		{"72 bytes", strings.Repeat("x", 72), "$2b$04$" + salt + "bzadhGtS2zEF.gu0yd0opP6cVzb.e0i"},
		{
			"more than 72 bytes, of which Python hashed the first 72",
			"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
			"$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
		},
		{
			"254 bytes, beside the wrap-around of old BSDs",
			strings.Repeat("0123456789", 26)[:254],
			"$2a$04$R1lJ2gkNaoPGdafE.H.16.1MKHPvmKwryeulRe225LKProWYwt9Oi",
		},
		{"pwdlib", "TestPass123", "$argon2id$v=19$m=65536,t=3,p=4$2m5CBWkA489bnIwyY5iaWQ$w3ujhnFOTF63QwaBVK950q/NxCwyTVQF4LLTeHAEt/Y"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := check(t, h, c.hash, c.password); !r.OK || r.Unusable != "" {
				t.Errorf("the right password: %+v", r)
			}
			if r := check(t, h, c.hash, "y"+c.password); r.OK {
				t.Error("a wrong password passes")
			}
		})
	}
}

func TestPasswordIsCheckedWholeAndAsSent(t *testing.T) {
	nfc, nfd := norm.NFC.String("pässwörd"), norm.NFD.String("pässwörd")
	for _, c := range []struct {
		name, set, sent string
		ok              bool
	}{
		{"same", "correct horse battery", "correct horse battery", true},
		{"NFD of what was set as NFC", nfc, nfd, true},
		{"NFC of what was set as NFD", nfd, nfc, true},
		{"compatible but not equal: NFC, not NFKC", "ﬁsh", "fish", false},
		{"case", "Correct", "correct", false},
		{"blank before", "correct", " correct", false},
		{"blank after", "correct", "correct ", false},
		{"blank lost", " correct ", "correct", false},
		{"newline after, which a file may add", "correct", "correct\n", false},
		{"cut", "correct", "correc", false},
		{"empty", "correct", "", false},
		{"NUL and more", "correct", "correct\x00horse", false},
		{"bcrypt's own repetition of the key", "correct", "correct\x00correct", false},
	} {
		for _, algorithm := range []string{Argon2id, Bcrypt} {
			t.Run(c.name+"/"+algorithm, func(t *testing.T) {
				h := hasher(t, Options{Algorithm: algorithm})
				if got := check(t, h, hash(t, h, c.set), c.sent).OK; got != c.ok {
					t.Errorf("got %v, want %v", got, c.ok)
				}
			})
		}
	}
}

func TestTailOfALongPasswordCounts(t *testing.T) {
	h := hasher(t, Options{})
	cjk := strings.Repeat("中", 64) // 192 bytes
	for _, long := range []string{cjk, strings.Repeat("x", 73), strings.Repeat("x", 256)} {
		if s := hash(t, h, long); !check(t, h, s, long).OK || check(t, h, s, long[:len(long)-3]+"abc").OK {
			t.Errorf("a password of %d bytes is not checked whole", len(long))
		}
	}
}

func TestWhatCannotBeKeptWholeIsNotHashed(t *testing.T) {
	for _, c := range []struct{ name, algorithm, password, code string }{
		{"72 bytes", Bcrypt, strings.Repeat("x", 72), ""},
		{"73 bytes", Bcrypt, strings.Repeat("x", 73), codeForBcrypt},
		{"25 code points of 3 bytes", Bcrypt, strings.Repeat("中", 25), codeForBcrypt},
		{"72 bytes only in NFC", Bcrypt, norm.NFD.String(strings.Repeat("é", 36)), ""},
		{"NUL", Bcrypt, "correct\x00horse", codeNotText},
		{"73 bytes", Argon2id, strings.Repeat("x", 73), ""},
		{"256 code points", Argon2id, strings.Repeat("中", 256), ""},
		{"257 code points", Argon2id, strings.Repeat("中", 257), codeTooLong},
		{"1 MiB", Argon2id, strings.Repeat("x", 1<<20), codeTooLong},
	} {
		t.Run(c.algorithm+" "+c.name, func(t *testing.T) {
			h := hasher(t, Options{Algorithm: c.algorithm})
			_, err := h.Hash(context.Background(), c.password)
			if c.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if f := fault.From(err); f.Code != api.CodeValidationFailed || f.Fields[0].Code != c.code || f.Fields[0].Pointer != "/password" {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

func TestNFDHashOfAnotherProgramVerifiesAndIsUpgraded(t *testing.T) {
	const made = "$2b$04$abcdefghijklmnopqrstuuX5O2yO7FIKV0Kay0PoJs.p68OEekHsW"
	nfd := norm.NFD.String("pässwörd ist lang")
	h := hasher(t, Options{Upgrade: true})
	if r := check(t, h, made, nfd); !r.OK || !r.Upgrade {
		t.Fatalf("as sent: %+v", r)
	}
	// bcrypt is chosen where the other program still reads the table: its
	// bytes are left alone.
	h = hasher(t, Options{Upgrade: true, Algorithm: Bcrypt})
	if r := check(t, h, made, nfd); !r.OK || r.Upgrade {
		t.Fatalf("shared table: %+v", r)
	}
}

func TestArgon2idOfTheBytesAsSentIsReplaced(t *testing.T) {
	h := hasher(t, Options{Upgrade: true})
	nfd := norm.NFD.String("pässwörd")
	made, err := h.engine.make(h.kind, nfd)
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, h, made, nfd); !r.OK || !r.Upgrade {
		t.Errorf("as sent: %+v", r)
	}
	if r := check(t, h, hash(t, h, nfd), nfd); !r.OK || r.Upgrade {
		t.Errorf("ours: %+v", r)
	}
}

func TestMoreThanTheGreatestLengthNeverVerifies(t *testing.T) {
	h := hasher(t, Options{})
	for n, want := range map[int]bool{MaxPoints: true, MaxPoints + 1: false} {
		long := strings.Repeat("x", n)
		made, err := h.engine.make(h.kind, long)
		if err != nil {
			t.Fatal(err)
		}
		if got := check(t, h, made, long).OK; got != want {
			t.Errorf("%d code points: %v, want %v", n, got, want)
		}
	}
}

func TestUpgradeIsAskedForOnlyWhereItCanBeDone(t *testing.T) {
	old := hash(t, hasher(t, Options{Algorithm: Bcrypt}), "correct horse battery")
	for _, c := range []struct {
		name, hash, password string
		o                    Options
		upgrade              bool
	}{
		{"bcrypt to argon2id", old, "correct horse battery", Options{Upgrade: true}, true},
		{"switched off", old, "correct horse battery", Options{}, false},
		{"wrong password", old, "incorrect", Options{Upgrade: true}, false},
		{"more cost", old, "correct horse battery", Options{Upgrade: true, Algorithm: Bcrypt, BcryptCost: 5}, true},
		{
			"a new bcrypt hash would be refused", "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
			"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
			Options{Upgrade: true, Algorithm: Bcrypt, BcryptCost: 6},
			false,
		},
	} {
		if got := check(t, hasher(t, c.o), c.hash, c.password).Upgrade; got != c.upgrade {
			t.Errorf("%s: upgrade is %v, want %v", c.name, got, c.upgrade)
		}
	}
}

func TestNewBcryptHashesAreWrittenAsPythonDoes(t *testing.T) {
	if s := hash(t, hasher(t, Options{Algorithm: Bcrypt}), "x"); !strings.HasPrefix(s, "$2b$04$") || len(s) != 60 {
		t.Errorf("got %q", s)
	}
}

func TestWrongOptionsAreRefused(t *testing.T) {
	for _, o := range []Options{
		{Algorithm: "md5"},
		{Algorithm: Bcrypt, BcryptCost: 15},
		{Algorithm: Bcrypt, BcryptCost: 3},
		{Argon: Params{Memory: 1 << 20, Time: 1, Lanes: 1}},
		{Argon: Params{Memory: 64}},
		{Workers: -1},
		{MaxWait: -1},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}
