package web

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// PageMaintenance is the name of the page of maintenance.
const PageMaintenance = "admin-maintenance"

// MaintenancePage shows the last report of each kind. What the chores say is in
// English, as everything that the doctor says.
type MaintenancePage struct {
	Base
	Zone  string
	Kinds []MaintenanceView
}

// MaintenanceView is one kind, with its last report.
type MaintenanceView struct {
	Kind, Name string
	// Done says whether there is a report; At is its moment.
	Done bool
	At   time.Time
	// Next is when the server does it by itself, zero where it does not.
	Next time.Time
	// Verdict is the report in few words, Class its colour.
	Verdict, Class string
	ToDo, Rest     []ChoreView
}

// ChoreView is one thing that was looked at.
type ChoreView struct {
	Name, Title, Said, Remedy string
	Evidence, Commands        []string
	State, Class              string
}

var choreWords = map[string]string{
	api.ChoreWell: "admin.maintenance.well", api.ChoreNote: "admin.maintenance.note",
	api.ChoreToDo: "admin.maintenance.to_do", api.ChoreUnknown: "admin.maintenance.unknown",
}

var choreClasses = map[string]string{
	api.ChoreWell: "chip-success", api.ChoreNote: "", api.ChoreToDo: "chip-danger", api.ChoreUnknown: "chip-warning",
}

var maintenanceWords = map[string]string{
	api.MaintenanceDaily: "admin.maintenance.daily", api.MaintenanceWeekly: "admin.maintenance.weekly",
	api.MaintenanceMonthly: "admin.maintenance.monthly",
}
