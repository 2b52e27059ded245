package faults

import (
	"fmt"
	"os"
	"strings"
)

// Page is the page with the table, from the folder of this package.
const Page = "../../docs/faults.md"

// Table is the table of all faults.
func Table() string {
	text := "| fault | how it is broken | what must hold | proved by | runs | where it stands |\n| --- | --- | --- | --- | --- | --- |\n"
	for _, f := range Faults() {
		runs := "`make test`"
		if f.Full {
			runs += ", longer in `make faults`"
		}
		proved := "`" + strings.Join(f.Tests, "`, `") + "`"
		if len(f.Tests) == 0 {
			proved, runs = "", ""
		}
		text += fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", f.Name, f.Broken, f.Expected, proved, runs, f.Stands)
	}
	return text
}

// Section is the text between the two markers of a name on the page.
func Section(page, name string) (string, error) {
	_, text, _, err := split(page, name)
	return text, err
}

// ReplaceSection writes it anew.
func ReplaceSection(page, name, text string) error {
	head, _, tail, err := split(page, name)
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(head+"\n"+text+tail), 0o644) //nolint:gosec // a page of the documentation
}

func split(page, name string) (head, text, tail string, err error) {
	all, err := os.ReadFile(page) //nolint:gosec // a page of the documentation
	if err != nil {
		return "", "", "", err
	}
	begin, end := "<!-- "+name+" -->", "<!-- end of "+name+" -->"
	head, rest, ok := strings.Cut(string(all), begin)
	text, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", "", "", fmt.Errorf("%s has no section between %s and %s", page, begin, end)
	}
	return head + begin, strings.TrimPrefix(text, "\n"), end + tail, nil
}
