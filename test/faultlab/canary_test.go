package faultlab

import (
	"archive/zip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// canaries are secrets that can be told from everything else.
type canaries map[string]string

// TestNoSecretComesOut plants every secret of a deployment and looks for each
// of them, in each disguise, in all that the doctor says and in the log of the
// server.
func TestNoSecretComesOut(t *testing.T) {
	c := canaries{
		"JWT_SECRET_KEY":           "cnryJwt-4Kd82LmQx9Zt7Vb3Np6Rs1Wy5",
		"JWT_PREVIOUS_SECRET_KEYS": "cnryOld-8Xc3Vn7Bm2Kq5Lw9Zt4Rf6Hd1",
		"DATA_ENCRYPTION_KEY":      "cnryData-7Gh2Jk9Pl4Wq8Er3Ty6Ui1Zx",
		"METRICS_TOKEN":            "cnryMetrics-5Bn8Mq2Wz7Xc4",
		"REDIS_PASSWORD":           "cnryRedis-3Fd7Gh9Jk2Lq",
		"SMTP_PASSWORD":            "cnrySmtp-6Vb1Nm8Qw4Er",
		"password":                 "cnryUser-2Ty7Ui4Op9As",
		"address":                  "cnryperson.lovelace",
	}
	d := whole(t)
	d.redis = []string{"--requirepass", c["REDIS_PASSWORD"]}
	for _, name := range []string{"JWT_SECRET_KEY", "JWT_PREVIOUS_SECRET_KEYS", "DATA_ENCRYPTION_KEY", "METRICS_TOKEN"} {
		d.env[name] = c[name]
	}
	d.env["SMTP_URL"] = strings.Replace(d.env["SMTP_URL"], "://", "://mailer:"+c["SMTP_PASSWORD"]+"@", 1)
	d.login = ":" + c["REDIS_PASSWORD"]
	r := d.start(t)
	at, err := url.Parse(r.dsn)
	if err != nil {
		t.Fatal(err)
	}
	c["DATABASE_PASSWORD"], _ = at.User.Password()
	c.signIn(t, r)
	said := map[string]string{
		"doctor":           r.nodes[0].Run("doctor").Stdout,
		"doctor --json":    r.nodes[0].Run("doctor", "--json").Stdout,
		"doctor --verbose": r.nodes[0].Run("doctor", "--verbose").Stdout,
		"doctor --url":     r.nodes[0].RunInput(c["password"]+"\n", "doctor", "--verbose", "--url", r.url).Stdout,
	}
	c.bundle(t, r, said)
	said["the log"] = r.nodes[0].Stdout() + r.nodes[0].Stderr()
	for where, text := range said {
		if len(text) < 100 {
			t.Errorf("%s says hardly anything: %q", where, text)
		}
		c.lookFor(t, where, text)
	}
}

// signIn makes a person and everything that only the person may hold.
func (c canaries) signIn(t *testing.T, r *running) {
	t.Helper()
	email := c["address"] + "@example.com"
	if res := r.nodes[0].RunInput(c["password"]+"\n", "user", "create", "--email", email, "--password-stdin"); res.Code != 0 {
		t.Fatal(res.Stderr)
	}
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar, Transport: r.transport(t)}
	var form struct {
		Token string `json:"csrf_token"`
	}
	askJSON(t, client, "GET", r.url+"/api/v1/auth/csrf-token", "", "", &form)
	var answer struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	body, _ := json.Marshal(map[string]string{"email": email, "password": c["password"]})
	askJSON(t, client, "POST", r.url+"/api/v1/auth/jwt/login", form.Token, string(body), &answer)
	c["csrf token"], c["access token"], c["refresh token"] = form.Token, answer.Access, answer.Refresh
	at, _ := url.Parse(r.url)
	for _, one := range jar.Cookies(at) {
		c["cookie "+one.Name] = one.Value
	}
	for name, value := range c {
		if len(value) < 8 {
			t.Fatalf("%s is %q: nothing to look for", name, value)
		}
	}
}

// bundle writes one and adds its bytes, as they lie in the file and unpacked.
func (c canaries) bundle(t *testing.T, r *running, said map[string]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bundle.zip")
	// The mail server knows no login, which is a finding, and what it says of the login is in the bundle.
	if res := r.nodes[0].Run("doctor", "--bundle", path); res.Code != 1 || !strings.Contains(res.Stdout, "smtp_refuses_login") {
		t.Fatalf("the bundle is of another case: %s%s", res.Stdout, res.Stderr)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	said["the bundle"] = string(raw)
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all := ""
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		all += string(text)
	}
	said["the bundle, unpacked"] = all
	if !strings.Contains(all, `"what": "users by role"`) || !strings.Contains(all, `"redis_version"`) {
		t.Error("the bundle knows nothing of the database or of Valkey")
	}
	if res := r.nodes[0].Run("doctor", "--bundle", path); res.Code != 1 || !strings.Contains(res.Stderr, "is there already") {
		t.Errorf("a second bundle over the first one ends with %d: %s", res.Code, res.Stderr)
	}
}

// lookFor looks for pieces of eight characters of each secret, as they are,
// backwards and encoded.
func (c canaries) lookFor(t *testing.T, where, text string) {
	t.Helper()
	lower := strings.ToLower(text)
	for name, value := range c {
		for _, piece := range pieces(name, value) {
			if strings.Contains(text, piece) || strings.Contains(lower, strings.ToLower(hex.EncodeToString([]byte(piece)))) {
				t.Errorf("%s tells a piece of %s: %q", where, name, piece)
				break
			}
		}
		for _, form := range []string{url.QueryEscape(value), base64.StdEncoding.EncodeToString([]byte(value)), reversed(value)} {
			if strings.Contains(text, form) {
				t.Errorf("%s tells %s in another form", where, name)
			}
		}
	}
}

// pieces are all runs of eight characters. Those that say what kind of token it
// is, or that every JWT begins with, are no secret.
func pieces(name, value string) (list []string) {
	if strings.HasPrefix(name, "access token") {
		value = value[strings.Index(value, ".")+1:] // behind the header
	}
	for i := 0; i+8 <= len(value); i++ {
		piece := value[i : i+8]
		if name == "DATABASE_PASSWORD" && !strings.Contains(piece, "-") {
			continue // "database" is a word
		}
		list = append(list, piece, reversed(piece))
	}
	return list
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
