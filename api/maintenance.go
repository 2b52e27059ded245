package api

import "time"

// Kinds of maintenance, by how often they are due.
const (
	MaintenanceDaily   = "daily"
	MaintenanceWeekly  = "weekly"
	MaintenanceMonthly = "monthly"
)

// MaintenanceKinds lists them, the most frequent first.
var MaintenanceKinds = []string{MaintenanceDaily, MaintenanceWeekly, MaintenanceMonthly}

// Verdicts on a chore.
const (
	// ChoreWell: it was looked at, and nothing is to be done.
	ChoreWell = "well"
	// ChoreNote: worth knowing, and nothing is to be done for it.
	ChoreNote = "note"
	// ChoreToDo: somebody has to do something.
	ChoreToDo = "to_do"
	// ChoreUnknown: it could not be looked at, and Said tells why.
	ChoreUnknown = "unknown"
)

// Chore is one thing that was looked at.
type Chore struct {
	Chore    string   `json:"chore" doc:"Stable name, such as success_rate."`
	Title    string   `json:"title"`
	Verdict  string   `json:"verdict" enum:"well,note,to_do,unknown"`
	Said     string   `json:"said" doc:"What was seen, in one line."`
	Evidence []string `json:"evidence" doc:"What the verdict rests on, one line each."`
	Remedy   string   `json:"remedy" doc:"What to do; empty where nothing is."`
	Commands []string `json:"commands" doc:"What to type for it."`
}

// MaintenanceReport is what one round of chores came to.
type MaintenanceReport struct {
	Kind    string    `json:"kind" enum:"daily,weekly,monthly"`
	Well    bool      `json:"well" doc:"Whether nothing is to be done."`
	ToDo    int       `json:"to_do" doc:"How many chores found something to do."`
	Chores  []Chore   `json:"chores" doc:"What is to be done comes first."`
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"`
	Version string    `json:"version"`
	Subject string    `json:"subject" doc:"The address of the installation."`
	By      string    `json:"by" doc:"Who made it: a server by its id, or the command line."`
	// Sizes are compared by the next report of the kind; Since is what this one compared with.
	Sizes    *MaintenanceSizes    `json:"sizes,omitzero"`
	Since    *MaintenanceSizes    `json:"since,omitzero"`
	Settings []MaintenanceSetting `json:"settings,omitzero" doc:"The configuration, without its secrets; weekly."`
	Modules  []MaintenanceModule  `json:"modules,omitzero" doc:"What the program is built from; weekly."`
}

// MaintenanceSizes are what grows.
type MaintenanceSizes struct {
	At     time.Time   `json:"at"`
	Bytes  int64       `json:"bytes" doc:"The database as a whole."`
	Tables []TableSize `json:"tables"`
}

// TableSize is the size of one table.
type TableSize struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes" doc:"0 where the database does not tell."`
}

// MaintenanceSetting is a row of the configuration. No secret is in it whole.
type MaintenanceSetting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

// MaintenanceModule is a library that the program is built with.
type MaintenanceModule struct {
	Module  string `json:"module"`
	Version string `json:"version"`
}

// Maintenance is the schedule and the last report of each kind.
type Maintenance struct {
	Zone    string              `json:"time_zone"`
	Plans   []MaintenancePlan   `json:"plans"`
	Reports []MaintenanceReport `json:"reports" doc:"The last of each kind; a kind that was never done is missing."`
}

// MaintenancePlan is when a kind is due.
type MaintenancePlan struct {
	Kind      string     `json:"kind" enum:"daily,weekly,monthly"`
	Scheduled bool       `json:"scheduled" doc:"Whether the server does it by itself."`
	NextAt    *time.Time `json:"next_at" doc:"null where it is not scheduled."`
}
