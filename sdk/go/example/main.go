// Example is a small application whose people sign in with aiwfe-auth.
//
//	AUTH_URL=http://localhost:8080 APP_URL=http://localhost:3000 go run .
//
// Its pages: / for everybody, /asks for who is signed in, by asking the server;
// /behind for who comes through the gateway or forward-auth, by the signed
// header; /both for who does, and whose session the server is asked after, too;
// /admin for administrators; POST /notes for whoever may write.
package main

import (
	"cmp"
	"errors"
	"html/template"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	auth "github.com/aiwfe/aiwfe-auth/sdk/go/authclient"
)

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Example</title>
{{if .Who}}<h1>Hello {{.Who.Email}}</h1><p id="id">{{.Who.ID}}</p>{{else}}<h1>Hello stranger</h1>{{end}}
<p><a href="/asks">For who is signed in</a></p></html>
`))

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	server := cmp.Or(os.Getenv("AUTH_URL"), "http://localhost:8080")
	app, err := url.Parse(cmp.Or(os.Getenv("APP_URL"), "http://localhost:3000"))
	if err != nil {
		return err
	}
	h, err := handler(server, app)
	if err != nil {
		return err
	}
	addr := cmp.Or(os.Getenv("LISTEN_ADDR"), "127.0.0.1:3000")
	s := &http.Server{Addr: addr, Handler: h, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("listening on %s, people sign in at %s", s.Addr, server)
	if err := s.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func handler(server string, app *url.URL) (http.Handler, error) {
	client, err := auth.NewClient(server)
	if err != nil {
		return nil, err
	}
	asks := auth.AskStatus(client, auth.StatusOptions{})
	behind, err := auth.Assertions(client, auth.AssertionOptions{Audience: []string{app.Hostname()}})
	if err != nil {
		return nil, err
	}
	both, err := auth.Assertions(client, auth.AssertionOptions{Audience: []string{app.Hostname()}, Revocation: asks})
	if err != nil {
		return nil, err
	}
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, _ := auth.FromContext(r.Context())
		w.Header().Set("Cache-Control", "no-store")
		_ = page.Execute(w, map[string]any{"Who": who})
	})
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", auth.Optional(auth.First(behind, asks))(hello))
	mux.Handle("GET /asks", auth.RequireOrLogin(asks, server, app.String())(hello))
	mux.Handle("GET /behind", auth.Require(behind)(hello))
	mux.Handle("GET /both", auth.Require(both)(hello))
	mux.Handle("GET /admin", auth.Require(asks)(auth.RequireRole("admin")(hello)))
	mux.Handle("POST /notes", auth.Require(asks)(auth.RequireScope("write")(hello)))
	return mux, nil
}
