package monitor

import (
	"fmt"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// tried is an attempt that was refused; an unknown address is of no user.
func tried(user, ip, reason string) audit.Row {
	return audit.Row{
		Event: audit.EventLogin, Outcome: audit.Refused, Code: api.CodeInvalidCredentials, Reason: reason, User: account.ID(user),
		Address: user + "@example.com", Client: audit.Client{IP: ip},
	}
}

func from(device string, r audit.Row) audit.Row {
	r.Device = device
	return r
}

func wrongAt(user, ip string) audit.Row { return tried(user, ip, "wrong_password") }

func wrongCode(user, ip string) audit.Row {
	r := wrongAt(user, ip)
	r.Event, r.Code, r.Detail = audit.EventFactorAnswered, api.CodeInvalidCode, "totp"
	return r
}

func signedIn(user, ip string) audit.Row {
	return audit.Row{
		Event: audit.EventLogin, Outcome: audit.Success, Detail: "password", User: account.ID(user), Address: user + "@example.com",
		Client: audit.Client{IP: ip}, Device: "dev_" + user,
	}
}

func times(n int, row func(i int) audit.Row) (list []audit.Row) {
	for i := range n {
		list = append(list, row(i))
	}
	return list
}

// TestHonestAttemptsAreToldFromGuessing has each definition of judge, and what
// is near to it.
func TestHonestAttemptsAreToldFromGuessing(t *testing.T) {
	const home, away = "192.0.2.1", "192.0.2.99"
	list := func(rows ...audit.Row) []audit.Row { return rows }
	atMany := func(n int, ip string) []audit.Row {
		return times(n, func(i int) audit.Row { return wrongAt(fmt.Sprint("user", i), ip) })
	}
	wave := []api.Finding{{Code: "guessing_wave"}}
	for _, c := range []struct {
		note            string
		rows            []audit.Row
		found           []api.Finding
		guessing, slips int64
	}{
		{"nobody came after", list(wrongAt("7", home)), nil, 0, 0},
		{"mistyped twice, then right", list(wrongAt("7", home), wrongAt("7", home), signedIn("7", home)), nil, 0, 2},
		{"a code mistyped, then right", list(wrongCode("7", home), signedIn("7", home)), nil, 0, 1},
		{"right first", list(signedIn("7", home), wrongAt("7", home)), nil, 0, 0},
		{"a slip counts once", list(wrongAt("7", home), signedIn("7", home), signedIn("7", home)), nil, 0, 1},
		{"somebody else signed in", list(wrongAt("7", home), signedIn("8", home)), nil, 0, 0},
		{"the owner signed in elsewhere", list(wrongAt("7", away), signedIn("7", home)), nil, 0, 0},
		{"by a browser that is known, on the way", list(from("dev_7", wrongAt("7", away)), signedIn("7", home)), nil, 0, 1},
		{"the same /64", list(wrongAt("7", "2001:db8::1"), signedIn("7", "2001:db8::2")), nil, 0, 1},
		{"an unknown address", list(tried("", home, "unknown_address")), nil, 1, 0},
		{"one network at many accounts", atMany(12, home), nil, 12, 0},
		{"one network at few accounts", times(12, func(i int) audit.Row { return wrongAt(fmt.Sprint(i%4), home) }), nil, 0, 0},
		{"an office, where people get in", append(times(12, func(i int) audit.Row {
			return signedIn(fmt.Sprint("user", i), home)
		}), atMany(12, home)...), nil, 0, 0},
		{"many networks, no wave", times(12, func(i int) audit.Row {
			return wrongAt(fmt.Sprint("user", i), fmt.Sprint("192.0.2.", i))
		}), nil, 0, 0},
		{"a wave", list(wrongAt("7", home)), wave, 1, 0},
		{"a browser that is known in a wave", list(from("dev_7", wrongAt("7", home))), wave, 0, 0},
	} {
		t.Run(c.note, func(t *testing.T) {
			f := set(t, nil)
			f.w.findings = c.found
			for _, r := range c.rows {
				f.Heard(r)
			}
			s := f.window(t.Context(), "5m", "").sum()
			if g, l := s.Count(figures.Guessing), s.Count(figures.Slips); g != c.guessing || l != c.slips {
				t.Errorf("%d guesses and %d slips, want %d and %d", g, l, c.guessing, c.slips)
			}
			if n := s.Count(figures.Attempts); n != int64(len(c.rows)) {
				t.Errorf("%d attempts of %d", n, len(c.rows))
			}
		})
	}
}

func TestSlipIsMadeGoodWithinTenMinutes(t *testing.T) {
	for after, want := range map[time.Duration]int64{9 * time.Minute: 1, 11 * time.Minute: 0} {
		f := set(t, nil)
		f.Heard(wrongAt("7", "192.0.2.1"))
		f.w.now = f.w.now.Add(after)
		f.Heard(signedIn("7", "192.0.2.1"))
		if s := f.window(t.Context(), "1h", "").sum(); s.Count(figures.Slips) != want {
			t.Errorf("after %s: %d slips", after, s.Count(figures.Slips))
		}
	}
}

// TestRateOfHonestAttempts: who mistypes and gets in did not fail.
func TestRateOfHonestAttempts(t *testing.T) {
	f := set(t, nil)
	f.Heard(wrongAt("7", "192.0.2.1"))
	f.Heard(signedIn("7", "192.0.2.1"))
	f.Heard(tried("", "192.0.2.2", "unknown_address"))
	f.Done(httpkit.Done{Method: "POST", Route: routeLogin, Status: 429, Code: api.CodeTooManyAttempts, Reason: "account_limit"})
	if w := f.read(t).Windows["5m"]; *w.HonestSuccessRate != 1 || w.Attempts != 4 || *w.SuccessRate != 0.25 {
		t.Errorf("%v of honest attempts, %v of %d", *w.HonestSuccessRate, *w.SuccessRate, w.Attempts)
	}
	f.Heard(wrongAt("8", "192.0.2.3"))
	if w := f.read(t).Windows["5m"]; *w.HonestSuccessRate != 0.5 {
		t.Errorf("one got in and one did not: %v", *w.HonestSuccessRate)
	}
}

// TestSlipOfTheLastWindow: what was tried before the window and made good in it
// makes no rate above one.
func TestSlipOfTheLastWindow(t *testing.T) {
	f := set(t, nil)
	for range 3 {
		f.Heard(wrongAt("7", "192.0.2.1"))
	}
	f.w.now = f.w.now.Add(6 * time.Minute)
	f.Heard(signedIn("7", "192.0.2.1"))
	if w := f.read(t).Windows["5m"]; *w.HonestSuccessRate != 1 {
		t.Errorf("%v", *w.HonestSuccessRate)
	}
}

func TestWhatIsRememberedOfStrangersIsBounded(t *testing.T) {
	j := newJudge()
	now := time.Now()
	row := func(i int) *audit.Row {
		r := wrongAt(fmt.Sprint("user", i), fmt.Sprintf("2001:db8:%x:%x::1", i>>16, i&0xffff))
		r.At = now
		return &r
	}
	for i := range 2 * judgedRoom {
		j.refused(row(i), false)
	}
	if len(j.pending) != judgedRoom || len(j.networks) != judgedRoom {
		t.Errorf("%d people and %d networks", len(j.pending), len(j.networks))
	}
	now = now.Add(judgedOver + time.Second)
	j.refused(row(3*judgedRoom), false)
	if len(j.pending) != 1 || len(j.networks) != 1 {
		t.Errorf("later, %d people and %d networks", len(j.pending), len(j.networks))
	}
}
