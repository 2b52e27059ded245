package moving

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var today = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)

// all reads a file to its end: what each address became, in a few words.
func all(t *testing.T, system string, r io.Reader) (people map[string]string, records map[string]*Record) {
	t.Helper()
	people, records = map[string]string{}, map[string]*Record{}
	reader, err := Read(system, r, today)
	if err != nil {
		t.Fatal(err)
	}
	for {
		rec, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return people, records
		}
		if refused, one := errors.AsType[*Refused](err); one {
			people[refused.Address] = refused.Reason
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		people[rec.Address] = words(rec)
		records[rec.Address] = rec
	}
}

func words(r *Record) string {
	list := []string{strings.Trim(kindOf(r.Hash), "$")}
	for _, w := range []struct {
		on   bool
		what string
	}{
		{r.Status != "active", r.Status},
		{r.Role != "user", r.Role},
		{!r.Verified, "unverified"},
		{len(r.Factors) > 0, "app"},
		{r.Lost != "", r.Lost},
		{r.FactorLost != "", r.FactorLost},
		{len(r.Left) > 0, "left " + joined(r.Left)},
	} {
		if w.on {
			list = append(list, w.what)
		}
	}
	return strings.Join(list, "; ")
}

func file(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

var exports = []struct {
	system, file string
	want         map[string]string
}{
	{"keycloak", "keycloak.json", keycloakPeople},
	{"keycloak", "keycloak.json.gz", keycloakPeople},
	{"fastapi-users", "fastapi.csv", map[string]string{
		"bcrypt@fa.example":   "2b$04",
		"bcrypt2a@fa.example": "2b$04",
		"argon2@fa.example":   "argon2id$v=19$m=64,t=3,p=4",
		"admin@fa.example":    "2b$04; admin",
		"disabled@fa.example": "2b$04; disabled",
		"banned@fa.example":   "2b$04; disabled",
		"strange@fa.example":  "its status is a word that is not known here",
		"plain@fa.example":    "none; the password is kept as text that is no hash, perhaps the password itself",
	}},
	{"gotrue", "gotrue.csv", map[string]string{
		"bcrypt@gt.example":      "2b$04",
		"argon2@gt.example":      "argon2id$v=19$m=64,t=2,p=1",
		"argon2i@gt.example":     "argon2i$v=19$m=64,t=2,p=1",
		"banned@gt.example":      "2b$04; disabled",
		"unbanned@gt.example":    "2b$04",
		"unconfirmed@gt.example": "2b$04; pending; unverified",
		"google@gt.example":      "none; left sign-in by another provider",
		"admin@gt.example":       "2b$04; admin",
		"deleted@gt.example":     "accounts that were deleted there",
		"":                       "it has no address, but a phone number at most",
		"firebase@gt.example":    "none; the password is kept as a hash of another kind, which this program does not check",
	}},
	{"kratos", "kratos.json", map[string]string{
		"bcrypt@kr.example":     "2b$04",
		"argon2id@kr.example":   "argon2id$v=19$m=64,t=2,p=1",
		"argon2i@kr.example":    "argon2i$v=19$m=64,t=2,p=1",
		"sha1@kr.example":       "pbkdf2-sha1$i=1000",
		"sha256@kr.example":     "pbkdf2-sha256$i=1000",
		"sha512@kr.example":     "pbkdf2-sha512$i=1000",
		"scrypt@kr.example":     "scrypt$ln=10,r=8,p=1",
		"inactive@kr.example":   "2b$04; disabled",
		"unverified@kr.example": "2b$04; unverified",
		"totp@kr.example":       "2b$04; app",
		"totpsha512@kr.example": "2b$04; its authenticator app makes codes by SHA512, and here by SHA-1 only",
		"oidc@kr.example":       "none; left sign-in by another provider",
		"md5@kr.example":        "none; the password is kept as a hash of another kind, which this program does not check",
		"flat@kr.example":       "2b$04",
	}},
	{"auth0", "auth0.ndjson", map[string]string{
		"bcrypt@a0.example":   "2b$04",
		"bcrypt2a@a0.example": "2b$04",
		"imported@a0.example": "2b$04",
		"pbkdf2@a0.example":   "pbkdf2-sha512$i=1000",
		"argon2@a0.example":   "argon2id$v=19$m=64,t=2,p=1",
		"scrypt@a0.example":   "scrypt$ln=10,r=8,p=1",
		"md5@a0.example":      "none; the password is kept by md5, which this program does not check",
		"utf16@a0.example":    "none; the password was hashed in the encoding utf16le",
		"blocked@a0.example":  "2b$04; disabled",
		"totp@a0.example":     "2b$04; app",
		"sms@a0.example":      "2b$04; a second factor by phone or mail",
		"google@a0.example":   "none; left sign-in by another provider",
	}},
	{"django", "django.json", djangoPeople("@dj.example", map[string]string{"": "objects that are no people"})},
	{"django", "django.csv", djangoPeople("@csv.dj.example", nil)},
	{"htpasswd", "htpasswd", map[string]string{
		"bcrypt@ht.example": "2b$04; unverified",
		"name":              "2b$04; unverified",
		"sha@ht.example":    "none; unverified; the password is kept as one SHA-1 without salt ({SHA}), which is as good as no hash",
		"apr1@ht.example":   "none; unverified; the password is kept as Apache's MD5 (apr1), which this program does not check",
		"crypt@ht.example":  "none; unverified; the password is kept by the old crypt(3), of which only eight letters ever counted, or stands there as it is",
		"":                  "the line is no name, colon and hash",
	}},
}

var keycloakPeople = map[string]string{
	"sha1@kc.example":       "pbkdf2-sha1$i=1000",
	"sha256@kc.example":     "pbkdf2-sha256$i=1000",
	"sha512@kc.example":     "pbkdf2-sha512$i=1000",
	"argon2@kc.example":     "argon2id$v=19$m=7168,t=5,p=1",
	"otp@kc.example":        "pbkdf2-sha512$i=1000; app",
	"otpbase32@kc.example":  "pbkdf2-sha512$i=1000; app",
	"disabled@kc.example":   "pbkdf2-sha512$i=1000; disabled",
	"admin@kc.example":      "pbkdf2-sha512$i=1000; admin",
	"unverified@kc.example": "pbkdf2-sha512$i=1000; unverified",
	"mustchange@kc.example": "none; left passwords that had to be changed",
	"social@kc.example":     "none; left sign-in by another provider",
	"ldap@kc.example":       "none; the person is kept in a directory (user federation), which gives no password out",
	"otpsha256@kc.example":  "pbkdf2-sha512$i=1000; its authenticator app makes codes by SHA256, and here by SHA-1 only",
	"otp8@kc.example":       "pbkdf2-sha512$i=1000; its authenticator app makes codes of 8 digits, and here of six only",
	"hotp@kc.example":       "pbkdf2-sha512$i=1000; its authenticator app counts, where here it goes by the clock",
	"key@kc.example":        "pbkdf2-sha512$i=1000; a security key, which is bound to the other system",
	"dear@kc.example":       "none; the password is kept as a hash that costs more than one sign-in may",
	"broken@kc.example":     "its credential of the kind password cannot be read: secretData: the JSON is broken at /value",
	"noaddress":             "pbkdf2-sha512$i=1000",
	"old@kc.example":        "pbkdf2-sha256$i=2000",
	"":                      "service accounts, which are no people",
}

func djangoPeople(at string, more map[string]string) map[string]string {
	people := map[string]string{"byname@dj.example": "pbkdf2-sha256$i=1000; unverified"}
	for name, is := range map[string]string{
		"sha256": "pbkdf2-sha256$i=1000; unverified", "sha1": "pbkdf2-sha1$i=1000; unverified",
		"argon2": "argon2id$v=19$m=64,t=2,p=8; unverified", "digest": "bcrypt-hexsha256$r=4; unverified", "bcrypt": "2b$04; unverified",
		"scrypt": "scrypt$ln=10,r=8,p=1; unverified", "admin": "pbkdf2-sha256$i=1000; admin; unverified",
		"inactive": "pbkdf2-sha256$i=1000; disabled; unverified", "unusable": "none; unverified",
		"md5": "none; unverified; the password is kept as a hash of another kind, which this program does not check",
	} {
		people[name+at] = is
	}
	for k, v := range more {
		people[k] = v
	}
	return people
}

func TestExportsOfEachSystemAreRead(t *testing.T) {
	for _, e := range exports {
		t.Run(e.file, func(t *testing.T) {
			got, records := all(t, e.system, file(t, e.file))
			if diff := cmp.Diff(e.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for address, r := range records {
				if e.system != "htpasswd" && (r.ID == "" || r.Line == 0) {
					t.Errorf("%s has the id %q and line %d", address, r.ID, r.Line)
				}
			}
		})
	}
}

func TestNamesAndTimesComeAlong(t *testing.T) {
	for _, c := range []struct{ system, file, address, name, created string }{
		{"keycloak", "keycloak.json", "sha1@kc.example", "Sha1 Example", "2020-09-13T12:26:40Z"},
		{"fastapi-users", "fastapi.csv", "bcrypt@fa.example", "Name, bcrypt", "2024-05-06T07:08:09Z"},
		{"gotrue", "gotrue.csv", "bcrypt@gt.example", "Bcrypt Example", "2024-05-06T07:08:09Z"},
		{"kratos", "kratos.json", "bcrypt@kr.example", "Bcrypt Example", "2024-05-06T07:08:09Z"},
		{"kratos", "kratos.json", "flat@kr.example", "Flat Example", "2024-05-06T07:08:09Z"},
		{"auth0", "auth0.ndjson", "blocked@a0.example", "Blocked Example", ""},
		{"auth0", "auth0.ndjson", "google@a0.example", "", "2024-05-06T07:08:09Z"},
		{"django", "django.json", "sha1@dj.example", "Sha1 Example", "2024-05-06T07:08:09Z"},
		{"django", "django.csv", "sha1@csv.dj.example", "Sha1 Example", "2024-05-06T07:08:09Z"},
	} {
		_, records := all(t, c.system, file(t, c.file))
		r := records[c.address]
		created := ""
		if !r.Created.IsZero() {
			created = r.Created.Truncate(time.Second).Format(time.RFC3339)
		}
		if r.Name != c.name || created != c.created {
			t.Errorf("%s: %q since %s, want %q since %s", c.address, r.Name, created, c.name, c.created)
		}
	}
}
