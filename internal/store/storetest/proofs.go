package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

var proofChecks = []check{
	{"OneProofBeginsOneSessionOfThirty", proofBeginsOnce},
	{"OneProofStepsUpOnceOfThirty", proofReprovesOnce},
	{"StepMustBeAboveAllStepsTaken", proofStep},
	{"PasskeyKeepsItsRecordAnew", proofPasskey},
	{"ProofOfAnotherAccountIsRefused", proofOfAnother},
	{"RefusedLoginCostsNoProof", proofNotBurned},
	{"NothingBeginsWhenTheFactorsChanged", proofStale},
	{"StepUpGivesTheCookieANewValue", reproveCookie},
	{"StepUpIsStaleWhenSomethingChanged", reproveStale},
}

// costs are all the one-time things that a proof may cost.
var costs = []struct {
	note, spent string
	of          func(*testing.T, ground, guarded) login.Proof
}{
	{"a TOTP step", login.SpentStep, func(_ *testing.T, _ ground, a guarded) login.Proof {
		return login.Proof{Factor: a.totp.ID, Step: firstStep + 1}
	}},
	{"a backup code", login.SpentCode, func(_ *testing.T, _ ground, a guarded) login.Proof {
		return login.Proof{Code: a.codes[3]}
	}},
	{"a waiting login", login.SpentChallenge, func(t *testing.T, g ground, a guarded) login.Proof {
		return login.Proof{Challenges: [][]byte{g.challenge(t, login.ChallengeLogin, a.ID)}, Factor: a.key.ID, Data: []byte("new"), Sign: 8}
	}},
	{"a WebAuthn ceremony", login.SpentChallenge, func(t *testing.T, g ground, a guarded) login.Proof {
		return login.Proof{Challenges: [][]byte{g.challenge(t, login.ChallengeCeremony, a.ID)}, Factor: a.key.ID, Data: []byte("new"), Sign: 8}
	}},
	{"a ceremony that may be anybody's", login.SpentChallenge, func(t *testing.T, g ground, a guarded) login.Proof {
		return login.Proof{Challenges: [][]byte{g.challenge(t, login.ChallengeCeremony, "")}, Factor: a.key.ID, Data: []byte("new"), Sign: 8}
	}},
}

// proven is a login with its second factor, a waiting login of its own, and
// letters that tell of it.
func (g ground) proven(t *testing.T, a guarded, p login.Proof) login.Begin {
	t.Helper()
	b := beginOf(newSession(a.User, noon))
	p.Challenges = append([][]byte{g.challenge(t, login.ChallengeLogin, a.ID)}, p.Challenges...)
	l, link := alarm(a.ID)
	b.Factor, b.Proof, b.NewHash, b.Letters, b.Links = true, &p, hash+secret.RandomText(5), []mail.Letter{l}, []login.Link{link}
	b.RefreshHash = secret.Random(32)
	return b
}

// nothingBegan holds that a refused login left nothing behind and took nothing.
func (g ground) nothingBegan(t *testing.T, note string, b login.Begin) {
	t.Helper()
	g.nothingOf(t, note, b, g.outbox(t))
}

func (g ground) nothingOf(t *testing.T, note string, b login.Begin, outbox map[string]bool) {
	t.Helper()
	if g.session(t, b.Session.ID) != nil || len(auditOf(t, g, b.Rows[0])) != 0 {
		t.Errorf("%s: a refused login left a session or an audit row", note)
	}
	if outbox[b.Letters[0].ID] || g.alive(t, b.Links[0], noon) {
		t.Errorf("%s: a refused login left a letter or its link", note)
	}
	if known := must[bool](t)(g.KnownDevice(t.Context(), b.Session.Device)); known {
		t.Errorf("%s: a refused login left its device", note)
	}
	if !g.waits(t, b.Proof.Challenges[0], noon) {
		t.Errorf("%s: a refused login took the waiting login", note)
	}
	if got := g.byID(t, b.Session.User.ID).Hash; got == b.NewHash {
		t.Errorf("%s: a refused login upgraded the hash", note)
	}
}

