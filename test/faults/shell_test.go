package faults

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// shelled is a server that a shell started, with limits or an output of its own.
type shelled struct {
	*ground.Instance // only where it listens
	*ground.Process
	folder string
}

// PID is the server's: the shell has become it.
func (s shelled) PID() int { return s.Process.PID() }

// Running says whether it does.
func (s shelled) Running() bool { return s.Process.Running() }

// Stderr is not kept here.
func (s shelled) Stderr() string { return "" }

// underShell runs a line first, in the folder of the server, and sends its output where redirect says.
func underShell(t *testing.T, first, redirect string, env map[string]string) shelled {
	t.Helper()
	folder := t.TempDir()
	addr := fmt.Sprintf("127.0.0.1:%d", ground.FreePort(t))
	full := map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": folder, "ENVIRONMENT": "test", "DATA_DIR": filepath.Join(folder, "data"), "LISTEN_ADDR": addr,
		"PUBLIC_URL": "http://" + addr, "LOGIN_LIMIT_ACCOUNT": "100000/1m", "LOGIN_LIMIT_ADDRESS": "1000000/1m", "SESSION_LIMIT": "1000",
	}
	maps.Copy(full, env)
	var list []string
	for name, value := range full {
		list = append(list, name+"="+value)
	}
	p, err := ground.Start(ground.Command{
		Name: "aiwfe-auth", Path: "/bin/sh", Args: []string{"-c", first + ` && exec "$0" serve ` + redirect, ground.Binary(t)}, Env: list, Folder: folder,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.StopWithin(20 * time.Second); err != nil {
			t.Error(err)
		}
		if log, err := os.ReadFile(filepath.Join(folder, "log")); t.Failed() && err == nil {
			t.Logf("its log ends:\n%s", log[max(0, len(log)-3000):])
		}
	})
	s := shelled{&ground.Instance{URL: "http://" + addr, Addr: addr}, p, folder}
	eventually(t, 30*time.Second, "it is ready", func() bool {
		return newCaller(s.Instance).once("GET", "/api/health/ready").status == http.StatusOK
	})
	return s
}

// watchedProcess is watched for a server that a shell started.
func watchedProcess(t *testing.T, s shelled) (sound func()) {
	t.Helper()
	pid, before := s.PID(), takeVitals(s.Instance)
	return func() {
		t.Helper()
		if s.PID() != pid || !s.Running() {
			t.Fatal("the program did not live through it")
		}
		var now vitals
		eventually(t, backWithin, "connections and goroutines are as before", func() bool {
			now = takeVitals(s.Instance)
			return now.files > 0 && now.files <= before.files+30 && now.goroutines <= before.goroutines+20
		})
	}
}
