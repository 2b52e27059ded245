package login_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func TestRefreshGivesAChainOfTokensOfOneSession(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", curl())
	seen := map[string]bool{g.RefreshToken: true}
	for range 3 {
		w.forward(10 * time.Minute)
		next, err := w.Refresh(t.Context(), g.RefreshToken, curl())
		w.must(err)
		if seen[next.RefreshToken] || next.Session.ID != g.Session.ID || !strings.HasPrefix(next.RefreshToken, "aiwfe_rt_") {
			t.Fatalf("the child is %+v", next)
		}
		seen[next.RefreshToken] = true
		w.whoIs(next)
		g = next
	}
	if n := len(w.rows(audit.EventRefresh)); n != 3 {
		t.Errorf("%d audit rows", n)
	}
}

func TestLostAnswerIsGivenAgainToTheSameDevice(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", curl())
	first, err := w.Refresh(t.Context(), g.RefreshToken, curl())
	w.must(err)
	w.forward(10 * time.Second)
	again, err := w.Refresh(t.Context(), g.RefreshToken, curl())
	w.must(err)
	if again.RefreshToken != first.RefreshToken {
		t.Error("a retry got another child, so that one of two tabs is lost")
	}
}

// Whoever comes second with a used token, thief or owner, ends the session for
// both (RFC 9700 section 4.14.2).
func TestReuseEndsTheSession(t *testing.T) {
	for _, c := range []struct {
		name  string
		later func(w *world, child string) login.Client
	}{
		{"after the grace", func(w *world, _ string) login.Client { w.forward(10*time.Second + time.Millisecond); return curl() }},
		{"another program within the grace", func(*world, string) login.Client {
			c := curl()
			c.UserAgent = "thief/1.0"
			return c
		}},
		{"another address within the grace", func(*world, string) login.Client { c := curl(); c.IP = "203.0.113.9"; return c }},
		{"the child was used already", func(w *world, child string) login.Client {
			_, err := w.Refresh(w.t.Context(), child, curl())
			w.must(err)
			return curl()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := build(t)
			w.person("ada@example.com", account.RoleUser)
			g := w.signIn("ada@example.com", curl())
			child, err := w.Refresh(t.Context(), g.RefreshToken, curl())
			w.must(err)
			_, err = w.Refresh(t.Context(), g.RefreshToken, c.later(w, child.RefreshToken))
			wantFault(t, err, api.CodeSessionEnded, "refresh_token_reused")
			w.wantEnded(child, "ended_refresh_reuse")
			_, err = w.Refresh(t.Context(), child.RefreshToken, curl())
			wantFault(t, err, api.CodeSessionEnded, "ended_refresh_reuse")
			if rows := w.rows(audit.EventRefreshReuse); len(rows) != 1 || rows[0].Outcome != audit.Refused {
				t.Errorf("the audit says %+v", rows)
			}
		})
	}
}

func TestRefreshRefusesWhatIsNoneOfOurs(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", curl())
	for _, c := range []struct{ sent, reason string }{
		{"", "refresh_malformed"},
		{strings.Repeat("x", 201), "refresh_malformed"},
		{"aiwfe_rt_nonsense", "refresh_unknown"},
		{strings.TrimPrefix(g.RefreshToken, "aiwfe_rt_"), "refresh_unknown"},
		{g.RefreshToken + " ", "refresh_unknown"},
		{g.Cookie, "refresh_unknown"}, // one kind of credential is no other kind
	} {
		_, err := w.Refresh(t.Context(), c.sent, curl())
		wantFault(t, err, api.CodeTokenInvalid, c.reason)
	}
	w.whoIs(g)
}

// A dead session burns no token: the answer is the same each time, and it is
// no alarm.
func TestRefreshOfADeadSessionSaysSo(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", curl())
	_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Status: ref(account.StatusDisabled)})
	w.must(err)
	for range 2 {
		_, err := w.Refresh(t.Context(), g.RefreshToken, curl())
		wantFault(t, err, api.CodeSessionEnded, "ended_by_host")
	}
	if n := len(w.rows(audit.EventRefreshReuse)); n != 0 {
		t.Errorf("%d alarms", n)
	}
}
