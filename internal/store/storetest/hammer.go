package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// hammerChecks load the machine, so each runs alone.
var hammerChecks = []check{
	{"EverythingAtOnceOnOneAccountKeepsItsPromises", hammer},
}

// hammered is the one account that all work on.
type hammered struct {
	ground
	t    *testing.T
	user account.User
	// step is the next TOTP step; taken counts the logins by each.
	step  atomic.Int64
	taken sync.Map
	// begun, proven and enrolled count what went through.
	begun, proven, enrolled atomic.Int64
}

// hammer does all that a person, an intruder and an administrator could do to
// one account in the same two seconds. The account's row comes first in every
// transaction, so none of it may wait in a circle or fail.
func hammer(t *testing.T, g ground) {
	a := g.guarded(t)
	h := &hammered{ground: g, t: t, user: a.User}
	h.step.Store(firstStep)
	var done atomic.Int64
	end := time.Now().Add(2 * time.Second)
	jobs := []func() error{
		h.login, h.login, h.login, h.reprove, h.reprove, h.newPhone, h.passkey, h.codes, h.password, h.reset,
		h.endAll, h.touch, h.noTrust, h.token, h.link, h.rename,
	}
	for time.Now().Before(end) && !t.Failed() { // in rounds, so that none starves another
		atOnce(len(jobs), func(i int) {
			if err := jobs[i](); err != nil {
				t.Errorf("job %d: %v", i, err)
			}
			done.Add(1)
		})
	}
	// Refusals alone would prove nothing.
	if done.Load() < int64(len(jobs)) || h.begun.Load() == 0 || h.proven.Load() == 0 || h.enrolled.Load() == 0 {
		t.Errorf("of %d jobs only %d began, %d stepped up and %d enrolled", done.Load(), h.begun.Load(), h.proven.Load(), h.enrolled.Load())
	}
	h.holds()
}

// holds looks at what must be true whatever the order was.
func (h *hammered) holds() {
	h.t.Helper()
	kinds := map[string]int{}
	for _, f := range h.factors(h.t, h.user.ID) {
		kinds[fmt.Sprint(f.Kind, " pending ", f.Pending)]++
	}
	if kinds["totp pending false"] != 1 || kinds["totp pending true"] > 1 || kinds["webauthn pending false"] > 4 {
		h.t.Errorf("the account ended with %v", kinds)
	}
	if !h.byID(h.t, h.user.ID).SecondFactor {
		h.t.Error("no second factor is demanded, although there is one")
	}
	if n := len(h.live(h.t, h.user, noon)); n > 5 {
		h.t.Errorf("%d sessions are alive", n)
	}
	if n := len(h.tokens(h.t, h.user.ID, noon)); n > 50 {
		h.t.Errorf("%d tokens are alive", n)
	}
	if left := h.codesLeft(h.t, h.user.ID); left > 10 {
		h.t.Errorf("%d backup codes are left", left)
	}
	h.taken.Range(func(step, n any) bool {
		if n := n.(*atomic.Int64).Load(); n > 1 {
			h.t.Errorf("step %s began %d sessions", step, n)
		}
		return true
	})
}

// now is the account as it is in the moment.
func (h *hammered) now() (account.User, error) {
	u, ok, err := h.UserByID(h.t.Context(), h.user.ID)
	if err == nil && !ok {
		err = fmt.Errorf("the account is gone")
	}
	return u, err
}

// totp is the factor that counts.
func (h *hammered) totp() (login.Factor, error) {
	list, err := h.Factors(h.t.Context(), h.user.ID)
	for _, f := range list {
		if f.Kind == login.FactorTOTP && !f.Pending {
			return f, err
		}
	}
	if err == nil {
		err = fmt.Errorf("no authenticator counts: %+v", list)
	}
	return login.Factor{}, err
}

func (h *hammered) login() error {
	u, err := h.now()
	if err != nil {
		return err
	}
	f, err := h.totp()
	if err != nil {
		return err
	}
	c := newChallenge(login.ChallengeLogin, u.ID)
	if err := h.PutChallenge(h.t.Context(), c); err != nil {
		return err
	}
	step := h.step.Add(1) / 2 * 2 // two logins share a step
	b := beginOf(newSession(u, noon))
	b.Factor, b.TrustUntil = true, noon.AddDate(0, 0, 30)
	b.Proof = &login.Proof{Challenges: [][]byte{c.Hash}, Factor: f.ID, Step: step}
	l, link := alarm(u.ID)
	b.NewDevice = &login.Alarm{Letter: l, Link: link}
	out, err := h.Begin(h.t.Context(), b)
	if err == nil && out.Spent == "" && !out.Stale && !out.Full {
		n, _ := h.taken.LoadOrStore(fmt.Sprint(f.ID, " ", step), new(atomic.Int64))
		n.(*atomic.Int64).Add(1)
		h.begun.Add(1)
	}
	return err
}

