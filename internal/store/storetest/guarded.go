package storetest

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// firstStep is the TOTP step that confirms the factors of these tests.
const firstStep = 1000

// guarded is an account with one factor of each kind and ten backup codes.
type guarded struct {
	account.User
	totp, key login.Factor
	codes     [][]byte
}

func (g ground) guarded(t *testing.T) guarded {
	t.Helper()
	a := guarded{User: g.create(t)}
	a.totp = g.confirm(t, a.User, g.putTOTP(t, a.User))
	a.key = g.addPasskey(t, a.User)
	a.codes = g.putCodes(t, a.User)
	a.User = g.byID(t, a.ID)
	if !a.SecondFactor {
		t.Fatal("the account is said to have no second factor")
	}
	return a
}

// putTOTP keeps a seed that waits to be confirmed.
func (g ground) putTOTP(t *testing.T, u account.User) login.Factor {
	t.Helper()
	f := login.Factor{
		ID: secret.RandomText(10), User: u.ID, Kind: login.FactorTOTP, Name: "App", Pending: true, Data: secret.Random(20), CreatedAt: noon,
	}
	if err := g.PutFactor(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return f
}

func confirmation(u account.User, f login.Factor) login.Enrollment {
	l, link := alarm(u.ID)
	return login.Enrollment{
		Now: noon, User: u.ID, Factor: f, Confirm: true, Proof: login.Proof{Factor: f.ID, Step: firstStep}, Most: 20,
		Row: row(audit.EventFactorAdded, noon), Letters: []mail.Letter{l}, Links: []login.Link{link},
	}
}

// confirm makes a pending factor count.
func (g ground) confirm(t *testing.T, u account.User, f login.Factor) login.Factor {
	t.Helper()
	g.enroll(t, confirmation(u, f))
	return g.factor(t, u.ID, f.ID)
}

func newPasskey(u account.User) login.Factor {
	return login.Factor{
		ID: secret.RandomText(10), User: u.ID, Kind: login.FactorWebAuthn, Name: "Key", Data: []byte("record"),
		Credential: secret.Random(16), Handle: secret.Random(32), Model: "model", Synced: true, Counter: 7, CreatedAt: noon,
	}
}

func (g ground) registration(t *testing.T, u account.User) login.Enrollment {
	t.Helper()
	e := confirmation(u, newPasskey(u))
	e.Confirm, e.Proof = false, login.Proof{Challenges: [][]byte{g.challenge(t, login.ChallengeCeremony, u.ID)}}
	return e
}

func (g ground) addPasskey(t *testing.T, u account.User) login.Factor {
	t.Helper()
	e := g.registration(t, u)
	g.enroll(t, e)
	return g.factor(t, u.ID, e.Factor.ID)
}

// enroll adds a factor that must be added.
func (g ground) enroll(t *testing.T, e login.Enrollment) login.Enrolled {
	t.Helper()
	out, err := g.Enroll(t.Context(), e)
	if err != nil || out != (login.Enrolled{Left: out.Left}) {
		t.Fatalf("enroll: %+v, %v", out, err)
	}
	return out
}

// remove takes factors away that must be there.
func (g ground) remove(t *testing.T, r login.Removal) login.Removed {
	t.Helper()
	r.Now = noon
	if r.Row.Event == "" {
		r.Row = row(audit.EventFactorRemoved, noon)
	}
	out, err := g.RemoveFactor(t.Context(), r)
	if err != nil || out.Missing || out.Last {
		t.Fatalf("remove: %+v, %v", out, err)
	}
	return out
}

// change changes an account that must be changed.
func (g ground) change(t *testing.T, c login.Change) account.User {
	t.Helper()
	c.Now = noon
	out, err := g.ChangeUser(t.Context(), c)
	if err != nil || out != (login.Changed{User: out.User}) {
		t.Fatalf("change: %+v, %v", out, err)
	}
	return out.User
}

func (g ground) factors(t *testing.T, u account.ID) []login.Factor {
	t.Helper()
	return must[[]login.Factor](t)(g.Factors(t.Context(), u))
}

// factor is the factor of that id; the zero value when there is none.
func (g ground) factor(t *testing.T, u account.ID, id string) login.Factor {
	t.Helper()
	for _, f := range g.factors(t, u) {
		if f.ID == id {
			return f
		}
	}
	return login.Factor{}
}

func newCodes(u account.User) login.Codes {
	l, link := alarm(u.ID)
	c := login.Codes{
		Now: noon, User: u.ID, Salt: secret.Random(16), Row: row(audit.EventCodesMade, noon),
		Letters: []mail.Letter{l}, Links: []login.Link{link},
	}
	for range 10 {
		c.Hashes = append(c.Hashes, secret.Random(32))
	}
	return c
}

func (g ground) putCodes(t *testing.T, u account.User) [][]byte {
	t.Helper()
	c := newCodes(u)
	if err := g.PutCodes(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return c.Hashes
}

// codesLeft counts the unused backup codes.
func (g ground) codesLeft(t *testing.T, u account.ID) int {
	t.Helper()
	left, _, err := g.CodesLeft(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func newChallenge(kind string, u account.ID) login.PendingChallenge {
	return login.PendingChallenge{
		Hash: secret.Random(32), Kind: kind, User: u, Parent: secret.Random(32), State: `{"a":1}`,
		CreatedAt: noon, ExpiresAt: noon.Add(10 * time.Minute),
	}
}

// challenge keeps one and gives its hash.
func (g ground) challenge(t *testing.T, kind string, u account.ID) []byte {
	t.Helper()
	c := newChallenge(kind, u)
	if err := g.PutChallenge(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return c.Hash
}

// waits says whether a challenge may still be taken.
func (g ground) waits(t *testing.T, hash []byte, at time.Time) bool {
	t.Helper()
	_, ok, err := g.FindChallenge(t.Context(), hash, at)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// signInGuarded starts a session of an account with a second factor.
func (g ground) signInGuarded(t *testing.T, a guarded, at time.Time) session.Session {
	t.Helper()
	b := beginOf(newSession(a.User, at))
	b.Factor = true
	return g.begin(t, b)
}

func newLetter() mail.Letter {
	return mail.Letter{ID: secret.RandomText(10), Kind: mail.KindNewDevice, To: address(), Sealed: secret.Random(40)}
}

// alarm is a letter with the link by which its reader says "this was not me".
func alarm(u account.ID) (mail.Letter, login.Link) { return newLetter(), linkOf(login.LinkAlarm, u) }

// outbox are the letters that wait, by their ids. It looks by a lease that ends
// as it begins.
func (g ground) outbox(t *testing.T) map[string]bool {
	t.Helper()
	g.peek.Lock()
	defer g.peek.Unlock()
	waiting := map[string]bool{}
	for _, one := range must[[]mail.Stored](t)(g.LeaseLetters(t.Context(), noon.AddDate(1, 0, 0), noon, 100_000)) {
		waiting[one.ID] = true
	}
	return waiting
}

// posted says whether a letter waits in the outbox.
func (g ground) posted(t *testing.T, l mail.Letter) bool {
	t.Helper()
	return g.outbox(t)[l.ID]
}

// inFeed says whether other nodes read of a revocation.
func (g ground) inFeed(t *testing.T, kind, name string) bool {
	t.Helper()
	for _, r := range must[[]session.Revocation](t)(g.Revocations(t.Context(), 0, time.Hour)) {
		if r.Kind == kind && r.Name == name {
			return true
		}
	}
	return false
}
