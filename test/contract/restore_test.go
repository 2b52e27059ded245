package contract

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// stay is how the settings of a world that is restored name it, so that passkeys and tokens go on.
var stay = map[string]string{"PUBLIC_URL": "http://localhost:29996", "JWT_SECRET_KEY": signingKey, "DATA_ENCRYPTION_KEY": sealingKey}

// TestPeopleComeBackFromABackup: on the same engine, on the other one, and in the place of what is there. Everybody
// signs in as before, by password, authenticator app, backup code and passkey; and nothing that had ended, nor anything
// that may have, comes back.
func TestPeopleComeBackFromABackup(t *testing.T) {
	t.Parallel()
	postgres := func(t *testing.T) map[string]string {
		return map[string]string{"DATABASE_URL": ground.Postgres(t).NewDatabase(t)}
	}
	sqlite := func(t *testing.T) map[string]string {
		return map[string]string{"DATA_DIR": filepath.Join(t.TempDir(), "data")}
	}
	for name, c := range map[string]struct {
		from, to func(*testing.T) map[string]string
	}{
		"SQLite to PostgreSQL": {sqlite, postgres}, "PostgreSQL to SQLite": {postgres, sqlite},
		"SQLite in its place": {sqlite, nil}, "PostgreSQL in its place": {postgres, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.from(t)
			maps.Copy(env, stay)
			to := env
			if c.to != nil {
				to = c.to(t)
				maps.Copy(to, stay)
			}
			restored(t, env, to, c.to == nil)
		})
	}
}

// before is who was there when the backup was made, and what they held.
type before struct {
	email, owner, holder    string
	app                     app
	codes                   []string
	key                     *key
	session, gone, personal *client
	refresh, goneRefresh    string
}

func fillBefore(t *testing.T, w *world) (b before) {
	t.Helper()
	const factors = "/api/v1/auth/2fa"
	b.email = w.user(t)
	b.session, b.gone, b.personal = w.program(), w.program(), w.program()
	a := b.session.login(t, b.email, password)
	b.session.bearer, b.refresh = a.text("access_token"), a.text("refresh_token")
	b.personal.bearer = b.session.personalToken(t, "read")
	a = b.gone.login(t, b.email, password)
	b.gone.bearer, b.goneRefresh = a.text("access_token"), a.text("refresh_token")
	var c *client
	b.owner, b.app, c = w.protected(t)
	b.codes = c.backupCodes(t)
	b.holder, b.key = w.user(t), w.newKey(t)
	has := w.program().signIn(t, b.holder, password)
	has.do(t, "POST", factors+"/webauthn/register/verify", object{
		"credential": b.key.made(t, has.do(t, "POST", factors+"/webauthn/register/options", object{})),
	}).want(t, http.StatusOK, "")
	return b
}

