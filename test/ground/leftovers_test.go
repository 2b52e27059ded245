package ground

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The variable that makes this test binary start everything and then end in the way it names.
const endingVariable = "GROUND_TEST_ENDING"

func TestMain(m *testing.M) {
	if ending := os.Getenv(endingVariable); ending != "" {
		startAllAndEnd(ending)
	}
	os.Exit(m.Run())
}

// startAllAndEnd prints the folder and every process id, and runs no cleanup at all.
func startAllAndEnd(ending string) {
	t := &recorder{panics: true}
	pg := Postgres(t)
	binary, err := standinBinary()
	if err != nil {
		panic(err)
	}
	for _, p := range []*Process{
		pg.proc, PgBouncer(t, pg, "transaction", 2).proc, Redis(t).proc,
		Nginx(t, "server { listen 127.0.0.1:{{port}}; }").proc,
		serve(t, binary, map[string]string{"STANDIN_IGNORES_TERM": "1"}).proc,
	} {
		children, err := childrenOf(p.PID())
		if err != nil {
			panic(err)
		}
		fmt.Println(p.PID())
		for _, pid := range children {
			fmt.Println(pid)
		}
	}
	k, err := theKeeper()
	if err != nil {
		panic(err)
	}
	fmt.Println(k.folder)
	switch ending {
	case "exit":
		os.Exit(0)
	case "panic":
		panic("on purpose")
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

// Whatever ends the test binary, the servers and their folder are gone a few seconds later.
func TestNothingIsLeftBehind(t *testing.T) {
	for _, ending := range []string{"exit", "panic", "kill"} {
		t.Run(ending, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), endingVariable+"="+ending)
			out, _ := cmd.Output()
			var pids []int
			var folder string
			for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
				var pid int
				if _, err := fmt.Sscan(lines.Text(), &pid); err == nil {
					pids = append(pids, pid)
				} else {
					folder = lines.Text()
				}
			}
			// Five servers, of which PostgreSQL and nginx have children.
			if len(pids) < 8 || !strings.Contains(folder, "ground-") {
				t.Fatalf("the other test binary started too little:\n%s", out)
			}
			for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				left := remains(pids, folder)
				if left == "" {
					return
				}
				if time.Now().After(deadline) {
					t.Fatalf("left behind after %s: %s", ending, left)
				}
			}
		})
	}
}

func remains(pids []int, folder string) string {
	var left strings.Builder
	for _, pid := range pids {
		if alive(pid) {
			name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
			fmt.Fprintf(&left, "process %d %s ", pid, name)
		}
	}
	if _, err := os.Stat(folder); err == nil {
		fmt.Fprintf(&left, "folder %s", folder)
	}
	return left.String()
}

// A server that ended is off the keeper's list, so a stranger who gets its process id is safe.
func TestEndedServerIsTakenOffTheList(t *testing.T) {
	folder, err := NewFolder("list")
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.Command("sleep", "60")
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Process.Kill(); _ = victim.Wait() }()
	keeper := exec.Command("/bin/sh", "-c", keeperScript, "keeper", folder)
	keeper.Stdin = strings.NewReader(fmt.Sprintf("started %d TERM\nended %d\n", victim.Process.Pid, victim.Process.Pid))
	if out, err := keeper.CombinedOutput(); err != nil {
		t.Fatalf("the keeper ended with %v: %s", err, out)
	}
	if !alive(victim.Process.Pid) {
		t.Error("the keeper ended a process that was no longer its own")
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// recorder is a testing.TB that keeps what it is told and never runs a cleanup.
type recorder struct {
	testing.TB
	said   strings.Builder
	panics bool // where no goroutine of a test can be ended
}

func (r *recorder) Helper()             {}
func (r *recorder) Cleanup(func())      {}
func (r *recorder) Failed() bool        { return r.said.Len() > 0 }
func (r *recorder) Logf(string, ...any) {}

func (r *recorder) Fatal(args ...any) {
	fmt.Fprint(&r.said, args...)
	if r.panics {
		panic(r.said.String())
	}
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Fatal(fmt.Sprintf(format, args...))
}

// failureOf is what a test says that fails.
func failureOf(t *testing.T, test func(testing.TB)) string {
	t.Helper()
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(r)
	}()
	<-done
	return r.said.String()
}