func proofBeginsOnce(t *testing.T, g ground) {
	for _, c := range costs {
		a := g.guarded(t)
		shared := c.of(t, g, a)
		var all [30]login.Begin
		var outs [30]login.Begun
		for i := range all {
			all[i] = g.proven(t, a, shared)
			all[i].NewHash = "" // the hash stays, so that the proof alone decides
		}
		atOnce(len(all), func(i int) {
			var err error
			if outs[i], err = g.Begin(t.Context(), all[i]); err != nil {
				t.Error(err)
			}
		})
		begun, outbox := 0, g.outbox(t)
		for i, out := range outs {
			if out == (login.Begun{NewDevice: true}) {
				begun++
				if g.session(t, all[i].Session.ID) == nil || !outbox[all[i].Letters[0].ID] || !g.alive(t, all[i].Links[0], noon) {
					t.Errorf("%s: what began is not all there", c.note)
				}
				if g.waits(t, all[i].Proof.Challenges[0], noon) {
					t.Errorf("%s: the login still waits, although it began", c.note)
				}
				continue
			}
			if out != (login.Begun{Spent: c.spent}) {
				t.Errorf("%s: refused with %+v", c.note, out)
			}
			g.nothingOf(t, c.note, all[i], outbox)
		}
		if begun != 1 || len(g.live(t, a.User, noon)) != 1 {
			t.Errorf("%s began %d sessions", c.note, begun)
		}
	}
}

func proofStep(t *testing.T, g ground) {
	a := g.guarded(t)
	for _, c := range []struct {
		step  int64
		spent string
	}{
		{firstStep, login.SpentStep}, // the one that confirmed the factor
		{firstStep - 1, login.SpentStep},
		{firstStep + 2, ""},
		{firstStep + 2, login.SpentStep},
		{firstStep + 1, login.SpentStep}, // never taken, but a later one was
		{firstStep + 3, ""},
	} {
		b := g.proven(t, a, login.Proof{Factor: a.totp.ID, Step: c.step})
		b.NewHash = ""
		if out, err := g.Begin(t.Context(), b); err != nil || out.Spent != c.spent {
			t.Errorf("step %d: %+v, %v", c.step-firstStep, out, err)
		}
	}
	if f := g.factor(t, a.ID, a.totp.ID); f.Counter != firstStep+3 || !f.UsedAt.Equal(noon) {
		t.Errorf("the factor is kept as %+v", f)
	}
	// What was never confirmed proves nothing.
	pending := g.putTOTP(t, a.User)
	b := g.proven(t, a, login.Proof{Factor: pending.ID, Step: firstStep + 9})
	if out, err := g.Begin(t.Context(), b); err != nil || out.Spent != login.SpentStep {
		t.Errorf("a factor that was never confirmed answers %+v, %v", out, err)
	}
}

func proofPasskey(t *testing.T, g ground) {
	a := g.guarded(t)
	b := g.proven(t, a, login.Proof{Factor: a.key.ID, Data: []byte("anew"), Sign: 41})
	g.begin(t, b)
	want := a.key
	want.Data, want.Counter, want.UsedAt = []byte("anew"), 41, noon
	if diff := cmp.Diff(want, g.factor(t, a.ID, a.key.ID)); diff != "" {
		t.Errorf("the passkey (-want +got):\n%s", diff)
	}
	a.Hash = b.NewHash
	g.remove(t, login.Removal{User: a.ID, ID: a.key.ID})
	gone := g.proven(t, a, login.Proof{Factor: a.key.ID, Data: []byte("x")})
	if out, err := g.Begin(t.Context(), gone); err != nil || out.Spent == "" {
		t.Errorf("a passkey that was removed answers %+v, %v", out, err)
	}
	g.nothingBegan(t, "a removed passkey", gone)
}

