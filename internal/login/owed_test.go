package login_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// holding is what an account has, what policy wants of it, and from where its
// owner signs in.
type holding struct{ totp, passkey, codes, demanded, trusted bool }

func everyHolding() (list []holding) {
	for i := range 1 << 5 {
		list = append(list, holding{i&1 > 0, i&2 > 0, i&4 > 0, i&8 > 0, i&16 > 0})
	}
	return list
}

// owes is the rule: what a right password is worth.
func (h holding) owes() string {
	switch {
	case (h.totp || h.passkey) && !h.trusted:
		return "second"
	case h.demanded && !h.totp && !h.passkey:
		return "enroll"
	}
	return "in"
}

// offers is the rule: the ways to answer, in order of the alphabet.
func (h holding) offers() (list []string) {
	if h.owes() == "enroll" {
		return []string{login.MethodTOTP, login.MethodWebAuthn}
	}
	if h.codes {
		list = append(list, login.MethodBackup)
	}
	if h.totp {
		list = append(list, login.MethodTOTP)
	}
	if h.passkey {
		list = append(list, login.MethodWebAuthn)
	}
	return list
}

// keepsLast is the rule: the last factor stays where policy wants one.
func (h holding) keepsLast() bool { return h.demanded && h.totp != h.passkey }

func TestWhatIsOwedOfferedAndRemovableForEveryHolding(t *testing.T) {
	t.Parallel()
	w := build(t, func(o *login.Options) { o.FactorRoles = []string{account.RoleAdmin} })
	w.person("root@example.com", account.RoleAdmin) // so that none of the others is the last
	for i, h := range everyHolding() {
		if h.codes && !h.totp && !h.passkey {
			continue // there is nothing that they could stand in for: TestBackupCodesGoWithTheLastFactor
		}
		t.Run(fmt.Sprintf("%+v", h), func(t *testing.T) {
			w.t = t
			email := fmt.Sprintf("p%d@example.com", i)
			u := w.person(email, account.RoleUser)
			p := w.whoIs(w.signIn(email, curl()))
			b := browser("known")
			b = keeps(b, w.signIn(email, b))
			b.SessionCookie = ""
			ids := w.holds(p, h, b)
			if h.demanded {
				_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Role: ref(account.RoleAdmin)})
				w.must(err)
			}
			client := browser("unknown")
			if h.trusted {
				client = b
			}
			out, err := w.Password(t.Context(), login.Attempt{Email: email, Password: right, Client: client})
			if got := outcome(out, err); got != h.owes() {
				t.Fatalf("a right password is worth %s, want %s", got, h.owes())
			}
			if out.Challenge != nil {
				slices.Sort(out.Challenge.Methods)
				if !slices.Equal(out.Challenge.Methods, h.offers()) {
					t.Errorf("offered are %v, want %v", out.Challenge.Methods, h.offers())
				}
			}
			for _, id := range ids {
				err := w.RemoveFactor(t.Context(), w.again(p), id, curl())
				if h.keepsLast() {
					wantFault(t, err, api.CodeLastFactor, "factor_demanded")
				} else {
					w.must(err)
				}
				if h.totp && h.passkey { // one of the two is left
					h.passkey = false
				}
			}
		})
	}
}

// holds sets up what a holding has, and gives the ids of its factors.
func (w *world) holds(p *login.Person, h holding, b login.Client) (ids []string) {
	w.t.Helper()
	email := p.User().Email
	var totp *app
	if h.totp {
		totp = w.totp(p)
	}
	var key *device
	if h.passkey {
		key = w.passkey(p)
	}
	if h.codes { // of nobody's paper: they are counted here, not used
		row := audit.Succeeded(audit.EventCodesMade, audit.Client{})
		row.At = w.clock()
		w.must(w.db.PutCodes(w.t.Context(), login.Codes{
			Now: row.At, User: p.User().ID, Salt: []byte("salt"), Hashes: [][]byte{[]byte("hash")}, Row: row,
		}))
	}
	if h.trusted && (h.totp || h.passkey) {
		ch := w.owes(email, b)
		a := login.Answer{Token: ch.Token, Client: b}
		if totp != nil {
			a.Code = totp.code()
		} else {
			a = key.second(ch, b)
		}
		a.Trust = true
		_, err := w.Answer(w.t.Context(), a)
		w.must(err)
	}
	sec, err := w.Security(w.t.Context(), p.User())
	w.must(err)
	for _, f := range sec.Factors {
		ids = append(ids, f.ID)
	}
	return ids
}

// The factor used last is offered first; codes come last.
func TestFactorUsedLastIsOfferedFirst(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a, key := w.totp(p), w.passkey(p)
	w.codes(p)
	for range 2 { // there and back
		w.whole(u.Email, a.code(), curl())
		w.forward(30 * time.Second)
		want := []string{login.MethodTOTP, login.MethodWebAuthn, login.MethodBackup}
		if got := w.owes(u.Email, curl()).Methods; !slices.Equal(got, want) {
			t.Errorf("after the app: %v", got)
		}
		_, err := w.Answer(t.Context(), key.second(w.owes(u.Email, curl()), curl()))
		w.must(err)
		w.forward(time.Second)
		want[0], want[1] = want[1], want[0]
		ch := w.owes(u.Email, curl())
		if !slices.Equal(ch.Methods, want) {
			t.Errorf("after the passkey: %v", ch.Methods)
		}
		again, who, err := w.Pending(t.Context(), ch.Token, curl())
		w.must(err)
		if !slices.Equal(again.Methods, want) || who.ID != u.ID || again.Enroll || again.ExpiresIn != 10*time.Minute {
			t.Errorf("shown again it is %+v of %s", again, who.Email)
		}
	}
}

