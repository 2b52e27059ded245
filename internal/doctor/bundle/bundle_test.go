package bundle

import (
	"archive/zip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func TestTextIsCleaned(t *testing.T) {
	c := newCleaner([]secret.Value{secret.FromString(`hush "hush" <&> ü`), secret.FromString("abc")})
	for in, want := range map[string]string{
		"ada.love+x@example.com said": "***@example.com said",
		"a@b and c@d.example":         "***@b and ***@d.example",
		"redis://***@host:6379/0":     "redis://***@host:6379/0",
		"redis://u:p@host:6379/0":     "redis://***@host:6379/0",
		"from 203.0.113.77 to us":     "from 203.0.x.x to us",
		"dial 203.0.113.77:5432: no":  "dial 203.0.x.x:5432: no",
		"on 127.0.0.1:8080, [::1]:80": "on 127.0.0.1:8080, [::1]:80",
		"[2001:db8:1:2:3::4]:443":     "[2001:db8:1::x]:443",
		"::ffff:203.0.113.77":         "203.0.x.x",
		"trusts 10.0.0.0/8":           "trusts 10.0.0.0/8",
		"and 10.1.2.3/32":             "and 10.1.x.x/32",
		"at 01:47:23, 1.26.8, abc":    "at 01:47:23, 1.26.8, abc", // a clock, a version, a secret too short to look for
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)": "Mozilla/5.0 (X11; Linux x86_64) AppleWeb...",
	} {
		if got := c.text(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// A secret that somebody puts in by mistake is taken out in each form in which
// texts carry it.
func TestSecretIsTakenOutInEveryForm(t *testing.T) {
	const hush = `c4n/ary+"=\ü`
	b := New(noon, []secret.Value{secret.FromString(hush)})
	quoted, _ := json.Marshal(hush)
	forms := []string{
		hush, string(quoted[1 : len(quoted)-1]), url.QueryEscape(hush), url.PathEscape(hush), hex.EncodeToString([]byte(hush)),
		base64.StdEncoding.EncodeToString([]byte(hush)), base64.RawURLEncoding.EncodeToString([]byte(hush)),
	}
	b.Text("a.txt", "All of them.", strings.Join(forms, "\n"))
	if err := b.JSON("b.json", "All of them.", map[string]any{"forms": forms}); err != nil {
		t.Fatal(err)
	}
	for _, f := range b.files {
		for _, form := range forms {
			if strings.Contains(string(f.body), form) {
				t.Errorf("%s holds %q", f.name, form)
			}
		}
	}
	if got := b.Manifest().Changed[KindSecret]; got < len(forms) {
		t.Errorf("the manifest counts %d secrets that were taken out, of %d forms in two files", got, len(forms))
	}
}

func TestSavedBundleCanBeReadByItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.zip")
	b := New(noon, nil)
	b.Text("a.txt", "A text.", "from 203.0.113.77")
	if err := b.Save(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if strings.Join(names, " ") != "a.txt manifest.json" {
		t.Errorf("it holds %v", names)
	}
	f, err := z.File[1].Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	var m Manifest
	if err != nil || json.Unmarshal(text, &m) != nil {
		t.Fatalf("the manifest cannot be read: %v\n%s", err, text)
	}
	if len(m.Files) != 1 || m.Files[0].Holds != "A text." || m.Changed[KindIP] != 1 || len(m.TakenOut) == 0 {
		t.Errorf("the manifest says %+v", m)
	}
}

func TestExistingFileIsNotOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.zip")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := New(noon, nil).Save(path); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("Save answers %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Errorf("the file now holds %q", text)
	}
}
