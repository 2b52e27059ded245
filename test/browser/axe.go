package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

//go:embed testdata/axe-core/axe.min.js
var axeSource string

// What WCAG 2.2 AA is made of, in axe's words. Preloading would fetch style sheets from inside the page, which its
// content security policy may rightly refuse. Target size is a rule of 2.2 that axe leaves off unless it is named.
const axeRun = `axe.run(document, {
	runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
	rules: {"target-size": {enabled: true}},
	resultTypes: ["violations"],
	preload: false,
}).then(r => JSON.stringify({violations: r.violations, passed: r.passes.length}))`

type axeResult struct {
	Violations []axeViolation `json:"violations"`
	Passed     int            `json:"passed"`
}

type axeViolation struct {
	ID      string `json:"id"`
	Impact  string `json:"impact"`
	Help    string `json:"help"`
	HelpURL string `json:"helpUrl"`
	Nodes   []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// Axe fails the test with a list of what axe-core finds against WCAG 2.2 AA on the open page, JavaScript on or off.
func Axe(t testing.TB, ctx context.Context) {
	t.Helper()
	result := runAxe(t, ctx)
	// Every page passes some rule, if only that it has a language. None means that axe saw no page.
	if result.Passed == 0 && len(result.Violations) == 0 {
		t.Error("axe looked at nothing; is the page open?")
	}
	for _, v := range result.Violations {
		t.Error(v.String())
	}
}

func (v axeViolation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "axe %s (%s): %s, see %s", v.ID, v.Impact, v.Help, v.HelpURL)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n\t%s\n\t%s", n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n\t"))
	}
	return b.String()
}

// runAxe runs axe beside the page, in an isolated world: it sees the same document, the page cannot see it, and the
// page's content security policy and scripts have no say.
func runAxe(t testing.TB, ctx context.Context) axeResult {
	t.Helper()
	// Axe waits by timers, and those stand still in a page without JavaScript. The page has been parsed without it, so
	// what was left out stays out while axe runs.
	if watchOf(ctx).noScript {
		scriptOff(t, ctx, false)
		defer scriptOff(t, ctx, true)
	}
	tree := call(t, ctx, page.GetFrameTree, cdp.Empty{})
	world := call(t, ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{
		FrameID: tree.FrameTree.Frame.ID, WorldName: "axe",
	}).ExecutionContextID
	evaluate(t, ctx, world, axeSource+"\n;0")
	var text string
	if err := json.Unmarshal(evaluate(t, ctx, world, axeRun), &text); err != nil {
		t.Fatalf("read axe's answer: %v", err)
	}
	var result axeResult
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		t.Fatalf("read axe's answer: %v", err)
	}
	return result
}

func evaluate(t testing.TB, ctx context.Context, world runtime.ExecutionContextID, script string) []byte {
	t.Helper()
	r := call(t, ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: script, ContextID: world, AwaitPromise: new(true), ReturnByValue: new(true),
	})
	if e := r.ExceptionDetails; e != nil {
		text := e.Text
		if e.Exception != nil {
			text += " " + e.Exception.Description
		}
		t.Fatalf("run axe: %s", text)
	}
	return r.Result.Value
}
