package login_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/mfa"
	"github.com/aiwfe/aiwfe-auth/internal/moving"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// movedPassword is that of everybody in the exports of internal/moving.
const movedPassword = "correct horse battery"

// move imports an export of another system.
func (w *world) move(system, file string, edit ...func(*moving.Options)) *moving.Summary {
	w.t.Helper()
	f, err := os.Open("../moving/testdata/" + file)
	w.must(err)
	defer func() { _ = f.Close() }()
	reader, err := moving.Read(system, f, w.clock())
	w.must(err)
	o := moving.Options{Source: system, Now: w.clock, Invited: func(ctx context.Context, id account.ID) (bool, error) {
		return w.InviteMoved(ctx, login.Host(), id)
	}}
	for _, e := range edit {
		e(&o)
	}
	row := audit.Succeeded(audit.EventUserImported, audit.Client{IP: "local"})
	row.Actor = "host"
	sum, err := moving.Run(w.t.Context(), reader, &store.Importing{S: w.db, Seals: sealer(w.t), Row: row}, o)
	w.must(err)
	return sum
}

// users are all accounts by address.
func (w *world) users() map[string]account.User {
	w.t.Helper()
	list, err := w.List(w.t.Context(), login.UserQuery{Limit: 1000})
	w.must(err)
	byAddress := map[string]account.User{}
	for _, u := range list {
		byAddress[u.Email] = u
	}
	return byAddress
}

