package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var errShort = errors.New("too short")

// TestPasswordAtATerminal is refused before it is typed once more.
func TestPasswordAtATerminal(t *testing.T) {
	refuse := func(text string) error {
		if len(text) < 15 {
			return errShort
		}
		return nil
	}
	const long = "plums in the icebox"
	for _, c := range []struct {
		note, typed string
		once        bool
		want        string
	}{
		{"short", "plums\n", true, "too short"},
		{"twice the same", long + "\n" + long + "\n", false, ""},
		{"two that differ", long + "\n" + long + "!\n", false, "the two passwords are not the same"},
	} {
		t.Run(c.note, func(t *testing.T) {
			keyboard, screen := terminal(t)
			go func() { _, _ = io.WriteString(keyboard, c.typed) }()
			var said bytes.Buffer
			p := &program{console: console{in: screen, err: &said}}
			text, err := p.password(false, "The rule.", refuse)
			if got := fmt.Sprint(err); c.want != "" && got != c.want || c.want == "" && (err != nil || text != long) {
				t.Errorf("got %q, %v", text, err)
			}
			if asked := !strings.Contains(said.String(), "Once more"); asked != c.once || !strings.HasPrefix(said.String(), "The rule.\n") {
				t.Errorf("it said %q", said.String())
			}
		})
	}
}

// terminal is a pseudo-terminal: who types, and what the program reads from.
func terminal(t *testing.T) (keyboard, screen *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keyboard.Close() })
	fd := int(keyboard.Fd()) //nolint:gosec // a file descriptor is a small number
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	return keyboard, screen
}
