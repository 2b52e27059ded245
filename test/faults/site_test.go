package faults

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
)

// Whoever holds a /48 of IPv6 has 65,536 networks of their own, and more addresses than there are grains of sand. The
// requests come through a proxy, so that no interface of this machine must have such addresses.
func TestNetworksOfOneSiteHaveNoLimitEach(t *testing.T) {
	t.Parallel()
	const limit = 1
	s := serve(t, place{}, map[string]string{"TRUSTED_PROXIES": "127.0.0.1", "LOGIN_LIMIT_ADDRESS": fmt.Sprintf("%d/1h", limit)})
	sound := watched(t, s)
	c := newCaller(s)
	c.greet()
	from := func(address string) answer {
		return patiently(func() answer {
			return c.forwarded("/api/v1/auth/jwt/login", address, api.LoginRequest{Email: "nobody@example.com", Password: password})
		})
	}
	evaluated := 0
	for i := range rounds(300, 2000) {
		if a := from(fmt.Sprintf("2001:db8:1:%x::%x", i, i+1)); a.status == http.StatusUnauthorized {
			evaluated++
		} else {
			want(t, "a guess too many", a, http.StatusTooManyRequests, api.CodeTooManyAttempts)
		}
	}
	if evaluated != ratelimit.SiteShare*limit {
		t.Errorf("%d guesses of one site were evaluated, not %d", evaluated, ratelimit.SiteShare*limit)
	}
	for i := range limit + 1 { // one network with many addresses has one limit
		a := from(fmt.Sprintf("2001:db8:2:1::%x", i+1))
		if limited := a.status == http.StatusTooManyRequests; limited != (i == limit) {
			t.Errorf("guess %d of a network was answered %v", i+1, a)
		}
	}
	want(t, "a neighbour", from("2001:db8:2:2::1"), http.StatusUnauthorized, api.CodeInvalidCredentials)
	sound(0)
}
