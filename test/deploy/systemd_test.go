package deploy

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// mostExposure is what a unit may score with systemd-analyze security, of 10.
const mostExposure = 2.0

func units(t *testing.T, pattern string) []string {
	t.Helper()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(root, "deploy", "systemd", pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	return found
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := ground.Program(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(context.WithoutCancel(t.Context()), path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, text)
	}
	return string(text)
}

var exposure = regexp.MustCompile(`Overall exposure level for \S+: ([\d.]+)`)

func TestEveryServiceIsShutIn(t *testing.T) {
	for _, unit := range units(t, "*.service") {
		text := output(t, "systemd-analyze", "security", "--no-pager", "--offline=yes", unit)
		m := exposure.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("%s: systemd-analyze says\n%s", unit, text)
		}
		if score, err := strconv.ParseFloat(m[1], 64); err != nil || score > mostExposure {
			t.Errorf("%s is exposed by %s, and %.1f is the most\n%s", filepath.Base(unit), m[1], mostExposure, text)
		}
	}
}

// TestUnitsAreUnderstood has systemd itself read them, with the program where they look for it.
func TestUnitsAreUnderstood(t *testing.T) {
	folder := t.TempDir()
	for _, unit := range units(t, "*") {
		text := read(t, "systemd", filepath.Base(unit))
		text = strings.ReplaceAll(text, "/usr/local/bin/aiwfe-auth", ground.Binary(t))
		put(t, filepath.Join(folder, filepath.Base(unit)), text)
	}
	for _, unit := range units(t, "*") {
		args := []string{"verify", "--man=no", "--recursive-errors=no", filepath.Join(folder, filepath.Base(unit))}
		if text := output(t, "systemd-analyze", args...); text != "" {
			t.Errorf("%s: %s", filepath.Base(unit), text)
		}
	}
}

// TestUnitsCallVerbsThatExist: a name that was changed must be changed in the units, too.
func TestUnitsCallVerbsThatExist(t *testing.T) {
	s := ground.Unstarted(t, nil)
	start := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/aiwfe-auth (.*)$`)
	for _, unit := range units(t, "*.service") {
		m := start.FindStringSubmatch(read(t, "systemd", filepath.Base(unit)))
		if m == nil {
			t.Errorf("%s does not start the program", unit)
			continue
		}
		isVerb(t, s, strings.Fields(m[1]))
	}
}

// isVerb asks the program for help of the command. Of what it does not know it shows the help of what is above.
func isVerb(t *testing.T, s *ground.Instance, args []string) {
	t.Helper()
	verb := "aiwfe-auth"
	for _, word := range args {
		if strings.HasPrefix(word, "-") {
			break
		}
		verb += " " + word
	}
	if r := s.Run(append(slices.Clone(args), "--help")...); r.Code != 0 || !strings.Contains(r.Stdout, "  "+verb) {
		t.Errorf("%s is no verb: exit code %d\n%s%s", verb, r.Code, r.Stdout, r.Stderr)
	}
}

// TestVerbsGetTheKeysOfTheService: systemd expands specifiers in files of units alone, so that %d in a property of
// systemd-run would be the name of a file that nobody has.
func TestVerbsGetTheKeysOfTheService(t *testing.T) {
	folder := t.TempDir()
	put(t, filepath.Join(folder, "secrets", "jwt_secret_key"), "x")
	put(t, filepath.Join(folder, "bin", "systemd-run"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
	if err := os.Chmod(filepath.Join(folder, "bin", "systemd-run"), 0o755); err != nil {
		t.Fatal(err)
	}
	script := strings.ReplaceAll(read(t, "package", "aiwfe-auth-run"), "/etc/aiwfe-auth/secrets", filepath.Join(folder, "secrets"))
	put(t, filepath.Join(folder, "run"), script)
	t.Setenv("PATH", filepath.Join(folder, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	text := output(t, "sh", filepath.Join(folder, "run"), "doctor", "--json")
	m := regexp.MustCompile(`(?m)^--unit=(\S+)$`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("the unit has no name, so that nobody knows where its credentials are:\n%s", text)
	}
	for _, line := range []string{
		"LoadCredential=jwt_secret_key:" + filepath.Join(folder, "secrets", "jwt_secret_key"),
		"Environment=JWT_SECRET_KEY_FILE=/run/credentials/" + m[1] + ".service/jwt_secret_key",
	} {
		if !slices.Contains(strings.Split(text, "\n"), line) {
			t.Errorf("systemd-run is not given %s:\n%s", line, text)
		}
	}
	if !strings.Contains(text, "/usr/bin/aiwfe-auth\ndoctor\n--json\n--config\n") {
		t.Errorf("the verb is not handed on as it came:\n%s", text)
	}
}
