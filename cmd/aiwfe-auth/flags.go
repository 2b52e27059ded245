package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// choice is a flag with a fixed set of values. Another value is a wrong use; a
// search for it would answer "no accounts", which nobody doubts.
type choice struct {
	value string
	among []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string {
	if len(c.among) > 4 {
		return "name" // the whole list would fill the screen of --help
	}
	return strings.Join(c.among, "|")
}

func (c *choice) Set(s string) error {
	if !slices.Contains(c.among, s) {
		return errors.New("please use one of: " + strings.Join(c.among, ", "))
	}
	c.value = s
	return nil
}

// oneOf adds such a flag.
func oneOf(cmd *cobra.Command, name, value, meaning string, among ...string) *string {
	c := &choice{value, among}
	cmd.Flags().Var(c, name, meaning)
	return &c.value
}

// count is a flag of a whole number from 1.
type count int

func (c *count) String() string { return strconv.Itoa(int(*c)) }
func (c *count) Type() string   { return "number" }
func (c *count) Set(s string) error {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 1 {
		return errors.New("please give a whole number from 1")
	}
	*c = count(n)
	return nil
}

// limit adds the flag that bounds a list.
func limit(cmd *cobra.Command, value int) *int {
	c := count(value)
	cmd.Flags().Var(&c, "limit", "how many at most")
	return (*int)(&c)
}

// flagsOnly refuses arguments: an account is named by --email in every verb.
func flagsOnly(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case strings.Contains(args[0], "@") && cmd.Flags().Lookup("email") != nil:
		return fmt.Errorf("%s takes flags only; did you mean --email %s?", cmd.CommandPath(), args[0])
	}
	return fmt.Errorf("%s takes flags only, and was given %q", cmd.CommandPath(), args[0])
}

// verbOf refuses whatever is no verb of a group. None at all is refused too: a
// script that runs `migrate` and goes on would believe that it migrated.
func verbOf(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		var verbs []string
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				verbs = append(verbs, c.Name())
			}
		}
		return fmt.Errorf("%s does nothing by itself; add one of: %s", cmd.CommandPath(), strings.Join(verbs, ", "))
	}
	cmd.SuggestionsMinimumDistance = 2
	text := fmt.Sprintf("%s has no verb %q", cmd.CommandPath(), args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		text += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return errors.New(text)
}

// flagError helps whoever tries to put a secret on the command line, and whoever
// mistyped a verb, whose flags its group does not know.
func flagError(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
		return verbOf(cmd, words)
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return err
	}
	name := unknown.GetSpecifiedName()
	instead := ""
	switch {
	case cmd.Flags().Lookup(name+"-stdin") != nil:
		instead = name + "-stdin"
	case cmd.Flags().Lookup(name+"-file") != nil:
		instead = name + "-file"
	default:
		return err
	}
	return fmt.Errorf("%w; a secret is no argument, for others on this machine can read those. Use --%s", err, instead)
}

// notBoth refuses two flags that contradict each other.
func notBoth(a, b string) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed(a) && cmd.Flags().Changed(b) {
			return fmt.Errorf("--%s and --%s do not go together", a, b)
		}
		return nil
	}
}

// either refuses both flags, and neither.
func either(a, b string) func(*cobra.Command, []string) error {
	both := notBoth(a, b)
	return func(cmd *cobra.Command, args []string) error {
		if !cmd.Flags().Changed(a) && !cmd.Flags().Changed(b) {
			return fmt.Errorf("please say which: --%s or --%s", a, b)
		}
		return both(cmd, args)
	}
}
