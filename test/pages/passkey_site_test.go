package pages

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/passkey"
)

// passkeySite is the smallest site around passkey.js: one page for each kind
// of form, the two endpoints for options, and one that takes the answers.
type passkeySite struct {
	service *passkey.Service
	address string // at localhost

	mu         sync.Mutex
	ceremonies map[string]passkey.Ceremony
	creds      []passkey.Credential
	asked      []map[string]any // bodies of the requests for options
	answered   int
	refusal    string // what the endpoints say when set
}

var passkeyUser = passkey.User{Handle: []byte("0123456789abcdef0123456789abcdef"), Email: email, Name: "Ada Lovelace"}

func newPasskeySite(t *testing.T) *passkeySite {
	t.Helper()
	site := &passkeySite{ceremonies: map[string]passkey.Ceremony{}}
	server := httptest.NewServer(site.mux(t))
	t.Cleanup(server.Close)
	site.address = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	address, err := url.Parse(site.address)
	if err != nil {
		t.Fatal(err)
	}
	site.service, err = passkey.New(passkey.Options{PublicURL: address, Product: "Example", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func (s *passkeySite) mux(t *testing.T) *http.ServeMux {
	mux := http.NewServeMux()
	for _, name := range []string{"app.js", "passkey.js"} {
		script, err := os.ReadFile("../../internal/web/static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, _ *http.Request) { serveScript(w, string(script)) })
	}
	// What a browser lacks, or what is watched, comes before our script.
	for name, script := range map[string]string{
		"new":  "",
		"none": "delete window.PublicKeyCredential;",
		"old": `for (const f of ["parseCreationOptionsFromJSON", "parseRequestOptionsFromJSON"]) PublicKeyCredential[f] = undefined;
			PublicKeyCredential.prototype.toJSON = () => { throw new TypeError("Illegal invocation"); };`,
		"upgrade": `const make = navigator.credentials.create.bind(navigator.credentials);
			navigator.credentials.create = ({ mediation, ...o }) => mediation === "conditional" && make(o);`,
		"signals": `for (const f of ["signalUnknownCredential", "signalAllAcceptedCredentials", "signalCurrentUserDetails"])
			PublicKeyCredential[f] = async (d) => { document.querySelector("h1").append(" " + JSON.stringify(d)); throw new Error("no"); };`,
	} {
		mux.HandleFunc("GET /before/"+name, func(w http.ResponseWriter, _ *http.Request) { serveScript(w, script) })
	}
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /page/{kind}", s.page)
	mux.HandleFunc("POST /page/{kind}", s.finish)
	mux.HandleFunc("POST /api/v1/auth/2fa/webauthn/login/options", s.options)
	mux.HandleFunc("POST /api/v1/auth/2fa/webauthn/register/options", s.options)
	return mux
}

func serveScript(w http.ResponseWriter, script string) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = io.WriteString(w, script)
}

// page shows ?before=, the kind of form, and whatever else a test asks for.
func (s *passkeySite) page(w http.ResponseWriter, r *http.Request) {
	before := r.FormValue("before")
	if before == "" {
		before = "new"
	}
	writePage(w, fmt.Sprintf(`<script src="/before/%s"></script><h1>%[2]s</h1>
<form method="post" action="/page/%[2]s" hidden data-passkey="%[2]s" %[3]s data-say-cancelled="nobody answered"
data-say-failed="it failed" data-say-unfit="another host" data-say-known="known already">
<input type="hidden" name="credential"><input type="hidden" name="csrf_token" value="the token">
%[4]s<p role="status" hidden></p><button type="submit">Passkey</button></form>
<label>Address <input type="email" autocomplete="username webauthn"></label>
<i hidden data-signal="unknown" data-rp-id="localhost" data-credential-id="AQ"></i>
<i hidden data-signal="accepted" data-rp-id="localhost" data-user-id="Ag" data-credential-ids="AQ Aw"></i>
<i hidden data-signal="user" data-rp-id="localhost" data-user-id="Ag" data-name="a@b.c" data-display-name="A"></i>
<script type="module" src="/app.js"></script><script type="module" src="/passkey.js"></script>`,
		before, r.PathValue("kind"), map[bool]string{true: "data-conditional"}[r.FormValue("conditional") != ""],
		map[bool]string{true: `<input type="hidden" name="challenge_token" value="the challenge">`}[r.PathValue("kind") == "second"]))
}

func writePage(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'; img-src 'self'")
	_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Passkeys</title><main>%s</main></html>`, body)
}

func (s *passkeySite) options(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("X-CSRF-TOKEN") != "the token" {
		http.Error(w, "{}", http.StatusBadRequest)
		return
	}
	s.asked = append(s.asked, body)
	w.Header().Set("Content-Type", "application/json")
	if s.refusal != "" {
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(map[string]string{"detail": s.refusal})
		return
	}
	options, c, err := s.begin(strings.Contains(r.URL.Path, "/register/"), body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.ceremonies[string(c.Challenge)] = c
	_ = json.NewEncoder(w).Encode(map[string]json.RawMessage{"options": options})
}

func (s *passkeySite) begin(register bool, body map[string]any) ([]byte, passkey.Ceremony, error) {
	switch {
	case register && body["conditional"] == true:
		return s.service.BeginUpgrade(passkeyUser, s.creds)
	case register:
		return s.service.BeginRegistration(passkeyUser, s.creds)
	case body["challenge_token"] != nil:
		return s.service.BeginSecond(s.creds)
	}
	return s.service.BeginDiscoverable()
}

func (s *passkeySite) finish(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered++
	response := []byte(r.PostFormValue("credential"))
	challenge, err := passkey.ChallengeOf(response)
	c, ok := s.ceremonies[string(challenge)]
	delete(s.ceremonies, string(challenge))
	switch {
	case err != nil || !ok:
		err = errors.Join(err, errors.New("no such ceremony"))
	case c.Purpose == passkey.PurposeRegister:
		var cred passkey.Credential
		if cred, err = s.service.FinishRegistration(c, passkeyUser, response); err == nil {
			s.creds = append(s.creds, cred)
			writePage(w, fmt.Sprintf("<h1>registered, discoverable %v</h1>", cred.Discoverable))
			return
		}
	default:
		var p passkey.Proof
		if p, err = s.service.Finish(c, s.creds, response); err == nil {
			writePage(w, fmt.Sprintf("<h1>proven, verified %v, back %v</h1>", p.UserVerified, p.WentBack))
			return
		}
	}
	writePage(w, fmt.Sprintf("<h1>refused: %v</h1>", err))
}

// seen gives the bodies asked with and the count of answers.
func (s *passkeySite) seen() ([]map[string]any, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]map[string]any(nil), s.asked...), s.answered
}
