package app

import (
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// open starts the core in development on a fresh DATA_DIR.
func open(t *testing.T, dir string) *Core {
	t.Helper()
	cfg, err := config.Load(config.Sources{Env: []string{"ENVIRONMENT=test", "DATA_DIR=" + dir}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), cfg, slog.New(slog.NewTextHandler(io.Discard, nil)), Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func (c *Core) link(t *testing.T) string {
	t.Helper()
	link, err := c.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return link
}

func TestSetupLinkStaysTheSameUntilItIsUsed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	c := open(t, dir)
	link := c.link(t)
	u, err := url.Parse(link)
	if err != nil || u.Host != c.Config.PublicURL.Host || u.Path != "/setup" || len(u.Query().Get("token")) != 43 {
		t.Fatalf("the link is %s, %v", link, err)
	}
	if again := c.link(t); again != link {
		t.Error("the link that somebody has open died of a second start")
	}
	if other := open(t, dir).link(t); other != link {
		t.Error("the command line beside the server gives another link")
	}
	file := filepath.Join(dir, "setup-link")
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}

	_, err = c.Login.SetUp(t.Context(), login.Joining{
		Token: u.Query().Get("token"), Email: "root@example.com", Password: "three green lanterns",
	})
	if err != nil {
		t.Fatal(err)
	}
	if link := c.link(t); link != "" {
		t.Errorf("an administrator exists, and there is the link %s", link)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the used link is still in the file: %v", err)
	}
	if link := c.link(t); link != "" {
		t.Errorf("a start later there is the link %s", link)
	}
}

// Somebody restored DATA_DIR, or wrote to the file: what is no live link of
// this database is not printed.
func TestSetupLinkOfAnotherDatabaseIsReplaced(t *testing.T) {
	for _, kept := range []string{"", "nonsense", "http://evil.example/setup?token=" + "made-up"} {
		dir := filepath.Join(t.TempDir(), "data")
		c := open(t, dir)
		file := filepath.Join(dir, "setup-link")
		if err := os.WriteFile(file, []byte(kept), 0o644); err != nil {
			t.Fatal(err)
		}
		link := c.link(t)
		text, err := os.ReadFile(file)
		if err != nil || string(text) != link+"\n" || link == kept {
			t.Errorf("%q: the file holds %q, %v", kept, text, err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%q: the file can be read by others: %v, %v", kept, info.Mode(), err)
		}
	}
}

// The token in the file is alive, but its host was changed: the link is made
// of our own address.
func TestSetupLinkIsMadeOfOurAddress(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	c := open(t, dir)
	link := c.link(t)
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	moved := *u
	moved.Host = "evil.example"
	if err := os.WriteFile(filepath.Join(dir, "setup-link"), []byte(moved.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := c.link(t); got != link {
		t.Errorf("the link is %s", got)
	}
}
