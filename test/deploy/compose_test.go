package deploy

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// service is what the tests ask of a service of compose.yaml.
type service struct {
	Image       string
	Profiles    []string
	User        string
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	CapAdd      []string `yaml:"cap_add"`
	SecurityOpt []string `yaml:"security_opt"`
	Restart     string
	Command     []string
	Environment map[string]string
	Secrets     []string
	Ports       []string
	Networks    any
	Healthcheck struct{ Test []string }
	DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
}

func (s service) ours() bool { return strings.Contains(s.Image, "AUTH_IMAGE") }

type composition struct {
	Services map[string]service
	Networks map[string]any
	Secrets  map[string]struct{ File string }
}

func compose(t *testing.T) composition {
	t.Helper()
	var c composition
	if err := yaml.Unmarshal([]byte(read(t, "compose", "compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Services) < 9 {
		t.Fatalf("compose.yaml has %d services", len(c.Services))
	}
	return c
}

func TestEveryContainerIsShutIn(t *testing.T) {
	tag := regexp.MustCompile(`:v?\d+\.\d+`)
	for name, s := range compose(t).Services {
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s: read_only %v, cap_drop %v, security_opt %v", name, s.ReadOnly, s.CapDrop, s.SecurityOpt)
		}
		if !tag.MatchString(s.Image) {
			t.Errorf("%s: the image %s is not pinned to a version", name, s.Image)
		}
		// Caddy binds 80 and 443, which is all it may do beside.
		if name != "caddy" && (!regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(s.User) || len(s.CapAdd) > 0) {
			t.Errorf("%s: user %q, cap_add %v", name, s.User, s.CapAdd)
		}
		if len(s.Healthcheck.Test) == 0 && s.Restart != "no" {
			t.Errorf("%s has no health check", name)
		}
		for _, p := range s.Ports {
			if name != "caddy" && !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s is open to everybody at %s", name, p)
			}
		}
	}
}

func TestCompositionHangsTogether(t *testing.T) {
	c := compose(t)
	for name, s := range c.Services {
		for other, needs := range s.DependsOn {
			o, there := c.Services[other]
			switch {
			case !there:
				t.Errorf("%s depends on %s, which is not there", name, other)
			case !slices.Equal(o.Profiles, s.Profiles):
				t.Errorf("%s (%v) depends on %s (%v), which its profile does not start", name, s.Profiles, other, o.Profiles)
			case needs.Condition == "service_completed_successfully" && o.Restart != "no",
				needs.Condition == "service_healthy" && len(o.Healthcheck.Test) == 0:
				t.Errorf("%s waits for ever for %s: %s", name, other, needs.Condition)
			}
		}
		for _, one := range s.Secrets {
			if c.Secrets[one].File != "./secrets/"+one {
				t.Errorf("%s: the secret %s has no file", name, one)
			}
		}
		for key, value := range s.Environment {
			if path, isFile := strings.CutPrefix(value, "/run/secrets/"); isFile && !slices.Contains(s.Secrets, path) {
				t.Errorf("%s: %s names a secret that it is not given", name, key)
			}
		}
	}
}

// TestProgramAcceptsWhatComposeGivesIt gives each of our services to the program itself: its settings with the secrets
// that make-secrets makes, its command, and its health check.
func TestProgramAcceptsWhatComposeGivesIt(t *testing.T) {
	folder := madeSecrets(t)
	seen := 0
	for name, s := range compose(t).Services {
		if !s.ours() {
			continue
		}
		seen++
		env := map[string]string{"ENVIRONMENT": ground.Unset, "LISTEN_ADDR": "127.0.0.1:1", "PUBLIC_URL": ground.Unset}
		for key, value := range s.Environment {
			env[key] = filled(strings.ReplaceAll(value, "/run/secrets", filepath.Join(folder, "secrets")))
			isSetting(t, name, key)
		}
		env["DATA_DIR"] = t.TempDir()
		if env["SMTP_URL"] == "" { // the mail server is for whoever deploys to name, and config check says so
			env["SMTP_URL"] = "smtp://mail.example.com:587"
		}
		if env["LISTEN_ADDR"] == ":8080" {
			env["LISTEN_ADDR"] = "127.0.0.1:8080"
		}
		p := ground.Unstarted(t, env)
		if r := p.Run("config", "check"); r.Code != 0 || strings.Contains(r.Stdout, "warning") {
			t.Errorf("%s: %d\n%s%s", name, r.Code, r.Stdout, r.Stderr)
		}
		if len(s.Command) > 0 {
			isVerb(t, p, s.Command)
		}
		if test := s.Healthcheck.Test; len(test) > 0 {
			isVerb(t, p, test[2:])
		}
	}
	if seen != 5 {
		t.Errorf("%d services of compose.yaml are ours", seen)
	}
}

var variable = regexp.MustCompile(`\$\{(\w+)(?::[-?]([^}]*))?\}`)

// filled is what compose makes of ${NAME:-default} and of what must be in .env.
func filled(text string) string {
	return variable.ReplaceAllStringFunc(text, func(v string) string {
		m := variable.FindStringSubmatch(v)
		if m[1] == "PUBLIC_URL" {
			return "https://auth.example.com"
		}
		return m[2]
	})
}

// madeSecrets is a copy of the folder in which make-secrets has run.
func madeSecrets(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	put(t, filepath.Join(folder, "make-secrets"), read(t, "compose", "make-secrets"))
	makeSecrets(t, folder)
	return folder
}

func makeSecrets(t *testing.T, folder string) {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", filepath.Join(folder, "make-secrets"))
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

func TestSecretsAreMadeOnceAndStay(t *testing.T) {
	folder := madeSecrets(t)
	first := secretsOf(t, folder)
	for name := range compose(t).Secrets {
		if len(first[name]) < 48 {
			t.Errorf("make-secrets made %q of %d bytes", name, len(first[name]))
		}
	}
	if info, err := os.Stat(filepath.Join(folder, "secrets")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("secrets/ is %v, %v", info.Mode(), err)
	}
	makeSecrets(t, folder)
	if !maps.Equal(first, secretsOf(t, folder)) {
		t.Error("a second run changed a secret")
	}
	if second := secretsOf(t, madeSecrets(t)); second["jwt_secret_key"] == first["jwt_secret_key"] {
		t.Error("two installations have the same key")
	}
}

func secretsOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := filepath.Glob(filepath.Join(folder, "secrets", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(f)] = string(text)
	}
	return all
}
