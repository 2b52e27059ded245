package contract

import (
	"bytes"
	"encoding/base32"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDatabaseHoldsNoSecret that would open anything to whoever reads a copy; ASVS V13.3.1, V6.5.2.
func TestDatabaseHoldsNoSecret(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, map[string]string{"LOG_LEVEL": "debug"})
	email := w.joined(t, p)
	login := w.program().login(t, email, password)
	c := w.bearing(login.text("access_token"))
	device := c.enrol(t)
	pendingSeed := c.do(t, "POST", "/api/v1/auth/2fa/totp/setup", nil).text("secret")
	codes := c.backupCodes(t)
	b := w.browser().trusting(t, email, device.at(t, 0))
	challenge := w.program().begin(t, email, password)
	reset := w.forgot(t, p, email, 1)
	c.do(t, "POST", "/api/v1/auth/email", object{"email": w.address()}).want(t, http.StatusAccepted, "")
	p.Close()
	late := w.address() // its letter waits in the outbox
	w.program().do(t, "POST", "/api/v1/auth/register", object{"email": late, "password": another}).want(t, http.StatusAccepted, "")

	secrets := map[string]string{
		"the seed": device.secret, "a seed not yet confirmed": pendingSeed, "a personal token": c.personalToken(t, "read"), "a challenge": challenge,
		"a reset link": reset, "a refresh token": login.text("refresh_token"), "an access token": c.bearer, "a session cookie": b.cookie("aiwfe_session"),
		"a device cookie": b.cookie("aiwfe_device"), "a password": password, "another password": another, "a key": sealingKey, "another key": signingKey,
	}
	for _, one := range codes {
		secrets["a backup code "+one] = one
		secrets["a bare backup code "+one] = strings.ReplaceAll(one, "-", "")
	}
	for _, l := range p.to(email) {
		for _, page := range []string{"/verify-email", "/reset-password", "/not-me"} {
			secrets["a link of the letter "+l.Subject+page] = l.token(page)
		}
	}
	for name, seed := range map[string]string{"the raw seed": device.secret, "a raw seed not yet confirmed": pendingSeed} {
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed)
		if err != nil {
			t.Fatalf("a seed is no base32: %v", err)
		}
		secrets[name] = string(raw)
	}
	w.Stop()
	w.pid = stopped
	dump, logged := databaseFiles(t, w.DataDir), w.Stdout()+w.Stderr()
	if !bytes.Contains(dump, []byte(email)) || !bytes.Contains(dump, []byte(late)) {
		t.Fatal("this is not the database")
	}
	for name, secret := range secrets {
		if secret == "" {
			continue // a letter without that link
		}
		for _, form := range []string{secret, strings.ToLower(secret), strings.TrimPrefix(secret, "aiwfe_pat_"), strings.TrimPrefix(secret, "aiwfe_rt_")} {
			if bytes.Contains(dump, []byte(form)) {
				t.Errorf("the database holds %s", name)
			}
			if strings.Contains(logged, form) {
				t.Errorf("the log holds %s", name)
			}
		}
	}
	if bytes.Contains(dump, []byte("token=")) {
		t.Error("the database holds a link of a letter")
	}
}

// databaseFiles is everything that the database has on disk.
func databaseFiles(t *testing.T, folder string) (all []byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text...)
	}
	return all
}
