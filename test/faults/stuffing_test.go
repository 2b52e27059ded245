package faults

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Stolen pairs are tried from many addresses at many accounts; one in two hundred is right. Each account is held to its
// limit, the attack is named, who was here before signs in, and the right pair of somebody with a second factor opens
// nothing.
func TestStolenPasswordsFromManyNetworks(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, map[string]string{"LOGIN_LIMIT_ACCOUNT": "10/15m", "LOGIN_LIMIT_ADDRESS": "60/1m", "MFA_REQUIRED_ROLES": "admin"})
	sound := watched(t, s)
	owner := newBrowser(t, s)
	person(t, owner, ada)
	signIn(t, owner, ada) // this browser is known from now on
	person(t, newCaller(s), "victim@example.com")
	if r := s.Run("user", "set-role", "--email", "victim@example.com", "--role", "admin"); r.Code != 0 {
		t.Fatal(r.Stdout, r.Stderr)
	}
	stop := visitors(t, s, signIn(t, newCaller(s), ada).AccessToken)

	addresses, accounts, guesses := rounds(100, 1000), rounds(40, 10_000), rounds(240, 8000)
	strangers := make([]*caller, addresses)
	for i := range strangers {
		strangers[i] = callFrom(s, fmt.Sprintf("127.%d.%d.%d", 1+i%3, 1+i/250, 1+i%250))
	}
	var next, right, odd atomic.Int64
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for i := int(next.Add(1)); i <= guesses; i = int(next.Add(1)) {
				email, try := fmt.Sprintf("u%d@example.com", i%accounts), fmt.Sprint("stolen, number ", i)
				if i%10 == 0 {
					email = ada // everybody's favourite
				}
				if i%200 == 0 {
					email, try = "victim@example.com", password
				}
				c := strangers[i%addresses]
				a := patiently(func() answer { return c.login(email, try) }) // who attacks tries again
				switch {
				case a.code() == string(api.CodeInvalidCredentials):
				case a.status == http.StatusTooManyRequests, a.status == http.StatusServiceUnavailable:
					wantLater(t, "a stolen password", a)
				case challenged(a):
					right.Add(1)
				default:
					odd.Add(1)
					t.Errorf("a stolen password was answered %v", a)
				}
			}
		})
	}
	signedIn, tries := 0, 0
	noticed := time.Time{}
	began := time.Now()
	for done := finished(&all); ; {
		tries++
		if a := patiently(func() answer { return owner.login(ada, password) }); a.status == http.StatusOK {
			signedIn++
		} else {
			t.Errorf("the owner's browser was answered %v", a)
		}
		if noticed.IsZero() && wave(newCaller(s)) {
			noticed = time.Now()
		}
		if isDone(done) {
			break
		}
		time.Sleep(1500 * time.Millisecond) // the limit of an address holds for its owner too
	}
	eventually(t, 10*time.Second, "the attack is named", func() bool { return !noticed.IsZero() || wave(newCaller(s)) })
	stop()
	t.Logf("%d guesses in %s; the owner signed in %d of %d times; %d right pairs met a second factor",
		guesses, time.Since(began).Round(time.Second), signedIn, tries, right.Load())
	if int(right.Load()) != guesses/200 {
		t.Errorf("%d right pairs met a second factor, of %d", right.Load(), guesses/200)
	}
	atMost(t, s.Run("audit", "list", "--json", "--event", "login", "--outcome", "refused", "--limit", "1000000").Stdout)
	for _, c := range strangers {
		c.http.CloseIdleConnections()
	}
	sound(float64(rounds(-1, 0))) // a wave is told of for a minute
}

// challenged is an answer that asks for more and gives nothing.
func challenged(a answer) bool {
	var body map[string]any
	_ = json.Unmarshal(a.body, &body)
	return body["access_token"] == nil && strings.Contains(string(a.body), "challenge") && !strings.Contains(a.header.Get("Set-Cookie"), "session=")
}

// atMost counts what was evaluated for each account.
func atMost(t *testing.T, rows string) {
	t.Helper()
	var list struct{ Items []api.AuditRow }
	if err := json.Unmarshal([]byte(rows), &list); err != nil {
		t.Fatal(err)
	}
	evaluated := map[string]int{}
	for _, row := range list.Items {
		evaluated[row.Address]++
	}
	for email, n := range evaluated {
		if n > accountLimit+runtime.NumCPU() {
			t.Errorf("%d guesses at %s were evaluated", n, email)
		}
	}
	if len(evaluated) < 20 {
		t.Errorf("the audit tells of %d accounts", len(evaluated))
	}
}

// wave says whether the server names a wave of guesses.
func wave(c *caller) bool {
	return strings.Contains(string(c.once("GET", "/metrics").body), `aiwfe_auth_doctor_finding{code="guessing_wave"`)
}

func finished(all *sync.WaitGroup) chan struct{} {
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	return done
}

func isDone(done chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
