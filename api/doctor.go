package api

import "time"

// Cause is the stable name of what keeps people from signing in, or soon will.
// The doctor finds them; docs/errors/ has a page for each. Causes are never
// renamed.
type Cause string

// Severity says how much a finding takes away.
type Severity string

// Severities. What hangs on a check that failed critically or with an error is
// not asked; a warning holds nothing up.
const (
	Critical Severity = "critical" // nobody can sign in
	Serious  Severity = "error"    // some people or some requests fail
	Warning  Severity = "warning"  // it works, and will not for long or not for everybody
)

// CauseInfo is what the doctor knows of a cause beside the case at hand.
type CauseInfo struct {
	Severity Severity
	// Title is a short sentence without a full stop.
	Title string
	// Meaning is what is wrong, and how people notice it.
	Meaning string
	// Remedy is what mends it, in sentences.
	Remedy string
	// Commands are what the operator types, in the order in which they help.
	Commands []string
	// Explains are causes that this one brings about: found together, they are
	// no findings of their own.
	Explains []Cause
	// Last is set where the cause is only worth telling when no other was found:
	// it is then what remains, and else it is what the others lead to.
	Last bool
}

// Finding is one root cause in this deployment.
type Finding struct {
	Code     Cause    `json:"code" doc:"Stable name of the cause."`
	Severity Severity `json:"severity" enum:"critical,error,warning"`
	Title    string   `json:"title"`
	Cause    string   `json:"cause" doc:"What is wrong, in sentences."`
	Evidence string   `json:"evidence" doc:"What was asked and what came back. Lines are separated by line breaks."`
	Expected string   `json:"expected"`
	Remedy   string   `json:"remedy" doc:"The command or the line that mends it."`
	Setting  string   `json:"setting" doc:"The setting or the place to change, with who set it; empty where there is none."`
	Docs     string   `json:"docs" doc:"The page about this cause."`
	Blocks   []string `json:"blocks" doc:"Checks that could not be made because of it."`
}

// Note is something worth knowing that is no fault.
type Note struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Blocked is a check that was not made, since one that it needs failed.
type Blocked struct {
	Check    string   `json:"check"`
	Title    string   `json:"title"`
	WaitsFor []string `json:"waits_for" doc:"The causes that hold it up."`
}

// DoctorCheck is one question and how it went.
type DoctorCheck struct {
	Check   string  `json:"check"`
	Title   string  `json:"title"`
	State   string  `json:"state" enum:"passed,failed,blocked,skipped"`
	Said    string  `json:"said,omitzero" doc:"What was seen, or why it does not apply."`
	Seconds float64 `json:"seconds"`
}

// States of a check.
const (
	CheckPassed  = "passed"
	CheckFailed  = "failed"
	CheckBlocked = "blocked"
	CheckSkipped = "skipped"
)

// Diagnosis is the doctor's answer.
type Diagnosis struct {
	Healthy  bool          `json:"healthy" doc:"Whether there is no finding."`
	Findings []Finding     `json:"findings" doc:"Root causes alone, the gravest first."`
	Blocked  []Blocked     `json:"blocked"`
	Notes    []Note        `json:"notes"`
	Checks   []DoctorCheck `json:"checks"`
	Seconds  float64       `json:"seconds"`
	Subject  string        `json:"subject" doc:"What was looked at: an address, or the configuration at hand."`
	Version  string        `json:"version"`
	At       time.Time     `json:"at"`
}
