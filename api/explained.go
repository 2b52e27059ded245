package api

import "time"

// Explained is what is known of one id: the story of an attempt to sign in, or
// the page about a code or a cause.
type Explained struct {
	ID   string `json:"id"`
	Kind string `json:"kind" enum:"request,code,cause,report" doc:"What the id is: a request, an error code, a cause of the doctor, or the code that a browser showed."`
	// Verdict is what it comes to.
	Verdict Verdict `json:"verdict"`
	// Steps are the requests of the attempt, the first one first.
	Steps []Step `json:"steps"`
}

// Verdict says which step refused and why. It is for operators: it tells what
// no client is ever told.
type Verdict struct {
	Refused  bool     `json:"refused" doc:"Whether a step was refused."`
	Step     int      `json:"step" doc:"The step that refused, counted from 1; 0 for none."`
	Code     Code     `json:"code" doc:"What the client was told."`
	Reason   string   `json:"reason" doc:"The private why."`
	Cause    string   `json:"cause" doc:"Stable name of what brought it about; empty where the steps do not tell."`
	Title    string   `json:"title"`
	Text     string   `json:"text" doc:"Why, in sentences."`
	Evidence string   `json:"evidence" doc:"What was seen. Lines are separated by line breaks."`
	Remedy   string   `json:"remedy"`
	Commands []string `json:"commands"`
	Docs     string   `json:"docs" doc:"The page about the cause, or about the code."`
}

// Step is one request of an attempt.
type Step struct {
	RequestID string    `json:"request_id"`
	At        time.Time `json:"at"`
	After     float64   `json:"after" doc:"Seconds since the first step."`
	Kind      string    `json:"kind" doc:"What the request was for, such as login or csrf_token; other where it has no name."`
	Title     string    `json:"title"`
	Method    string    `json:"method"`
	Route     string    `json:"route"`
	Status    int       `json:"status" doc:"0 where only the audit tells of it."`
	Code      Code      `json:"code"`
	Reason    string    `json:"reason"`
	Cause     string    `json:"cause" doc:"The private text of the error beneath."`
	Refused   bool      `json:"refused"`
	Asked     bool      `json:"asked" doc:"Whether it is the request that was asked for."`
	Facts     []Fact    `json:"facts"`
}

// Fact is one thing that was seen of a request.
type Fact struct {
	Name string `json:"name" doc:"Such as cookies_came, cookies_set, origin or client."`
	Text string `json:"text"`
}

// Kinds of what is explained.
const (
	ExplainedRequest = "request"
	ExplainedCode    = "code"
	ExplainedCause   = "cause"
	ExplainedReport  = "report"
)
