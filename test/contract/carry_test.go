package contract

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/descope/virtualwebauthn"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// key is a device with a passkey for one site.
type key struct {
	site   virtualwebauthn.RelyingParty
	device virtualwebauthn.Authenticator
	pass   virtualwebauthn.Credential
}

func (w *world) newKey(t *testing.T) *key {
	t.Helper()
	u, err := url.Parse(w.public)
	if err != nil {
		t.Fatal(err)
	}
	k := &key{
		site:   virtualwebauthn.RelyingParty{Name: "aiwfe", ID: u.Hostname(), Origin: w.public},
		device: virtualwebauthn.NewAuthenticator(),
	}
	// The library writes coordinates without leading zeros, which COSE forbids: only a key without any is one.
	for len(k.pass.ID) == 0 || len(k.pass.Key.AttestationData()) != 77 {
		k.pass = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	}
	return k
}

// made is what the device answers to options for making a passkey.
func (k *key) made(t *testing.T, options answer) json.RawMessage {
	t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(inner(t, options))
	if err != nil {
		t.Fatalf("%v: %s", err, options)
	}
	k.device.Options.UserHandle = []byte(o.UserID)
	text := virtualwebauthn.CreateAttestationResponse(k.site, k.device, k.pass, *o)
	k.device.AddCredential(k.pass)
	return json.RawMessage(text)
}

// shown is what it answers to options for showing one.
func (k *key) shown(t *testing.T, options answer) json.RawMessage {
	t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(inner(t, options))
	if err != nil {
		t.Fatalf("%v: %s", err, options)
	}
	return json.RawMessage(virtualwebauthn.CreateAssertionResponse(k.site, k.device, k.pass, *o))
}

// inner are the options, as a browser's own functions take them.
func inner(t *testing.T, a answer) string {
	t.Helper()
	a.want(t, http.StatusOK, "")
	var in struct{ Options json.RawMessage }
	if err := json.Unmarshal(a.body, &in); err != nil {
		t.Fatal(err)
	}
	return `{"publicKey":` + string(in.Options) + `}`
}

// shared are the settings of nodes on one database.
func shared(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"DATABASE_URL": ground.Postgres(t).NewDatabase(t), "PUBLIC_URL": "http://localhost:29997"}
}

// TestWhatIsBegunOnOneNodeEndsOnAnother: a balancer sends each request where it likes.
func TestWhatIsBegunOnOneNodeEndsOnAnother(t *testing.T) {
	t.Parallel()
	env := shared(t)
	a, b := start(t, env), start(t, env)
	carry(t, a, func(clients ...*client) {
		for _, c := range clients {
			c.w = b
		}
	})
}

// TestWhatIsBegunEndsAfterARestart: of all nodes, on either engine.
func TestWhatIsBegunEndsAfterARestart(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]map[string]string{"SQLite": {"PUBLIC_URL": "http://localhost:29997"}, "PostgreSQL": shared(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, env)
			carry(t, w, func(...*client) {
				w.transport.CloseIdleConnections()
				w.Restart()
				w.pid = w.PID()
			})
		})
	}
}

// carry begins everything that takes two steps, moves, and takes the second steps.
func carry(t *testing.T, w *world, move func(...*client)) {
	t.Helper()
	const auth, factors = "/api/v1/auth", "/api/v1/auth/2fa"
	email := w.user(t)
	browser, program := w.browser().signIn(t, email, password), w.program()
	tokens := program.login(t, email, password)
	program.bearer = tokens.text("access_token")
	page := w.browser().greet(t) // has a CSRF token, and signs in later

	setup := w.program().signIn(t, w.user(t), password)
	seed := setup.do(t, "POST", factors+"/totp/setup", nil)
	owner, p, _ := w.protected(t)
	pending := w.program()
	challenge := pending.begin(t, owner, password)

	maker, making := w.program().signIn(t, w.user(t), password), w.newKey(t)
	create := maker.do(t, "POST", factors+"/webauthn/register/options", object{})

	holder := w.user(t)
	held, has := w.newKey(t), w.program().signIn(t, holder, password)
	has.do(t, "POST", factors+"/webauthn/register/verify", object{
		"credential": held.made(t, has.do(t, "POST", factors+"/webauthn/register/options", object{})),
	}).want(t, http.StatusOK, "")
	alone, second := w.program(), w.program()
	byKey := alone.do(t, "POST", factors+"/webauthn/login/options", object{})
	due := second.begin(t, holder, password)
	asked := second.do(t, "POST", factors+"/webauthn/login/options", object{"challenge_token": due})

	move(browser, program, page, setup, pending, maker, alone, second)

	for what, c := range map[string]*client{"cookie": browser, "bearer token": program} {
		if a := c.do(t, "GET", auth+"/status", nil); a.status != http.StatusOK || a.text("user.email") != email {
			t.Errorf("a session by %s: %s", what, a)
		}
	}
	page.login(t, email, password).want(t, http.StatusOK, "")
	program.refresh(t, tokens.text("refresh_token")).want(t, http.StatusOK, "")
	browser.do(t, "POST", auth+"/jwt/logout", nil).want(t, http.StatusNoContent, "") // by the CSRF token of before
	setup.do(t, "POST", factors+"/totp/confirm", object{"code": app{seed.text("secret")}.at(t, 0)}).want(t, http.StatusOK, "")
	pending.answer(t, challenge, "totp", p.at(t, 1)).want(t, http.StatusOK, "")
	maker.do(t, "POST", factors+"/webauthn/register/verify", object{"credential": making.made(t, create)}).want(t, http.StatusOK, "")
	second.do(t, "POST", factors+"/challenge", object{
		"challenge_token": due, "method": "webauthn", "credential": held.shown(t, asked),
	}).want(t, http.StatusOK, "")
	held.pass.Counter++
	alone.do(t, "POST", factors+"/webauthn/login/verify", object{"credential": held.shown(t, byKey)}).want(t, http.StatusOK, "")
}
