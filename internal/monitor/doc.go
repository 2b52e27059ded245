// Package monitor owns what is known of the running server from outside:
// whether it is healthy, and the figures of signing in.
//
//	audit rows (Heard) ─┐
//	answers (Done) ─────┼─> counters ──> GET /metrics
//	hashes (Hashed) ────┘   windows ───> GET /api/metrics/authentication
//	Sources, asked when somebody asks ─> GET /api/health...
//
// It is fed by what the rest of the program tells anyway, so that no other
// package knows of metrics. Labels come from closed lists: nothing that a
// stranger sends becomes one, or memory would be theirs to fill.
package monitor
