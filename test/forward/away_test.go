package forward

import (
	"net/http"
	"testing"
	"time"
)

// aDatabaseThatIsAwayOpensNothing, takes no cookie away and sends nobody to sign in again, who is signed in.
func aDatabaseThatIsAwayOpensNothing(t *testing.T, w *world) {
	ada := w.signedIn(t, "ada", "user")
	w.database.Refuse(true)
	w.database.Cut()
	w.hits.Store(0)
	for name, kind := range map[string]string{"a page": page, "a script": "Accept: application/json"} {
		a := w.get(t, "/", kind, "Cookie: "+ada.cookie)
		if a.status != http.StatusServiceUnavailable || w.hits.Load() > 0 || len(a.header["Set-Cookie"]) > 0 || a.header.Get("Location") != "" {
			t.Errorf("%s: %d %v %s", name, a.status, a.header, a.body)
		}
		if kind == page {
			w.seesAPage(t, "a database that is away", a, http.StatusServiceUnavailable, `href=""`)
		} else {
			w.isTold(t, "a database that is away", a, http.StatusServiceUnavailable)
		}
	}
	w.database.Refuse(false)
	for began := time.Now(); w.get(t, "/", "Cookie: "+ada.cookie).status != http.StatusOK; time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatal("the same cookie does not count again")
		}
	}
}

// aServerThatIsAwayOpensNothing, and takes no cookie away.
func aServerThatIsAwayOpensNothing(t *testing.T, w *world) {
	w.served(t) // HAProxy may have seen it without its database
	ada := w.signedIn(t, "ada", "user")
	w.Stop()
	w.hits.Store(0)
	a := w.get(t, "/", page, "Cookie: "+ada.cookie)
	if a.status < 500 || w.hits.Load() > 0 || len(a.header["Set-Cookie"]) > 0 || a.header.Get("Location") != "" {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
	}
	if w.name == "caddy" {
		return // an answer of its own, without a body
	}
	w.isTold(t, "a server that is away", w.get(t, "/", "Cookie: "+ada.cookie), http.StatusServiceUnavailable)
	w.seesAPage(t, "a server that is away", a, http.StatusServiceUnavailable, "<h1>This cannot be checked right now</h1>")
}
