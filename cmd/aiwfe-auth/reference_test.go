package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write docs/reference/cli.md anew")

const cliHead = `# The command line

Every verb, made from the program itself (` + "`go generate ./cmd/aiwfe-auth`" + `).
` + "`aiwfe-auth VERB --help`" + ` says the same.

All verbs work with the server up or down, unless they say otherwise. They exit 0 when all is well, 1 when they found a
problem, and 2 when they were used wrongly. Results go to standard output, everything else to standard error.

Beside its own flags each verb takes ` + "`--config FILE`" + ` (a YAML file with settings), ` + "`--json`" + `
(one JSON document as the answer), ` + "`--help`" + `, and every [setting](settings.md) as a flag,
such as ` + "`--public-url`" + `.

`

func cliPage() string {
	root := (&program{console: console{}, flags: map[string]*string{}}).root()
	var b, body strings.Builder
	b.WriteString(cliHead + "| Verb | What it does |\n| --- | --- |\n")
	for _, c := range verbs(root) {
		name := strings.TrimPrefix(c.CommandPath(), "aiwfe-auth ")
		if c.HasParent() && c.Parent() == root {
			fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", name, anchor(name), plain(c.Short))
		}
		chapter(&body, c, name)
	}
	return b.String() + body.String()
}

// verbs lists those that the help shows, each group before what it holds.
func verbs(c *cobra.Command) (list []*cobra.Command) {
	for _, v := range c.Commands() {
		if v.Name() == "help" || v.Name() == "completion" {
			continue
		}
		list = append(append(list, v), verbs(v)...)
	}
	return list
}

func chapter(b *strings.Builder, c *cobra.Command, name string) {
	level := "##"
	if strings.Contains(name, " ") {
		level = "###"
	}
	fmt.Fprintf(b, "\n%s %s\n\n%s.\n", level, name, plain(strings.TrimSuffix(c.Short, ".")))
	if c.Long != "" {
		fmt.Fprintf(b, "\n```text\n%s\n```\n", strings.TrimSpace(c.Long))
	}
	if c.HasSubCommands() {
		return
	}
	fmt.Fprintf(b, "\n```text\n%s\n```\n", c.UseLine())
	if flags := ownFlags(c); flags != "" {
		b.WriteString("\n| Flag | Meaning |\n| --- | --- |\n" + flags)
	}
	if c.Example != "" {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", unindent(c.Example))
	}
}

func ownFlags(c *cobra.Command) string {
	var b strings.Builder
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		kind, usage := pflag.UnquoteUsage(f)
		text := strings.TrimSpace("--" + f.Name + " " + kind)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" && f.DefValue != "0" && f.DefValue != "0s" {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(text, "|", "\\|"), plain(usage))
	})
	return b.String()
}

// plain keeps a text from being read as Markdown or as the end of a cell.
func plain(text string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;", "*", "\\*", "\n", " ").Replace(text)
}

func anchor(name string) string { return strings.ReplaceAll(name, " ", "-") }

func unindent(text string) string {
	return strings.TrimSpace(strings.ReplaceAll("\n"+text, "\n  ", "\n"))
}

//go:generate go test . -run TestReferenceOfVerbsIsUpToDate -update
func TestReferenceOfVerbsIsUpToDate(t *testing.T) {
	const file = "../../docs/reference/cli.md"
	want := cliPage()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil { //nolint:gosec // a page of the documentation
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is not what the program says (%v); run: go generate ./cmd/aiwfe-auth", file, err)
	}
}
