package backup

import "time"

// The facts about backups that an installation keeps of itself.
const (
	FactLast   = "backup_last"
	FactFailed = "backup_failed"
)

// Last is the last backup that was made.
type Last struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Path    string    `json:"path"`
	Bytes   int64     `json:"bytes"`
	Rows    int64     `json:"rows"`
	Seconds float64   `json:"seconds"`
	Host    string    `json:"host"`
}

// Failed is the last one that could not be made.
type Failed struct {
	At    time.Time `json:"at"`
	Why   string    `json:"why"`
	Host  string    `json:"host"`
	Count int       `json:"count"`
}

// Rows are those of all tables.
func Rows(of map[string]Total) (n int64) {
	for _, t := range of {
		n += t.Rows
	}
	return n
}
