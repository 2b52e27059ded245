package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/aiwfe/aiwfe-auth/internal/config"
)

const units = "../../deploy/systemd"

// unit is a file of systemd: its lines as NAME=VALUE, by section.
type unit map[string][]string

func readUnit(t *testing.T, path string) unit {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	u, section := unit{}, ""
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		name, value, ok := strings.Cut(line, "=")
		switch {
		case line == "", strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		case !ok || section == "":
			t.Errorf("%s: this line says nothing: %s", path, line)
		default:
			u[section+"."+name] = append(u[section+"."+name], value)
		}
	}
	return u
}

// takes says why the command line does not take a command, or nil.
func takes(command string) error {
	words := strings.Fields(command)
	if len(words) < 2 || filepath.Base(words[0]) != "aiwfe-auth" {
		return errors.New("it is no command of this program")
	}
	p := &program{console: console{in: strings.NewReader(""), out: io.Discard, err: io.Discard}, flags: map[string]*string{}}
	cmd, rest, err := p.root().Find(words[1:])
	if err != nil {
		return err
	}
	if cmd.HasSubCommands() {
		return errors.New("it names a group, which does nothing by itself")
	}
	if err := cmd.ParseFlags(rest); err != nil {
		if errors.Is(err, pflag.ErrHelp) {
			return nil
		}
		return err
	}
	if err := cmd.ValidateRequiredFlags(); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

func TestCommandsThatAreNoneAreSeen(t *testing.T) {
	for command, fine := range map[string]bool{
		"aiwfe-auth serve": true, "/usr/local/bin/aiwfe-auth maintenance daily --json --config /etc/x": true, "aiwfe-auth serve --help": true,
		"aiwfe-auth": false, "aiwfe-auth maintenance": false, "aiwfe-auth maintenance hourly": false, "aiwfe-auth serve --fast": false,
		"aiwfe-auth audit list --event nonsense": false, "aiwfe-auth mail test": false, "other serve": false, "aiwfe-auth serve now": false,
	} {
		if err := takes(command); (err == nil) != fine {
			t.Errorf("%s: %v", command, err)
		}
	}
}

// TestUnitsRunCommandsThatThereAre: a unit that is installed today must not fail
// at four in the morning of some day.
func TestUnitsRunCommandsThatThereAre(t *testing.T) {
	files, err := filepath.Glob(units + "/*")
	if err != nil || len(files) < 9 {
		t.Fatalf("units are %v, %v", files, err)
	}
	known := map[string]bool{}
	for _, f := range config.Flags() {
		known[strings.TrimSuffix(f.Variable, "_FILE")] = true
	}
	for _, path := range files {
		u := readUnit(t, path)
		if service := strings.TrimSuffix(path, ".timer") + ".service"; strings.HasSuffix(path, ".timer") {
			if !slices.Contains(files, service) || len(u["Timer.OnCalendar"]) != 1 || !slices.Equal(u["Timer.Persistent"], []string{"true"}) {
				t.Errorf("%s starts nothing, or does not make up for what it missed", path)
			}
			continue
		}
		if service := strings.TrimSuffix(path, ".socket") + ".service"; strings.HasSuffix(path, ".socket") {
			if !slices.Contains(files, service) || len(u["Socket.ListenStream"]) == 0 {
				t.Errorf("%s listens nowhere, or for nobody", path)
			}
			continue
		}
		if len(u["Service.ExecStart"]) != 1 {
			t.Errorf("%s starts %v", path, u["Service.ExecStart"])
			continue
		}
		if err := takes(u["Service.ExecStart"][0]); err != nil {
			t.Errorf("%s: %s: %v", path, u["Service.ExecStart"][0], err)
		}
		for pair := range strings.FieldsSeq(strings.Join(u["Service.Environment"], " ")) {
			if name, _, _ := strings.Cut(pair, "="); !known[name] {
				t.Errorf("%s sets %s, which is no setting", path, name)
			}
		}
		for _, name := range []string{"NoNewPrivileges", "ProtectSystem", "PrivateDevices", "MemoryDenyWriteExecute", "RestrictNamespaces"} {
			if v := u["Service."+name]; len(v) != 1 || v[0] != "yes" && v[0] != "strict" {
				t.Errorf("%s: %s is %v", path, name, v)
			}
		}
	}
}

// TestSystemdTakesTheUnits asks systemd itself where there is one: whether it
// understands each line, and how much a service may do (0 nothing, 10 all).
func TestSystemdTakesTheUnits(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Log("systemd is not installed here")
		return
	}
	dir := t.TempDir()
	files, err := filepath.Glob(units + "/*")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"verify", "--man=no"}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		there := filepath.Join(dir, filepath.Base(path))
		text = bytes.ReplaceAll(text, []byte("/usr/local/bin/aiwfe-auth"), []byte("/bin/true")) // what it starts must be there
		if err := os.WriteFile(there, text, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, there)
	}
	if out, err := exec.CommandContext(t.Context(), analyze, args...).CombinedOutput(); err != nil || bytes.Contains(out, []byte(dir)) {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	for _, path := range args[2:] {
		if !strings.HasSuffix(path, ".service") {
			continue
		}
		if out, err := exec.CommandContext(t.Context(), analyze, "security", "--offline=true", "--no-pager", "--threshold=20", path).CombinedOutput(); err != nil {
			t.Errorf("systemd-analyze security finds %s too free: %v\n%s", path, err, out)
		}
	}
}

// TestCommandsOfReportsAreTaken: what a report says to type must work.
func TestCommandsOfReportsAreTaken(t *testing.T) {
	files, err := filepath.Glob("../../internal/upkeep/*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`"(aiwfe-auth [^"]*)"`)
	n := 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllSubmatch(text, -1) {
			n++
			if err := takes(string(m[1])); err != nil {
				t.Errorf("%s: %s: %v", path, m[1], err)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d commands were found", n)
	}
}