func restored(t *testing.T, from, to map[string]string, inPlace bool) {
	t.Helper()
	w := start(t, from)
	b := fillBefore(t, w)
	dir := t.TempDir()
	identity, file := filepath.Join(dir, "key.txt"), filepath.Join(dir, "one.backup")
	r := w.Run("backup", "key", "--out", identity)
	if r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	if r = w.Run("backup", "create", "--recipient", strings.TrimSpace(r.Stdout), file); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	// What happens after the backup.
	b.gone.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
	w.program().answer(t, w.program().begin(t, b.owner, password), "backup_code", b.codes[0]).want(t, http.StatusOK, "")
	args := []string{"backup", "restore", "--identity", identity, file}
	if inPlace {
		args = append(args, "--replace", "--yes")
		if r := w.Run(args...); r.Code != 1 || !strings.Contains(r.Stderr, "a server uses this database") {
			t.Fatalf("it was restored under a server: %d %s", r.Code, r.Stderr)
		}
		b.session.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	}
	w.Stop()
	w.pid = stopped

	if r := ground.Unstarted(t, to).Run(args...); r.Code != 0 {
		t.Fatalf("%d %s%s", r.Code, r.Stdout, r.Stderr)
	}
	w = start(t, to)
	for _, c := range []*client{b.session, b.gone, b.personal} {
		c.w = w
	}
	signIns(t, w, b, inPlace)
	stayDead(t, b)
	if r := w.Run("backup", "verify", "--identity", identity, file); r.Code != 0 {
		t.Errorf("%d %s%s", r.Code, r.Stdout, r.Stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(w.DataDir, "verify-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func signIns(t *testing.T, w *world, b before, inPlace bool) {
	t.Helper()
	w.program().login(t, b.email, password).want(t, http.StatusOK, "")
	byKey := w.program()
	shown := byKey.do(t, "POST", "/api/v1/auth/2fa/webauthn/login/options", object{})
	b.key.pass.Counter++
	byKey.do(t, "POST", "/api/v1/auth/2fa/webauthn/login/verify", object{"credential": b.key.shown(t, shown)}).want(t, http.StatusOK, "")
	owner := w.program()
	owner.answer(t, owner.begin(t, b.owner, password), "backup_code", b.codes[1]).want(t, http.StatusOK, "")
	owner.answer(t, owner.begin(t, b.owner, password), "backup_code", b.codes[1]).want(t, http.StatusUnauthorized, "invalid_code")
	if inPlace { // the database that was replaced knew it
		owner.answer(t, owner.begin(t, b.owner, password), "backup_code", b.codes[0]).want(t, http.StatusUnauthorized, "invalid_code")
	}
	// Codes of the steps that may have been taken before the restore are refused; the first one after them is good.
	challenge := owner.begin(t, b.owner, password)
	deadline := time.Now().Add(3 * time.Minute)
	for {
		a := owner.answer(t, challenge, "totp", b.app.at(t, 1))
		if a.status == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the authenticator app: %s", a)
		}
		time.Sleep(2 * time.Second) // a step is half a minute long
	}
}

func stayDead(t *testing.T, b before) {
	t.Helper()
	for what, c := range map[string]*client{"a session of before": b.session, "one that had ended": b.gone, "a personal token": b.personal} {
		if a := c.do(t, "GET", "/api/v1/auth/status", nil); a.status != http.StatusUnauthorized || a.text("code") != "session_ended" {
			t.Errorf("%s came back: %s", what, a)
		}
	}
	for _, token := range []string{b.refresh, b.goneRefresh} {
		b.session.refresh(t, token).want(t, http.StatusUnauthorized, "")
	}
}

// TestNothingIsRestoredFromAChangedFile: one sentence, exit code 1, and the database as it was.
func TestNothingIsRestoredFromAChangedFile(t *testing.T) {
	t.Parallel()
	w := start(t, stay)
	email := w.user(t)
	dir := t.TempDir()
	file, phrase, other := filepath.Join(dir, "one.backup"), filepath.Join(dir, "phrase"), filepath.Join(dir, "other")
	for path, text := range map[string]string{phrase: "four words and a dice", other: "four words and a lice"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if r := w.Run("backup", "create", "--passphrase-file", phrase, file); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	w.Stop()
	w.pid = stopped
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad.backup")
	for _, at := range []int{3, 30, len(text) / 2, len(text) - 1, -1} {
		changed := append([]byte{}, text...)
		if at < 0 {
			changed = changed[:len(text)*9/10]
		} else {
			changed[at] ^= 4
		}
		if err := os.WriteFile(bad, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		r := w.Run("backup", "restore", "--replace", "--yes", "--passphrase-file", phrase, bad)
		if r.Code != 1 || !strings.Contains(r.Stderr, "changed") || strings.Count(r.Stderr, "\n") != 2 {
			t.Errorf("byte %d changed: %d %s", at, r.Code, r.Stderr)
		}
	}
	if r := w.Run("backup", "restore", "--replace", "--yes", "--passphrase-file", other, file); r.Code != 1 ||
		!strings.Contains(r.Stderr, "the passphrase that was given does not open it") {
		t.Errorf("%d %s", r.Code, r.Stderr)
	}
	w.Start()
	w.pid = w.PID()
	w.program().login(t, email, password).want(t, http.StatusOK, "")
}