func proofOfAnother(t *testing.T, g ground) {
	a, b := g.guarded(t), g.guarded(t)
	s := g.signInGuarded(t, b, noon)
	for _, c := range costs {
		if c.note == "a ceremony that may be anybody's" {
			continue
		}
		foreign := c.of(t, g, a)
		try := foreign
		if len(foreign.Challenges) > 0 { // with a passkey of its own, the challenge alone is foreign
			try.Factor = b.key.ID
		}
		begin := g.proven(t, b, try)
		if out, err := g.Begin(t.Context(), begin); err != nil || out != (login.Begun{Spent: c.spent}) {
			t.Errorf("%s of another account answers %+v, %v", c.note, out, err)
		}
		g.nothingBegan(t, c.note, begin)
		r := reproofOf(b.User, s, noon)
		r.Proof = try
		if spent, stale, err := g.Reprove(t.Context(), r); spent != c.spent || stale || err != nil {
			t.Errorf("%s of another account steps up: %q, %v, %v", c.note, spent, stale, err)
		}
		own := g.proven(t, a, foreign)
		own.NewHash = ""
		if out, err := g.Begin(t.Context(), own); err != nil || out.Spent != "" {
			t.Errorf("%s was burned by another account: %+v, %v", c.note, out, err)
		}
	}
	if got := g.session(t, s.ID); string(got.SecretHash) != string(s.SecretHash) {
		t.Error("the cookie changed")
	}
}

// A limit or a changed account refuses after the proof was right: it must be
// good for the next try.
func proofNotBurned(t *testing.T, g ground) {
	for _, c := range costs {
		a := g.guarded(t)
		g.signInGuarded(t, a, noon)
		full := g.proven(t, a, c.of(t, g, a))
		full.Limit, full.Evict = 1, false
		if out, err := g.Begin(t.Context(), full); err != nil || out != (login.Begun{Full: true}) {
			t.Errorf("%s: %+v, %v", c.note, out, err)
		}
		g.nothingBegan(t, c.note, full)
		full.Limit = 2
		if out, err := g.Begin(t.Context(), full); err != nil || out.Spent != "" || out.Full {
			t.Errorf("%s was spent by a login that the limit refused: %+v, %v", c.note, out, err)
		}
	}
}

func proofStale(t *testing.T, g ground) {
	for name, c := range map[string]struct {
		from   func() guarded
		change func(a guarded)
	}{
		"a factor was added": {
			func() guarded { return guarded{User: g.create(t)} },
			func(a guarded) { g.confirm(t, a.User, g.putTOTP(t, a.User)) },
		},
		"a passkey was added": {
			func() guarded { return guarded{User: g.create(t)} },
			func(a guarded) { g.addPasskey(t, a.User) },
		},
		"all factors were removed": {
			func() guarded { return g.guarded(t) },
			func(a guarded) { g.remove(t, login.Removal{User: a.ID, All: true}) },
		},
		"the password was changed": {
			func() guarded { return g.guarded(t) },
			func(a guarded) { g.change(t, login.Change{ID: a.ID, Hash: ptr("new")}) },
		},
		"the account was locked": {
			func() guarded { return g.guarded(t) },
			func(a guarded) { g.change(t, login.Change{ID: a.ID, Status: ptr(account.StatusLocked)}) },
		},
	} {
		a := c.from()
		b := g.proven(t, a, login.Proof{})
		b.Factor = a.SecondFactor
		if a.SecondFactor {
			b.Proof.Factor, b.Proof.Step = a.totp.ID, firstStep+1
		}
		c.change(a)
		if out, err := g.Begin(t.Context(), b); err != nil || out != (login.Begun{Stale: true}) {
			t.Errorf("%s between proof and begin: %+v, %v", name, out, err)
		}
		g.nothingBegan(t, name, b)
	}
	// One that was set up and never confirmed is none.
	u := g.create(t)
	g.putTOTP(t, u)
	g.signIn(t, u, noon)
}
