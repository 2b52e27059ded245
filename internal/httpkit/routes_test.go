package httpkit

import (
	"net/http"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// What is remembered of the mux must be what the mux itself would say, the
// second time as the first.
func TestRouteIsFoundAgainAsItWasFound(t *testing.T) {
	mux := http.NewServeMux()
	for _, pattern := range []string{"GET /a/b", "POST /a/b", "GET /x/{id}", "GET /under/", "GET /only/{$}"} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(pattern + " " + r.Pattern + " " + r.PathValue("id")))
		})
	}
	h := Mux(mux, func(q *Request, f *fault.Error) { q.Fail(f) })
	w := build(t)
	for range 2 {
		for _, c := range []struct {
			method, target string
			status         int
			body           string
		}{
			{"GET", "/a/b", 200, "GET /a/b GET /a/b "},
			{"POST", "/a/b", 200, "POST /a/b POST /a/b "},
			{"HEAD", "/a/b", 200, "GET /a/b GET /a/b "},
			{"GET", "/a%2Fb", 404, ""},
			{"GET", "/%61/b", 200, "GET /a/b GET /a/b "},
			{"PUT", "/a/b", 405, ""},
			{"GET", "/x/1", 200, "GET /x/{id} GET /x/{id} 1"},
			{"GET", "/x/2", 200, "GET /x/{id} GET /x/{id} 2"},
			{"GET", "/x/{id}", 200, "GET /x/{id} GET /x/{id} {id}"},
			{"GET", "/under/", 200, "GET /under/ GET /under/ "},
			{"GET", "/under/it", 200, "GET /under/ GET /under/ "},
			{"GET", "/only/", 200, "GET /only/{$} GET /only/{$} "},
			{"GET", "/only/it", 404, ""},
			{"GET", "//a/b", 404, ""},
			{"GET", "/a/./b", 404, ""},
		} {
			res := w.serve(ask(c.method, c.target, ""), h.ServeHTTP)
			body := make([]byte, 200)
			n, _ := res.Body.Read(body)
			if res.StatusCode != c.status || c.status == 200 && string(body[:n]) != c.body {
				t.Errorf("%s %s: %d %s", c.method, c.target, res.StatusCode, body[:n])
			}
		}
	}
}
