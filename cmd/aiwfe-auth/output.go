package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// list is how a list is shown as JSON.
type list struct {
	Items any `json:"items"`
}

// line prints one line of text.
func line(s string) func(io.Writer) { return func(w io.Writer) { fmt.Fprintln(w, s) } }

// when shows a moment to a person.
func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// means says which environment and database a verb works on: in the wrong shell
// both are other ones than somebody believes.
func means(cfg *config.Config) string {
	return fmt.Sprintf("environment %s, database %s", cfg.Environment, cmp.Or(cfg.Database.Masked, "unknown"))
}

// many counts things in words.
func many(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// password reads one from standard input, or tells the rule and asks twice at a
// terminal, where refuse says at once what nobody needs to type again. It is never
// an argument: whoever lists the processes would read it.
func (p *program) password(fromStdin bool, rule string, refuse func(string) error) (string, error) {
	if fromStdin {
		text, err := bufio.NewReader(io.LimitReader(p.in, 64<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("the password could not be read: %w", err)
		}
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
		if text == "" {
			return "", errors.New("no password came on standard input")
		}
		return text, nil
	}
	file, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) { //nolint:gosec // a file descriptor is a small number
		return "", errors.New("there is no terminal to ask for a password: give it by --password-stdin")
	}
	fmt.Fprintln(p.err, rule) // the other reasons to refuse one are said when they come up
	first, err := p.ask(file, "Password: ")
	if err == nil {
		err = refuse(first)
	}
	if err != nil {
		return "", err
	}
	second, err := p.ask(file, "Once more: ")
	if err == nil && first != second {
		err = errors.New("the two passwords are not the same")
	}
	return first, err
}

func (p *program) ask(file *os.File, prompt string) (string, error) {
	fmt.Fprint(p.err, prompt)
	text, err := term.ReadPassword(int(file.Fd())) //nolint:gosec // as above
	fmt.Fprintln(p.err)
	if err != nil {
		return "", fmt.Errorf("the password could not be read: %w", err)
	}
	return string(text), nil
}

// terminal says whether a person sits at standard input.
func (p *program) terminal() bool {
	return onTerminal(p.in)
}

// onTerminal says whether a person sits where something is read from or written to.
func onTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) //nolint:gosec // a file descriptor is a small number
}

// confirm asks before something that cannot be taken back.
func (p *program) confirm(yes bool, question string) error {
	if yes {
		return nil
	}
	if !p.terminal() {
		return errors.New(question + " Nothing was done; to go on without being asked, add --yes.")
	}
	fmt.Fprint(p.err, question+" Go on? [y/N] ")
	text, _ := bufio.NewReader(p.in).ReadString('\n')
	if t := strings.ToLower(strings.TrimSpace(text)); t == "y" || t == "yes" {
		return nil
	}
	return errors.New("nothing was done")
}
