package faults

import (
	"net/http"
	"testing"
)

// A panic in a handler is answered 500 with the id of the request, and the process lives on: internal/httpkit/server_test.go
// has the handler that panics. The released program has no door to one, nor to the insides of the runtime.
func TestNoRouteIsThereForTestsAlone(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, nil)
	sound := watched(t, s)
	c := newCaller(s)
	for _, path := range []string{
		"/panic", "/api/panic", "/api/v1/panic", "/api/v1/test/panic", "/debug", "/debug/pprof/", "/debug/vars", "/debug/pprof/heap", "/test",
	} {
		for _, method := range []string{"GET", "POST"} {
			if a := c.call(method, path, "", nil); a.err != nil || a.status != http.StatusNotFound {
				t.Errorf("%s %s was answered %v", method, path, a)
			}
		}
	}
	sound(0)
}

// The limit that the surroundings set is the runtime's, and with little memory it answers as ever.
func TestMemoryLimitIsKept(t *testing.T) {
	t.Parallel()
	const limit = 96 << 20
	s := serve(t, place{}, map[string]string{"GOMEMLIMIT": "96MiB"})
	if v := takeVitals(s); v.limit != limit {
		t.Fatalf("the runtime's limit is %.0f bytes", v.limit)
	}
	sound := watched(t, s)
	c := newBrowser(t, s)
	person(t, c, ada)
	token := signIn(t, c, ada).AccessToken
	for _, a := range atOnce(20, func(int) answer {
		c := newCaller(s)
		defer c.http.CloseIdleConnections()
		return patiently(func() answer { return c.login(ada, password) })
	}) {
		want(t, "one of many logins", a, http.StatusOK, "")
	}
	want(t, "a check", c.status(token), http.StatusOK, "")
	if held := takeVitals(s); held.resident > limit+64*mebibyte {
		t.Errorf("it holds %.0f MiB", held.resident/mebibyte)
	}
	sound(0)
}
