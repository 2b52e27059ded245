package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"aiwfe-auth": main})
}

// TestScripts runs the real program, each script in an empty folder and with
// an empty environment. Beside testscript's own commands a script has:
//
//	exits CODE PROGRAM ARG...          run it; the exit code must be this one
//	retry TIME CODE PROGRAM ARG...     run it again and again until it exits so
//	smtpd [refuse]                     a mail server; sets SMTP, writes the file letters
//	totp VARIABLE SECRET [LATER]       the code of an authenticator app
//	term                               SIGTERM to everything in the background
//	mode OCTAL FILE                    the file's permissions must be these
//	freeport                           set PORT and URL to a port nobody has
//	waitready                          wait until the server on PORT is ready
//	http STATUS METHOD URL [X: Y]...   ask; stdout is the body, stderr the header
//	until TIME STATUS METHOD URL ...   ask again and again until that status comes
//	login EMAIL PASSWORD               sign in; sets ACCESS, SESSION and REQUEST
//	json PATH [VALUE]                  stdout is one document that holds this
//	keys PATH NAME...                  ... whose object has exactly these keys
//	take VARIABLE PATH                 ... whose value goes into a variable
//	sqlite FILE STATEMENT              change a database by hand
//	forge VARIABLE TOKEN KEY [X=Y]...  a token changed and signed anew
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			// Under the race detector each process would else sleep a second at its end.
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "retry": retry, "term": terminate, "mode": mode, "smtpd": mailServer, "totp": codeOf,
			"freeport": freePort, "waitready": waitReady, "http": ask, "until": until, "login": signIn,
			"json": jsonHas, "keys": jsonKeys, "take": jsonTake, "forge": forge, "sqlite": byHand,
		},
	})
}

// exits is exec for exit codes: testscript's "! exec" does not tell 1 from 2.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, "exits CODE PROGRAM ARG...")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := exitCode(ts, args[1:]); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func exitCode(ts *testscript.TestScript, args []string) int {
	err := ts.Exec(args[0], args[1:]...)
	if err == nil {
		return 0
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		ts.Fatalf("%v", err)
	}
	return exit.ExitCode()
}

// retry is for what another process is about to do.
func retry(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 3, "retry TIME CODE PROGRAM ARG...")
	wait, err := time.ParseDuration(args[0])
	ts.Check(err)
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	for end := time.Now().Add(wait); ; time.Sleep(50 * time.Millisecond) {
		got := exitCode(ts, args[2:])
		if got == want {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("exit code %d still after %s, want %d", got, wait, want)
		}
	}
}

// byHand runs a statement as a person with the sqlite3 program would.
func byHand(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, "sqlite FILE STATEMENT")
	db, err := sql.Open("sqlite", args[0]+"?_pragma=busy_timeout(5000)")
	ts.Check(err)
	defer func() { _ = db.Close() }()
	_, err = db.Exec(args[1])
	ts.Check(err)
}

func terminate(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 0, "term")
	for _, c := range ts.BackgroundCmds() {
		if err := c.Process.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
			ts.Check(err)
		}
	}
}

func mode(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, "mode OCTAL FILE")
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}

// need stops a script that uses a command wrongly.
func need(ts *testscript.TestScript, neg bool, args []string, n int, usage string) {
	if neg || len(args) < n {
		ts.Fatalf("usage: %s", usage)
	}
}
