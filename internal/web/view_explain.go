package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// PageExplain is the name of its template.
const PageExplain = "admin-explain"

// ExplainPage tells why a request was refused. What it says of the cause is in
// English, as the pages about codes are; its frame speaks every language.
type ExplainPage struct {
	Base
	// Asked is what was asked for, as it was typed; Error is why it cannot be
	// looked up.
	Asked string
	Error *FormError
	// Found is set when somebody knows it.
	Found   bool
	Kind    string
	Verdict api.Verdict
	// Told is the page about the code.
	Told     string
	Evidence []string
	Where    string
	Began    time.Time
	Steps    []StepView
}

// StepView is one step of the timeline.
type StepView struct {
	api.Step
	Name, When string
	Facts      []AuditField
	// Here marks the step that the verdict is about.
	Here bool
	// Way is the page that explains this step by itself.
	Way string
}

// Class is how the step looks.
func (s StepView) Class() string {
	switch {
	case s.Here:
		return "step-here"
	case s.Refused:
		return "step-refused"
	}
	return "step-fine"
}

// Open says whether all of the step is shown at once.
func (s StepView) Open() bool { return s.Here || s.Asked }

// Why is the reason, where it says more than the code.
func (s StepView) Why() string {
	if s.Reason == string(s.Code) {
		return ""
	}
	return s.Reason
}

// stepNames and factNames are the keys of what steps and facts are called.
var stepNames = map[string]string{
	"login_page": "admin.explain.step.login_page", "csrf_token": "admin.explain.step.csrf_token",
	"login": "admin.explain.step.login", "passkey": "admin.explain.step.passkey",
	"second_factor_page": "admin.explain.step.second_factor_page", "second_factor": "admin.explain.step.second_factor",
	"refresh": "admin.explain.step.refresh", "status": "admin.explain.step.status", "logout": "admin.explain.step.logout",
	"reauth": "admin.explain.step.reauth", "preflight": "admin.explain.step.preflight", "page": "admin.explain.step.page",
	"call": "admin.explain.step.call", "event": "admin.explain.step.event", "other": "admin.explain.step.other",
}

var factNames = map[string]string{
	"account": "admin.explain.fact.account", "client": "admin.explain.fact.client", "asked": "admin.explain.fact.asked",
	"origin": "admin.explain.fact.origin", "cookies_came": "admin.explain.fact.cookies_came",
	"cookies_set": "admin.explain.fact.cookies_set", "csrf_token": "admin.explain.fact.csrf_token",
	"authorization": "admin.explain.fact.authorization", "audit": "admin.explain.fact.audit",
}

// fillExplained puts what is known into the page.
func (s *Site) fillExplained(page *ExplainPage, x api.Explained) {
	b, v := page.Base, x.Verdict
	page.Found, page.Kind, page.Verdict = true, x.Kind, v
	if v.Evidence != "" {
		page.Evidence = strings.Split(v.Evidence, "\n")
	}
	if v.Code != "" {
		page.Told = "/problems/" + string(v.Code)
	}
	if v.Step > 0 {
		page.Where = s.say(b, "admin.explain.where", "step", v.Step, "of", len(x.Steps))
	}
	for i, step := range x.Steps {
		if i == 0 {
			page.Began = step.At
		}
		page.Steps = append(page.Steps, s.stepView(b, step, i+1 == v.Step))
	}
}

func (s *Site) stepView(b Base, step api.Step, here bool) StepView {
	view := StepView{
		Step: step, Name: s.say(b, stepNames["other"]), When: fmt.Sprintf("+%.3f s", step.After), Here: here,
		Way: explainPath(step.RequestID),
	}
	if key, ok := stepNames[step.Kind]; ok {
		view.Name = s.say(b, key)
	}
	for _, f := range step.Facts {
		name := f.Name
		if key, ok := factNames[f.Name]; ok {
			name = s.say(b, key)
		}
		view.Facts = append(view.Facts, AuditField{Name: name, Value: f.Text})
	}
	if step.Cause != "" {
		view.Facts = append(view.Facts, AuditField{Name: s.say(b, "admin.explain.beneath"), Value: step.Cause})
	}
	if step.RequestID != "" {
		view.Facts = append(view.Facts, AuditField{
			Name: s.say(b, "admin.audit.field.request_id"), Value: step.RequestID,
			Only: addressOf("/admin/audit", url.Values{"request_id": {step.RequestID}}),
		})
	}
	return view
}
