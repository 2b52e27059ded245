package browser

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// The variable that makes this test binary open a page and then kill itself.
const killVariable = "BROWSER_TEST_KILL"

func TestMain(m *testing.M) {
	if os.Getenv(killVariable) != "" {
		folder, err := ground.NewFolder("beside")
		if err != nil {
			panic(err)
		}
		if _, err := chromium(); err != nil {
			panic(err)
		}
		fmt.Println(filepath.Dir(folder))
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	os.Exit(m.Run())
}

func TestKilledTestLeavesNoChromiumBehind(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killVariable+"=1")
	out, _ := cmd.Output()
	folder := strings.TrimSpace(string(out))
	if !strings.Contains(folder, "ground-") {
		t.Fatalf("the other test binary opened nothing: %q", out)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left := mentioning(folder)
		if _, err := os.Stat(folder); err != nil && len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind in %s: %q", folder, left)
		}
	}
}

// mentioning lists the processes with the folder on their command line. Chromium names its profile to all its children.
func mentioning(folder string) []string {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var found []string
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err == nil && bytes.Contains(line, []byte(folder)) {
			found = append(found, string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return found
}
