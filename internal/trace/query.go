package trace

import "time"

// Query selects rows: those of one request, or those that have a name in
// common with a row.
type Query struct {
	RequestID string
	// Browsers fit Browser or Gave of a row; Place fits where it came from.
	Browsers []string
	Place    string
	// Since and Until bound the time, both included.
	Since, Until time.Time
	Limit        int
}