// Everybody who was imported signs in as before, and nobody else does as them.
func TestEveryImportedPersonSignsIn(t *testing.T) {
	forms := map[string]bool{}
	for _, c := range []struct {
		system, file string
		sign         int // how many sign in
	}{
		{"keycloak", "keycloak.json", 9},
		{"keycloak", "keycloak.json.gz", 9},
		{"fastapi-users", "fastapi.csv", 4},
		{"gotrue", "gotrue.csv", 5},
		{"kratos", "kratos.json", 10},
		{"auth0", "auth0.ndjson", 7},
		{"django", "django.json", 8},
		{"django", "django.csv", 8},
		{"htpasswd", "htpasswd", 1},
	} {
		t.Run(c.file, func(t *testing.T) {
			w := build(t)
			w.move(c.system, c.file)
			signed := 0
			for email, u := range w.users() {
				out, err := w.Password(t.Context(), login.Attempt{Email: email, Password: movedPassword, Client: curl()})
				if u.Status != account.StatusActive {
					if err == nil {
						t.Errorf("%s is %s and signs in", email, u.Status)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s with %s: %v", email, u.Hash, err)
					continue
				}
				signed++
				forms[strings.SplitN(u.Hash, "$", 3)[1]] = true
				if u.SecondFactor {
					w.answers(email, out)
				}
				_, err = w.try(email, movedPassword+"!", curl())
				wantFault(t, err, api.CodeInvalidCredentials, "wrong_password")
				if now := w.users()[email]; !strings.HasPrefix(now.Hash, "$argon2id$v=19$") {
					t.Errorf("%s was not upgraded and has %s", email, now.Hash)
				}
				if _, err := w.try(email, movedPassword, curl()); err != nil {
					t.Errorf("%s after the upgrade: %v", email, err)
				}
			}
			if signed != c.sign {
				t.Errorf("%d people signed in, want %d", signed, c.sign)
			}
			w.rowForEach(c.system)
		})
	}
	for _, form := range []string{"2a", "2b", "2y", "argon2id", "argon2i", "pbkdf2-sha1", "pbkdf2-sha256", "pbkdf2-sha512", "scrypt", "bcrypt-hexsha256"} {
		if !forms[form] {
			t.Errorf("nobody signed in with a hash of the form %s", form)
		}
	}
}

// seeds are the keys of authenticator apps in the exports, in base32.
var seeds = map[string]string{
	"otp@kc.example": mfa.Base32(secret.FromString("Quohp7t2mrLMUwft3g90")),
}

// answers gives a code of the app that somebody used there.
func (w *world) answers(email string, out *login.Outcome) {
	w.t.Helper()
	if out.Challenge == nil {
		w.t.Fatalf("%s has a second factor, and nobody asks for it", email)
	}
	key := seeds[email]
	if key == "" {
		key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	}
	a := &app{w, key}
	_, err := w.Answer(w.t.Context(), login.Answer{Token: out.Challenge.Token, Code: a.wrong(), Client: curl()})
	wantFault(w.t, err, api.CodeInvalidCode, "totp_wrong")
	if _, err := w.Answer(w.t.Context(), login.Answer{Token: out.Challenge.Token, Code: a.code(), Client: curl()}); err != nil {
		w.t.Errorf("%s with a code of the old app: %v", email, err)
	}
	w.forward(30 * time.Second)
}

// rowForEach wants one audit row for each account, which tells who did it.
func (w *world) rowForEach(source string) {
	w.t.Helper()
	rows, users := w.rows(audit.EventUserImported), w.users()
	if len(rows) != len(users) {
		w.t.Errorf("%d accounts and %d audit rows", len(users), len(rows))
	}
	for _, r := range rows {
		u := users[r.Address]
		if r.User != u.ID || r.Actor != "host" || !strings.Contains(r.Detail, source) || strings.Contains(r.Detail, u.Hash) && u.Hash != "" {
			w.t.Errorf("the row %+v is not of %s", r, u.Email)
		}
	}
}

func TestAdministratorsAreUsersUnlessAskedFor(t *testing.T) {
	w := build(t)
	w.move("fastapi-users", "fastapi.csv")
	if u := w.users()["admin@fa.example"]; u.IsAdmin() {
		t.Error("an administrator was imported unasked")
	}
	w = build(t)
	sum := w.move("fastapi-users", "fastapi.csv", func(o *moving.Options) { o.Admins = true })
	if u := w.users()["admin@fa.example"]; !u.IsAdmin() || sum.Admins != 1 {
		t.Errorf("%+v is no administrator; the summary has %d", u, sum.Admins)
	}
	if ever, err := w.db.AdminEver(t.Context()); err != nil || !ever {
		t.Errorf("the first administrator could still be made by a link: %v, %v", ever, err)
	}
}

// Whoever has no password here gets one link, and only where that is asked for.
func TestPeopleWithoutAPasswordAreInvitedOnceAndOnlyIfAskedFor(t *testing.T) {
	w := withMail(t)
	w.move("keycloak", "keycloak.json")
	if sent := w.sent(); len(sent) != 0 {
		t.Fatalf("%d letters were sent unasked", len(sent))
	}
	invite := func(o *moving.Options) { o.Invite, o.DropFactors = true, true }
	for round, want := range []int64{4, 0} { // mustchange, social, ldap and dear
		sum := w.move("keycloak", "keycloak.json", invite)
		if sum.Invited != want || len(w.sent()) != 4 {
			t.Errorf("round %d: %d invited, want %d; %d letters in all", round, sum.Invited, want, len(w.sent()))
		}
	}
	m := w.sent()[0]
	if m.Kind != mail.KindInvitation {
		t.Fatalf("the letter is a %s", m.Kind)
	}
	_, token, _ := strings.Cut(m.Link, "token=")
	if _, err := w.Accept(t.Context(), login.Joining{Token: token, Email: m.To, Password: right, Client: curl()}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.try(m.To, right, curl()); err != nil {
		t.Errorf("the link leads to no account: %v", err)
	}
	if sum := w.move("keycloak", "keycloak.json", invite); sum.WithoutPassword != 3 || sum.Differs != 0 {
		t.Errorf("whoever joined is still waited for: %+v", sum)
	}
}

// What changed there is told, and taken over only where that is asked for, but
// for what was changed here meanwhile.
func TestWhatChangedThereIsTakenOverOnlyIfAskedFor(t *testing.T) {
	w := build(t)
	first := "id,email,hashed_password,is_active,is_verified,name\n"
	hash := weakHash(t, "the old password")
	next := weakHash(t, "the new password")
	run := func(text string, update bool) (*moving.Summary, []string) {
		t.Helper()
		reader, err := moving.Read("fastapi-users", strings.NewReader(first+text), w.clock())
		w.must(err)
		var told []string
		row := audit.Succeeded(audit.EventUserImported, audit.Client{IP: "local"})
		sum, err := moving.Run(t.Context(), reader, &store.Importing{S: w.db, Seals: sealer(t), Row: row}, moving.Options{
			Source: "old", Update: update, Now: w.clock, Refused: func(r moving.Refused) error { told = append(told, r.Reason); return nil },
		})
		w.must(err)
		return sum, told
	}
	run("1,ada@x.example,"+hash+",t,f,Ada\n2,eve@x.example,"+hash+",t,f,Eve\n", false)
	changed := "1,ada@y.example," + next + ",t,t,Ada Lovelace\n2,eve@x.example," + next + ",f,f,Eve\n"
	sum, told := run(changed, false)
	if sum.Differs != 2 || sum.Updated != 0 || !slices.Equal(told, []string{
		"differs from what was imported before: address, name, verified, password; --update takes it over",
		"differs from what was imported before: status, password; --update takes it over",
	}) {
		t.Errorf("%+v, %q", sum, told)
	}
	if _, err := w.try("ada@x.example", "the old password", curl()); err != nil {
		t.Errorf("something was taken over unasked: %v", err)
	}
	w = build(t)
	run("1,ada@x.example,"+hash+",t,f,Ada\n2,eve@x.example,"+hash+",t,f,Eve\n", false)
	g, err := w.try("eve@x.example", "the old password", curl())
	w.must(err) // and her hash is upgraded
	if sum, told := run(changed, true); sum.Updated != 2 || len(told) != 0 {
		t.Errorf("%+v, %q", sum, told)
	}
	ada := w.users()["ada@y.example"]
	if ada.Name != "Ada Lovelace" || !ada.Verified || ada.Hash != next {
		t.Errorf("not taken over: %+v", ada)
	}
	eve := w.users()["eve@x.example"]
	if eve.Status != account.StatusDisabled || eve.Hash == next {
		t.Errorf("she is %s; her password, which was used here, must stay: %s", eve.Status, eve.Hash)
	}
	w.wantEnded(g, session.EndedByHost)
	if sum, told := run(changed, true); sum.Unchanged != 1 || sum.Differs != 1 || len(told) != 1 || !strings.Contains(told[0], "changed here too") {
		t.Errorf("a second time: %+v, %q", sum, told)
	}
	lost := "1,ada@y.example,{SHA}x,t,t,Ada Lovelace\n"
	if _, told := run(lost, true); len(told) != 1 || !strings.Contains(told[0], "--invite") {
		t.Errorf("a password that is lost there: %q", told)
	}
	run("1,ada@y.example,,t,t,Ada Lovelace\n", true)
	if now := w.users()["ada@y.example"]; now.Status != account.StatusActive || now.Hash != next {
		t.Errorf("an export without passwords shut her out: %+v", now)
	}
	w.must(w.Delete(t.Context(), login.Host(), ada.ID))
	if sum, _ := run(changed, true); sum.Gone != 1 || sum.Imported != 0 {
		t.Errorf("who was deleted here came back: %+v", sum)
	}
}

// A file that nobody can read on ends the run; what was read before is kept, and
// the whole file later adds the rest.
func TestFileThatIsCutOffIsGoneOnWith(t *testing.T) {
	w := build(t)
	text, err := os.ReadFile("../moving/testdata/kratos.json")
	w.must(err)
	reader, err := moving.Read("kratos", strings.NewReader(string(text[:len(text)/2])), w.clock())
	w.must(err)
	row := audit.Succeeded(audit.EventUserImported, audit.Client{IP: "local"})
	st := &store.Importing{S: w.db, Seals: sealer(t), Row: row}
	sum, err := moving.Run(t.Context(), reader, st, moving.Options{Source: "kratos", Now: w.clock})
	if err == nil || errors.Is(err, context.Canceled) || sum.Imported == 0 {
		t.Fatalf("half a file: %v, %+v", err, sum)
	}
	before := sum.Imported
	sum = w.move("kratos", "kratos.json")
	if sum.Unchanged != before || int(sum.Imported+before) != len(w.users()) || sum.Imported == 0 {
		t.Errorf("%d and then %+v, and there are %d", before, sum, len(w.users()))
	}
}
