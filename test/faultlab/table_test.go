package faultlab

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
)

const page = "../../docs/doctor.md"

// tableRow is a line of the table of docs/doctor.md.
type tableRow struct{ Fault, How, Cause, Verdict string }

const named = "named, and nothing else"

// TestTable holds the table in docs/doctor.md equal to the injections. With
// -update each injection that the table does not have as named is made, and the
// table written from what came out; to make all of them, empty it first.
func TestTable(t *testing.T) {
	if *update {
		writeTable(t, tried(t, tableRows(t)))
	}
	var want []tableRow
	for _, i := range injections() {
		want = append(want, i.line(named))
	}
	slices.SortFunc(want, byFault)
	if diff := cmp.Diff(want, tableRows(t)); diff != "" {
		t.Errorf("the table of docs/doctor.md is stale (-injections +table): go test ./test/faultlab -run TestTable -update\n%s", diff)
	}
}

// tableRows are those that the page has now.
func tableRows(t *testing.T) (got []tableRow) {
	t.Helper()
	for line := range strings.SplitSeq(section(t, "table"), "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) != 4 || !strings.Contains(line, "`") {
			continue
		}
		got = append(got, tableRow{strings.TrimPrefix(cells[0], "| "), cells[1], cells[2], strings.TrimSuffix(cells[3], " |")})
	}
	return got
}

func (i injection) line(verdict string) tableRow {
	causes := "`" + string(i.cause) + "`"
	for _, c := range i.with {
		causes += ", `" + string(c) + "`"
	}
	return tableRow{classOf(i.fault), strings.ReplaceAll(i.how, "|", "\\|"), causes, verdict}
}

// classOf says what kind of fault it is.
func classOf(fault string) string {
	if words, ok := classes[fault]; ok {
		return words
	}
	return fault
}

// byFault sorts by kind, then by cause, then by words.
func byFault(a, b tableRow) int {
	return strings.Compare(a.Fault+"\x00"+a.Cause+"\x00"+a.How, b.Fault+"\x00"+b.Cause+"\x00"+b.How)
}

// tried makes every injection that is not known to be named, and says how each
// went.
func tried(t *testing.T, known []tableRow) (rows []tableRow) {
	t.Helper()
	var mu sync.Mutex
	t.Run("each", func(t *testing.T) {
		for _, i := range injections() {
			if slices.Contains(known, i.line(named)) {
				mu.Lock()
				rows = append(rows, i.line(named))
				mu.Unlock()
				continue
			}
			t.Run(i.fault+"/"+i.how, func(t *testing.T) {
				t.Parallel()
				d := i.examine(t)
				expect(t, d, append([]api.Cause{i.cause}, i.with...)...)
				verdict := named
				if t.Failed() {
					verdict = "not as expected"
				}
				mu.Lock()
				defer mu.Unlock()
				rows = append(rows, i.line(verdict))
			})
		}
	})
	slices.SortFunc(rows, byFault)
	return rows
}

func writeTable(t *testing.T, rows []tableRow) {
	t.Helper()
	text := "| kind of fault | what is done | cause | verdict |\n| --- | --- | --- | --- |\n"
	causes := map[string]bool{}
	for _, r := range rows {
		text += fmt.Sprintf("| %s | %s | %s | %s |\n", r.Fault, r.How, r.Cause, r.Verdict)
		causes[r.Cause] = true
	}
	intro := strconv.Itoa(len(rows)) + " injections, " + strconv.Itoa(len(causes)) + " causes.\n\n"
	replaceSection(t, "table", intro+text)
}

// section is the text between two markers of the page.
func section(t *testing.T, name string) string {
	t.Helper()
	_, rest := split(t, name)
	text, _, _ := strings.Cut(rest, "<!-- end of "+name+" -->")
	return text
}

func replaceSection(t *testing.T, name, text string) {
	t.Helper()
	head, rest := split(t, name)
	_, tail, ok := strings.Cut(rest, "<!-- end of "+name+" -->")
	if !ok {
		t.Fatalf("%s has no end of %s", page, name)
	}
	text = head + "\n" + text + "<!-- end of " + name + " -->" + tail
	if err := os.WriteFile(page, []byte(text), 0o644); err != nil { //nolint:gosec // a page of the documentation
		t.Fatal(err)
	}
}

// split is the page up to the line of a marker, and behind it.
func split(t *testing.T, name string) (head, rest string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	marker := "<!-- " + name + ": go test ./test/faultlab -run TestTable -update -->"
	head, rest, ok := strings.Cut(string(text), marker)
	if !ok {
		t.Fatalf("%s has no line %s", page, marker)
	}
	return head + marker, rest
}
