package gateway

import "testing"

// Who signs in on the way to an application's own host is led back, where the cookie of it comes along: nobody is
// asked to sign in again and again.
func TestOnlyWhereTheCookieComesAlongIsSomebodyLedToSignIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{
		"PUBLIC_URL": "http://auth.site.localhost:18080", "COOKIE_DOMAIN": "site.localhost",
		"UPSTREAMS": "app.site.localhost/=APPLICATION,app.elsewhere.localhost/=APPLICATION",
	})
	for host, want := range map[string]string{
		"auth.site.localhost":     "http://auth.site.localhost:18080/login?next=%2Fx%3Fy%3D1",
		"app.site.localhost":      "http://auth.site.localhost:18080/login?next=http%3A%2F%2Fapp.site.localhost%3A18080%2Fx%3Fy%3D1",
		"app.elsewhere.localhost": "",
	} {
		a := s.ask(t, "GET", "/x?y=1", nil, "Host", host+":18080", "Sec-Fetch-Mode", "navigate", "Accept", "text/html")
		status := 302
		if want == "" {
			status = 403
		}
		if a.StatusCode != status || a.Header.Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", host, a.StatusCode, a.Header.Get("Location"), want)
		}
	}
}
