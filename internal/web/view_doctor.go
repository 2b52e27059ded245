package web

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// PageDoctor is the name of the doctor's page.
const PageDoctor = "admin-doctor"

// DoctorPage tells what keeps people from signing in. Findings are in English,
// as the command line and the pages about causes have them.
type DoctorPage struct {
	Base
	// At is when the doctor looked, Looked how long that took.
	At       time.Time
	Looked   string
	Findings []FindingView
	Notes    []string
	Checks   []CheckView
	Error    *FormError
}

// FindingView is one cause.
type FindingView struct {
	Code, Title, Cause, Expected, Setting string
	Evidence, Remedy, Commands, Blocks    []string
	// Severity is what it takes away, in words; Class its colour.
	Severity, Class string
}

// CheckView is one question and how it went.
type CheckView struct{ Title, Said, State, Class string }

var severityWords = map[api.Severity]string{
	api.Critical: "admin.doctor.critical", api.Serious: "admin.doctor.error", api.Warning: "admin.doctor.warning",
}

var severityClasses = map[api.Severity]string{
	api.Critical: "danger", api.Serious: "danger", api.Warning: "warning",
}

var checkWords = map[string]string{
	api.CheckPassed: "admin.doctor.passed", api.CheckFailed: "admin.doctor.failed",
	api.CheckBlocked: "admin.doctor.blocked", api.CheckSkipped: "admin.doctor.skipped",
}

var checkClasses = map[string]string{
	api.CheckPassed: "chip-success", api.CheckFailed: "chip-danger", api.CheckBlocked: "chip-warning", api.CheckSkipped: "",
}
