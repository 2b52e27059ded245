package browser

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// watch collects what the pages of one tab complain about, and knows how the tab was set.
type watch struct {
	allowed  []string
	noScript bool
	screen   Size

	mu       sync.Mutex
	problems []string
}

type watchKey struct{}

// Problems are the complaints so far that Allow did not name, and forgets them: a test that provokes one asks for it
// here and so answers for it.
func Problems(ctx context.Context) []string {
	w := watchOf(ctx)
	// A question to the page comes back after everything the page had said before.
	if ctx.Err() == nil {
		_, _ = chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	problems := w.problems
	w.problems = nil
	return problems
}

// watchOf panics on a context that does not come from New.
func watchOf(ctx context.Context) *watch { return ctx.Value(watchKey{}).(*watch) }

// event is called for each message of the tab, in order, and must not ask it anything.
func (w *watch) event(ev any) {
	switch e := ev.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			w.add(fmt.Sprintf("console error: %s (%s:%d)", e.Entry.Text, e.Entry.URL, e.Entry.LineNumber))
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.add("console error: " + spoken(e.Args))
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		w.add("exception: " + text)
	case *audits.EventIssueAdded:
		w.issue(e.Issue)
	}
}

// A violation is also told as a console error in words that change between versions; the directive's name does not.
func (w *watch) issue(issue *audits.InspectorIssue) {
	if issue == nil || issue.Details == nil || issue.Details.ContentSecurityPolicyIssueDetails == nil {
		return
	}
	csp := issue.Details.ContentSecurityPolicyIssueDetails
	what := csp.BlockedURL
	if what == "" {
		what = string(csp.ContentSecurityPolicyViolationType)
	}
	w.add(fmt.Sprintf("CSP violation: %s by %s", csp.ViolatedDirective, what))
}

func (w *watch) add(problem string) {
	if slices.ContainsFunc(w.allowed, func(text string) bool { return strings.Contains(problem, text) }) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.problems = append(w.problems, problem)
}

func spoken(args []*runtime.RemoteObject) string {
	var words []string
	for _, arg := range args {
		var text string
		if json.Unmarshal(arg.Value, &text) != nil {
			text = cmp.Or(arg.Description, string(arg.Value))
		}
		words = append(words, text)
	}
	return strings.Join(words, " ")
}
