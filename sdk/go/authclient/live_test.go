//go:build live

package authclient

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 says so
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// These run against a real server: AIWFE_AUTH_URL says where it is, AIWFE_AUTH_PEOPLE
// who is there (three addresses), AIWFE_AUTH_PASSWORD what all their passwords are.

type there struct {
	*Client
	people   []string
	password string
}

func live(t *testing.T) there {
	t.Helper()
	c, err := NewClient(os.Getenv("AIWFE_AUTH_URL"))
	people := strings.Split(os.Getenv("AIWFE_AUTH_PEOPLE"), ",")
	if err != nil || len(people) < 3 {
		t.Fatalf("set AIWFE_AUTH_URL, AIWFE_AUTH_PEOPLE and AIWFE_AUTH_PASSWORD: %v", err)
	}
	return there{c, people, os.Getenv("AIWFE_AUTH_PASSWORD")}
}

func (l there) signIn(t *testing.T, who int) *SignedIn {
	t.Helper()
	in, waits, err := l.Login(context.Background(), l.people[who], l.password)
	if err != nil || waits != nil {
		t.Fatal(waits, err)
	}
	return in
}

func TestLiveClient(t *testing.T) {
	l, ctx := live(t), context.Background()
	if _, _, err := l.Login(ctx, l.people[0], "not the password"); !HasCode(err, "invalid_credentials") || !IsSignedOut(err) {
		t.Error(err)
	}
	in := l.signIn(t, 0)
	me, err := in.Me(ctx)
	if err != nil || me.Email != l.people[0] {
		t.Error(me, err)
	}
	st, err := in.Status(ctx)
	if err != nil || st.User.ID != me.ID || st.Session.ID != in.Tokens().SessionID {
		t.Error(st, err)
	}
	other := l.signIn(t, 0)
	list, err := in.Sessions(ctx)
	if err != nil || len(list) < 2 || !list[0].Current || list[0].ID != st.Session.ID {
		t.Error(list, err)
	}
	if err := in.EndSession(ctx, other.Tokens().SessionID); err != nil {
		t.Error(err)
	}
	if _, err := other.Me(ctx); !IsSignedOut(err) {
		t.Errorf("an ended session: %v", err)
	}
	l.signIn(t, 0)
	if n, err := in.EndOtherSessions(ctx); err != nil || n < 1 {
		t.Error(n, err)
	}
	if err := in.Logout(ctx); err != nil {
		t.Error(err)
	}
	if _, err := in.Me(ctx); !IsSignedOut(err) {
		t.Errorf("after logout: %v", err)
	}
	if err := in.Logout(ctx); err != nil {
		t.Errorf("twice: %v", err)
	}
}

func TestLivePersonalToken(t *testing.T) {
	l, ctx := live(t), context.Background()
	in := l.signIn(t, 0)
	var made struct{ Token string }
	body := map[string]any{"name": "a script", "scopes": []string{"read"}}
	if err := in.do(ctx, question{method: "POST", path: api + "/tokens", body: body}, &made); err != nil {
		t.Fatal(err)
	}
	if st, err := l.Resume(Tokens{AccessToken: made.Token}).Status(ctx); err != nil || st.User.Email != l.people[0] {
		t.Error(st, err)
	}
	if _, err := l.Resume(Tokens{AccessToken: made.Token + "x"}).Status(ctx); !IsSignedOut(err) {
		t.Error(err)
	}
}

func TestLiveRefreshIsDoneOnce(t *testing.T) {
	l, ctx := live(t), context.Background()
	in := l.signIn(t, 0)
	old := in.Tokens()
	stale := old
	stale.Expires = time.Now()
	in = l.Resume(stale)
	var wg sync.WaitGroup
	for range 100 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := in.Me(ctx); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if now := in.Tokens(); now.RefreshToken == old.RefreshToken || now.SessionID != old.SessionID {
		t.Error("the tokens are the old ones")
	}
}

// TestLiveNobodyIsTakenForAnother has two people ask a thousand times each, all at once.
func TestLiveNobodyIsTakenForAnother(t *testing.T) {
	l := live(t)
	for _, remember := range []time.Duration{0, -1} {
		h := Require(AskStatus(l.Client, StatusOptions{Remember: remember}))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			who, _ := FromContext(r.Context())
			_, _ = fmt.Fprint(w, who.Email, " ", who.SessionID)
		}))
		var want [2]string
		var tokens [2]string
		for i := range tokens {
			s := l.signIn(t, i)
			tokens[i], want[i] = s.Tokens().AccessToken, l.people[i]+" "+s.Tokens().SessionID
		}
		var wg sync.WaitGroup
		for i := range 2000 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if w := ask(h, "GET", "Authorization", "Bearer "+tokens[i%2]); w.Code != 200 || w.Body.String() != want[i%2] {
					t.Errorf("%s: %d %s", want[i%2], w.Code, w.Body)
				}
			}()
		}
		wg.Wait()
	}
}

func TestLiveASignOutIsKnownSoon(t *testing.T) {
	l := live(t)
	in := l.signIn(t, 1)
	h := Require(AskStatus(l.Client, StatusOptions{}))(page)
	code := func() int { return ask(h, "GET", "Authorization", "Bearer "+in.Tokens().AccessToken).Code }
	if code() != 200 {
		t.Fatal("not signed in")
	}
	if err := in.Logout(context.Background()); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); code() != 401; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a session that has ended still counts")
		}
	}
}

func TestLiveSecondFactor(t *testing.T) {
	l, ctx := live(t), context.Background()
	in := l.signIn(t, 2)
	var setup struct{ Secret string }
	if err := in.do(ctx, question{method: "POST", path: api + "/2fa/totp/setup", body: struct{}{}}, &setup); err != nil {
		t.Fatal(err)
	}
	confirm := question{method: "POST", path: api + "/2fa/totp/confirm", body: map[string]string{"code": totp(t, setup.Secret, -1)}}
	if err := in.do(ctx, confirm, nil); err != nil {
		t.Fatal(err)
	}
	done, waits, err := l.Login(ctx, l.people[2], l.password)
	if err != nil || done != nil || len(waits.Methods) == 0 || waits.Methods[0] != "totp" {
		t.Fatal(done, waits, err)
	}
	if _, err := waits.Answer(ctx, "totp", "000000"); !HasCode(err, "invalid_code") {
		t.Error(err)
	}
	if in, err = waits.Answer(ctx, "totp", totp(t, setup.Secret, 0)); err != nil {
		t.Fatal(err)
	}
	if st, err := in.Status(ctx); err != nil || st.Session.Method != "password+totp" {
		t.Error(st.Session.Method, err)
	}
}

// totp is RFC 6238 with the usual numbers.
func totp(t *testing.T, secret string, step int64) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha1.New, key)
	_ = binary.Write(m, binary.BigEndian, time.Now().Unix()/30+step)
	sum := m.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[19]&15:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}
