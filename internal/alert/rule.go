package alert

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Severity says how soon somebody should look.
type Severity string

// Severities.
const (
	Warning  Severity = "warning"  // today
	Critical Severity = "critical" // now
)

func (s Severity) rank() int {
	switch s {
	case Warning:
		return 1
	case Critical:
		return 2
	}
	return 0
}

// Level is what a reading says of the threshold.
type Level int

// Levels. Between is the band in which what fires goes on and what does not
// fire does not begin, so that a figure at its threshold tells nobody ten times.
const (
	Well Level = iota
	Between
	Bad
)

// Reading is one figure beside its threshold.
type Reading struct {
	// Label tells several of a rule apart, such as the host of a disk; may be "".
	Label    string
	Level    Level
	Severity Severity
	// Says is what was seen, one sentence without a full stop.
	Says string
	// Finding is the doctor's, where it found this very cause.
	Finding *api.Finding
	// Cause is what the reading itself shows, where it is no other than the
	// rule's usual one.
	Cause api.Cause
}

// Rule is one thing that is watched.
type Rule struct {
	// Name is stable: silences, metrics and receivers know it.
	Name string
	// Watches and Threshold say it to people.
	Watches, Threshold string
	// For is how long it must be bad before it fires, Keep how long it must be
	// well before it is called resolved.
	For, Keep time.Duration
	// Severities that it can have, the lesser first.
	Severities []Severity
	// Urgent alerts do not wait for others to go with them.
	Urgent bool
	// Usual is the doctor's cause where nothing better is known; may be "".
	Usual api.Cause
	// Related are beginnings of causes that bring it about: what the doctor
	// found of them is named with it.
	Related []string

	look func(*Snapshot) []Reading
}

// Limits are the thresholds that an operator can set.
type Limits struct {
	// FailureRate is the part of honest sign-ins that may fail.
	FailureRate float64
	// ResponseTime is what 95 of 100 answers may take.
	ResponseTime time.Duration
}

// DefaultLimits are the guide's.
var DefaultLimits = Limits{FailureRate: 0.05, ResponseTime: 2 * time.Second}

// Rules lists them all, in the order in which they are shown.
func Rules(l Limits) []Rule {
	return []Rule{
		loginFailures(l), databaseErrors(), responseTime(l), csrfFailures(), guessingWave(), doctorFinding(),
		poolUse(), diskSpace(), certificateExpiry(), mailStuck(), backupOld(), auditShipping(), auditChain(), nodeSilent(),
	}
}

// over judges a part of a whole. Where there is too little to judge by, nothing
// begins, and nothing is called well that was not seen to be.
func over(bad, all, leastBad, leastAll int64, most float64) (Level, float64) {
	if all <= 0 {
		return Well, 0
	}
	part := float64(bad) / float64(all)
	switch {
	case part > most && bad >= leastBad && all >= leastAll:
		return Bad, part
	case part <= most*band:
		return Well, part
	}
	return Between, part
}

// band is how far below its threshold a figure must be to be well.
const band = 0.8
