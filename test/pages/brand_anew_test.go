package pages

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestTheLookIsReadAnew: a new name, colour and logo are there without a restart, and
// a logo that is refused leaves everything as it is.
func TestTheLookIsReadAnew(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, logo := filepath.Join(folder, "config.yaml"), filepath.Join(folder, "logo.svg")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(logo, tallLogo)
	write(file, "product_name: First\nlogo_file: "+logo+"\n")
	w := &world{Instance: ground.Server(t, nil, "--config", file)}
	wait := func(what, pattern string) string {
		t.Helper()
		var page string
		for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
			if _, page = w.get(t, w.URL+"/login"); regexp.MustCompile(pattern).MatchString(page) {
				return page
			}
		}
		t.Fatalf("%s never came: %s", what, page)
		return ""
	}
	picture, sheet := regexp.MustCompile(`/static/logo\.\w+\.svg`), regexp.MustCompile(`/static/app\.\w+\.css`)
	before := wait("the first name", "<title>[^<]* First</title>")
	write(file, "product_name: Second\naccent_color: \"#0a7d5a\"\nlogo_file: "+logo+"\n")
	after := wait("the second name", "<title>[^<]* Second</title>")
	if sheet.FindString(before) == sheet.FindString(after) || picture.FindString(before) != picture.FindString(after) {
		t.Error("the colour is not in the sheet, or the logo changed with it")
	}
	called(t, w, "Second")
	write(logo, strings.Replace(tallLogo, "#777", "#0a7d5a", 1))
	for until := time.Now().Add(patience); picture.FindString(after) == picture.FindString(before); time.Sleep(50 * time.Millisecond) {
		if _, after = w.get(t, w.URL+"/login"); time.Now().After(until) {
			t.Fatal("the new logo never came")
		}
	}
	write(logo, strings.Replace(tallLogo, "<circle", "<script>alert(1)</script><circle", 1))
	for until := time.Now().Add(patience); !strings.Contains(w.Stderr()+w.Stdout(), "it has an element <script>"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("nobody says that the logo is refused")
		}
	}
	if status, _ := w.get(t, w.URL+picture.FindString(after)); status != http.StatusOK {
		t.Errorf("the logo that was good is answered %d", status)
	}
}

// called looks at what else says the name: an authenticator app that is set up now, the
// browser while a passkey is made, and letters.
func called(t *testing.T, w *world, name string) {
	t.Helper()
	w.person(t, email, "user")
	var in struct {
		Token string `json:"access_token"`
	}
	w.api(t, "", "/api/v1/auth/jwt/login", map[string]any{"email": email, "password": password}, &in)
	var app struct {
		URI string `json:"otpauth_uri"`
	}
	w.api(t, in.Token, "/api/v1/auth/2fa/totp/setup", map[string]any{}, &app)
	if !strings.HasPrefix(app.URI, "otpauth://totp/"+name+":") || !strings.Contains(app.URI, "&issuer="+name+"&") {
		t.Errorf("an app is told %s", app.URI)
	}
	var key struct {
		Options struct {
			RP struct{ Name string } `json:"rp"`
		} `json:"options"`
	}
	w.api(t, in.Token, "/api/v1/auth/2fa/webauthn/register/options", map[string]any{}, &key)
	if key.Options.RP.Name != name {
		t.Errorf("the browser says %q while a passkey is made", key.Options.RP.Name)
	}
	w.api(t, "", "/api/v1/auth/forgot-password", map[string]any{"email": email}, nil)
	for until := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		_, list := w.get(t, w.URL+"/dev/mailbox")
		if strings.Contains(list, "Choose a new password for "+name) {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("no letter speaks of %s: %s", name, list)
		}
	}
}
