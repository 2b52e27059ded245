package api

import "time"

// Alert is something that an operator has to be told of, or was.
type Alert struct {
	ID         string      `json:"id" doc:"Names this episode, from firing to resolved."`
	Rule       string      `json:"rule" doc:"What is watched; stable."`
	Label      string      `json:"label" doc:"Which of several, such as a host; empty where there is one."`
	State      string      `json:"state" enum:"pending,firing,resolved"`
	Severity   string      `json:"severity" enum:"warning,critical"`
	Summary    string      `json:"summary" doc:"What was seen, in one sentence."`
	Threshold  string      `json:"threshold" doc:"What would be too much."`
	Since      time.Time   `json:"since" doc:"When it was first seen."`
	FiredAt    *time.Time  `json:"fired_at" doc:"Null while it is pending."`
	ResolvedAt *time.Time  `json:"resolved_at" doc:"Null until it is resolved."`
	Silenced   bool        `json:"silenced" doc:"Whether a silence keeps it from being told of."`
	Cause      *AlertCause `json:"cause" doc:"What the doctor knows of it; null where nothing is known."`
}

// AlertCause is the doctor's cause of an alert.
type AlertCause struct {
	Code     Cause    `json:"code" doc:"Stable name of the cause."`
	Title    string   `json:"title"`
	Meaning  string   `json:"meaning"`
	Evidence string   `json:"evidence" doc:"What the doctor saw; empty where it only follows from the alert."`
	Remedy   string   `json:"remedy"`
	Commands []string `json:"commands" doc:"What to type, in the order in which it helps."`
	Docs     string   `json:"docs" doc:"The page about this cause."`
}

// AlertNotice is what a webhook receives.
type AlertNotice struct {
	ID        string    `json:"id" doc:"The same however often the notice is sent: whoever had it may drop it."`
	Type      string    `json:"type" enum:"alerts,test"`
	At        time.Time `json:"at"`
	PublicURL string    `json:"public_url" doc:"Which installation tells."`
	Version   string    `json:"version"`
	Alerts    []Alert   `json:"alerts" doc:"The gravest first, what is resolved last."`
}

// AlertSilence keeps alerts from being told of until a time.
type AlertSilence struct {
	ID     string    `json:"id"`
	Rule   string    `json:"rule" doc:"A rule, or * for all."`
	Label  string    `json:"label" doc:"Empty for every one of the rule."`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     string    `json:"by" doc:"Id of the administrator, or host for the command line."`
	At     time.Time `json:"at"`
}

// NewAlertSilence asks for a silence.
type NewAlertSilence struct {
	Rule    string `json:"rule" doc:"A rule, or * for all."`
	Label   string `json:"label,omitzero" doc:"Leave it out for every one of the rule."`
	Minutes int    `json:"minutes" doc:"For how long, at most 43200 (30 days)."`
	Reason  string `json:"reason" doc:"Why; whoever looks later reads it."`
}

// AlertRule is one thing that is watched.
type AlertRule struct {
	Name       string   `json:"name"`
	Watches    string   `json:"watches"`
	Threshold  string   `json:"threshold"`
	ForSeconds int      `json:"for_seconds" doc:"How long it must be so before it fires."`
	Severities []string `json:"severities"`
}

// AlertList is the answer of GET /api/v1/admin/alerts.
type AlertList struct {
	Items     []Alert        `json:"items" doc:"Firing, pending, and resolved within seven days."`
	Silences  []AlertSilence `json:"silences" doc:"Those that count now."`
	Rules     []AlertRule    `json:"rules"`
	Receivers []string       `json:"receivers" doc:"Where notices go: mail, webhook, slack, syslog."`
}

// AlertTest asks for a test message.
type AlertTest struct {
	To string `json:"to,omitzero" enum:"mail,webhook,slack,syslog" doc:"One receiver; all that are set up if left out."`
}

// AlertTested is how a test message went.
type AlertTested struct {
	Receiver string `json:"receiver"`
	Sent     bool   `json:"sent"`
	To       string `json:"to" doc:"Where it went, without what is secret of it."`
	Step     string `json:"step" doc:"The step at which it failed; empty where it did not."`
	Detail   string `json:"detail" doc:"Why it failed, and what to do."`
}

// AlertTestResults are those of all receivers.
type AlertTestResults struct {
	Results []AlertTested `json:"results"`
}

// AlertFiring counts alerts that fire now, in the figures.
type AlertFiring struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity" enum:"warning,critical"`
	Count    int    `json:"count"`
}