func (h *hammered) reprove() error {
	u, err := h.now()
	if err != nil {
		return err
	}
	list, err := h.ListSessions(h.t.Context(), u.ID, noon, idle)
	if err != nil || len(list) == 0 {
		return err
	}
	f, err := h.totp()
	if err != nil {
		return err
	}
	r := reproofOf(u, list[0], noon)
	r.Proof = login.Proof{Factor: f.ID, Step: h.step.Add(1)}
	spent, stale, err := h.Reprove(h.t.Context(), r)
	if err == nil && spent == "" && !stale {
		h.proven.Add(1)
	}
	return err
}

func (h *hammered) newPhone() error {
	f := login.Factor{
		ID: secret.RandomText(10), User: h.user.ID, Kind: login.FactorTOTP, Pending: true, Data: secret.Random(20), CreatedAt: noon,
	}
	if err := h.PutFactor(h.t.Context(), f); err != nil {
		return err
	}
	e := confirmation(h.user, f)
	e.Proof = login.Proof{Factor: f.ID, Step: 1}
	out, err := h.Enroll(h.t.Context(), e)
	if err == nil && !out.Missing && out.Spent == "" {
		h.enrolled.Add(1)
	}
	return err
}

func (h *hammered) passkey() error {
	e := confirmation(h.user, newPasskey(h.user))
	e.Confirm, e.Proof, e.Most = false, login.Proof{}, 4
	if _, err := h.Enroll(h.t.Context(), e); err != nil {
		return err
	}
	_, err := h.RemoveFactor(h.t.Context(), login.Removal{
		Now: noon, User: h.user.ID, ID: e.Factor.ID, KeepOne: true, Row: row(audit.EventFactorRemoved, noon),
	})
	return err
}

func (h *hammered) codes() error { return h.PutCodes(h.t.Context(), newCodes(h.user)) }

// password sets the same hash anew, so that logins are not all stale.
func (h *hammered) password() error {
	u, err := h.now()
	if err != nil {
		return err
	}
	l, link := alarm(u.ID)
	_, err = h.ChangeUser(h.t.Context(), login.Change{
		ID: u.ID, Now: noon, IfHash: &u.Hash, Hash: ptr(hash), Letters: []mail.Letter{l}, Links: []login.Link{link},
		Rows: []audit.Row{row(audit.EventPasswordChanged, noon)},
	})
	return err
}

// reset pays by a link that a change of password may void in the same moment.
func (h *hammered) reset() error {
	l := linkOf(login.LinkReset, h.user.ID)
	if err := h.PutLink(h.t.Context(), l); err != nil {
		return err
	}
	_, err := h.ChangeUser(h.t.Context(), login.Change{
		ID: h.user.ID, Now: noon, Hash: ptr(hash), Status: ptr(account.StatusActive), Taken: &l,
		EndSessions: true, EndTokens: true, Reason: session.EndedPassword, Rows: []audit.Row{row(audit.EventPasswordSet, noon)},
	})
	return err
}

func (h *hammered) endAll() error {
	list, err := h.ListSessions(h.t.Context(), h.user.ID, noon, idle)
	if err != nil || len(list) < 4 {
		return err
	}
	_, err = h.EndSessions(h.t.Context(), h.user.ID, list[0].ID, session.EndedByUser, row(audit.EventSessionsEnded, noon))
	return err
}

func (h *hammered) touch() error {
	list, err := h.ListSessions(h.t.Context(), h.user.ID, noon, idle)
	if err != nil {
		return err
	}
	seen := map[string]time.Time{}
	for _, s := range list {
		seen[s.ID] = s.SeenAt.Add(time.Millisecond)
	}
	return h.Touch(h.t.Context(), seen)
}

func (h *hammered) noTrust() error {
	_, err := h.EndTrust(h.t.Context(), h.user.ID, "", row(audit.EventTrustEnded, noon))
	return err
}

func (h *hammered) token() error {
	u, err := h.now()
	if err != nil {
		return err
	}
	_, err = h.PutToken(h.t.Context(), newToken(u), 50, row(audit.EventTokenMade, noon))
	if fault.Is(err, api.CodeSessionEnded) {
		err = nil // the password was changed in the same moment
	}
	return err
}

func (h *hammered) link() error { return h.PutLink(h.t.Context(), linkOf(login.LinkUnlock, h.user.ID)) }

func (h *hammered) rename() error {
	_, err := h.ChangeUser(h.t.Context(), login.Change{
		ID: h.user.ID, Now: noon, Name: ptr(secret.RandomText(5)), Email: ptr(address()), Link: ptr(linkOf(login.LinkEmail, h.user.ID)),
		Rows: []audit.Row{row(audit.EventUserUpdated, noon)},
	})
	return err
}
