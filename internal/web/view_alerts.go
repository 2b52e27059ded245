package web

import "github.com/aiwfe/aiwfe-auth/api"

// PageAlerts is the name of the page of alerts.
const PageAlerts = "admin-alerts"

// AlertsPage tells what fires. What was seen is said in English, as everything
// that the doctor says.
type AlertsPage struct {
	Base
	Firing, Pending, Resolved []AlertView
	Silences                  []api.AlertSilence
	Rules                     []api.AlertRule
	// Receivers are where notices go, by name; empty for nowhere.
	Receivers string
	Tested    []api.AlertTested
	// Alerts and Spans are what the form offers, Reason what was typed.
	Alerts, Spans []Option
	Reason        string
	Error         *FormError
}

// AlertView is one alert.
type AlertView struct {
	api.Alert
	// Name is the rule with its label, Word what matters most of it, Class its
	// colour.
	Name, Word, Class string
}

var alertWords = map[string]string{"critical": "admin.alerts.critical", "warning": "admin.alerts.warning"}

var alertClasses = map[string]string{"critical": "danger", "warning": "warning"}
