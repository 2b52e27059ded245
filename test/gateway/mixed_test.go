package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// Two people ask at once, by cookie and by token, and strangers between them: each answer is of who asked.
func TestNobodyIsTakenForSomebodyElse(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"POLICY_FILE": policyFile(t, `
rules:
  - name: open
    paths: ["/open"]
    allow: everyone
  - name: the rest
    paths: ["/**"]
    allow: signed_in
`)})
	people := []pass{s.signIn(t, "ada@example.com"), s.signIn(t, "root@example.com")}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	const each, workers = 1000, 32
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for n := next.Add(1) - 1; n < each*int64(len(people)); n = next.Add(1) - 1 {
				if err := s.mixed(client, people[n%2], n); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}

// mixed asks in one of several ways and looks whom the application took it for.
func (s *stage) mixed(c *http.Client, p pass, n int64) error {
	who, want, method := fmt.Sprintf("/mixed/%d", n), p.id, "GET"
	if n/2%5 == 4 {
		who, want = "/open", ""
	}
	if n/2%3 == 1 {
		method = "POST"
	}
	r, err := http.NewRequest(method, s.URL+who, nil)
	if err != nil {
		return err
	}
	r.Header.Set("X-Nonce", fmt.Sprint(n))
	switch {
	case want == "":
	case n/2%2 == 0:
		r.Header.Set("Authorization", p.bearer())
	default:
		r.Header.Set("Cookie", p.cookie)
	}
	res, err := c.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	var got came
	if err := json.Unmarshal(body, &got); err != nil {
		return fmt.Errorf("%s %s: %d %s", method, who, res.StatusCode, body)
	}
	if got.Header.Get("Remote-User") != want || got.Header.Get("X-Nonce") != fmt.Sprint(n) || got.URI != who ||
		(got.Header.Get("X-Auth-Assertion") == "") != (want == "") {
		return fmt.Errorf("%s %s of %q came as of %q: %v", method, who, want, got.Header.Get("Remote-User"), got.Header)
	}
	return nil
}