// A short password is allowed beside a second factor only, so the factor stays
// when policy no longer wants it, until the password is a longer one.
func TestShortPasswordHoldsTheLastFactor(t *testing.T) {
	const short = "zq7#mvp0"
	w := build(t, func(o *login.Options) { o.FactorRoles = []string{account.RoleAdmin} })
	w.person("root@example.com", account.RoleAdmin)
	u, err := w.CreateWithPassword(t.Context(), login.Host(), login.Invitee{Email: "ada@example.com", Role: account.RoleAdmin}, short)
	w.must(err)
	out, err := w.Password(t.Context(), login.Attempt{Email: u.Email, Password: short, Client: curl()})
	w.must(err)
	e, err := w.EnrolleeBy(t.Context(), out.Challenge.Token, curl())
	w.must(err)
	key, added, err := w.enrolPasskey(e)
	w.must(err)
	_, err = w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Role: ref(account.RoleUser)})
	w.must(err)
	p := w.whoIs(added.Grant)
	wantFault(t, w.RemoveFactor(t.Context(), p, key.id, curl()), api.CodeLastFactor, "short_password")
	w.must(w.ChangePassword(t.Context(), p, short, right, curl()))
	w.must(w.RemoveFactor(t.Context(), w.again(p), key.id, curl()))
	w.signIn(u.Email, curl())
}

// A login that waits for a factor to be set up goes on once it is, and only its
// own browser may go on. What it gives is a whole proof.
func TestLoginGoesOnOnceTheDemandedFactorIsSetUp(t *testing.T) {
	for kind, setUp := range map[string]func(*world, *login.Enrollee) (*login.Added, error){
		"totp": func(w *world, e *login.Enrollee) (*login.Added, error) {
			set, err := w.SetupTOTP(w.t.Context(), e)
			w.must(err)
			return w.ConfirmTOTP(w.t.Context(), e, (&app{w, set.Key}).code())
		},
		"webauthn": func(w *world, e *login.Enrollee) (*login.Added, error) {
			_, added, err := w.enrolPasskey(e)
			return added, err
		},
	} {
		w := build(t, func(o *login.Options) { o.FactorRoles = []string{account.RoleUser} })
		u := w.person("ada@example.com", account.RoleUser)
		b := browser("mine")
		out, err := w.Password(t.Context(), login.Attempt{Email: u.Email, Password: right, Client: b})
		w.must(err)
		_, err = w.EnrolleeBy(t.Context(), out.Challenge.Token, browser("theirs"))
		wantFault(t, err, api.CodeChallengeExpired, "challenge_of_another_browser")
		_, err = w.answer(out.Challenge, "123456", b) // there is nothing to answer with
		wantFault(t, err, api.CodeChallengeExpired, "challenge_unknown")
		e, err := w.EnrolleeBy(t.Context(), out.Challenge.Token, b)
		w.must(err)
		added, err := setUp(w, e)
		w.must(err)
		g := added.Grant
		if g == nil || g.Cookie == "" || g.Session.Method != "password+"+kind || added.CodesLeft != 0 {
			t.Fatalf("%s: the login went on to %+v", kind, added)
		}
		w.must(w.Recent(w.whoIs(g)))
		_, err = w.EnrolleeBy(t.Context(), out.Challenge.Token, b)
		wantFault(t, err, api.CodeChallengeExpired, "challenge_unknown")
		w.owes(u.Email, curl())
	}
}

// Two logins wait for a factor; one sets it up. The other was opened by the
// password alone, which is no longer enough.
func TestLoginThatWaitsToSetUpExpiresOnceAFactorIsThere(t *testing.T) {
	w := build(t, func(o *login.Options) { o.FactorRoles = []string{account.RoleUser} })
	u := w.person("ada@example.com", account.RoleUser)
	waits := func() string {
		out, err := w.Password(t.Context(), login.Attempt{Email: u.Email, Password: right, Client: curl()})
		w.must(err)
		return out.Challenge.Token
	}
	one, two, three := waits(), waits(), waits()
	early, err := w.EnrolleeBy(t.Context(), three, curl())
	w.must(err)
	e, err := w.EnrolleeBy(t.Context(), one, curl())
	w.must(err)
	_, _, err = w.enrolPasskey(e)
	w.must(err)
	_, err = w.EnrolleeBy(t.Context(), two, curl())
	wantFault(t, err, api.CodeChallengeExpired, "enrolled_meanwhile")
	// Even one that had begun: its request was on the way at that moment.
	_, _, err = w.enrolPasskey(early)
	wantFault(t, err, api.CodeChallengeExpired, "enrolled_meanwhile")
}
