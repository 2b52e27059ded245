package alert

import (
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// poolMost is the guide's.
const poolMost = 0.8

func poolUse() Rule {
	return Rule{
		Name: "pool_use", Watches: "connections to the database in use, of those that a node may open",
		Threshold: "over 80 %", For: 2 * time.Minute, Keep: 5 * time.Minute, Severities: []Severity{Warning},
		Related: []string{"pooler_", "connection_", "database_"},
		look: func(s *Snapshot) (out []Reading) {
			for _, n := range s.Nodes {
				for _, p := range n.Pools {
					if p.Size < 2 {
						continue // SQLite's one writer: used wholly or not at all
					}
					level, part := over(int64(p.InUse), int64(p.Size), 1, 1, poolMost)
					out = append(out, Reading{
						Label: n.Host, Level: level, Severity: Warning,
						Says: fmt.Sprintf("%d of %d connections of %s are in use on %s (%s %%)", p.InUse, p.Size, p.Name, n.Host, number(100*part)),
					})
				}
			}
			return out
		},
	}
}

// What must be left of the disk; diskWell is where it is well again.
const (
	diskWarning  = 0.10
	diskCritical = 0.05
	diskWell     = 0.12
)

func diskSpace() Rule {
	return Rule{
		Name: "disk_space", Watches: "what is left of the file system of DATA_DIR", Threshold: "under 10 %; under 5 % is critical",
		For: time.Minute, Keep: 5 * time.Minute, Severities: []Severity{Warning, Critical}, Usual: "disk_nearly_full",
		Related: []string{"disk_", "data_dir"},
		look: func(s *Snapshot) (out []Reading) {
			for _, n := range s.Nodes {
				d := n.Disk
				if d == nil || d.Size <= 0 {
					continue
				}
				left := float64(d.Free) / float64(d.Size)
				r := Reading{Label: n.Host, Severity: Warning, Says: fmt.Sprintf("%s of %s are left in %s on %s (%s %%)",
					bytes(d.Free), bytes(d.Size), d.Dir, n.Host, number(100*left))}
				switch {
				case left < diskWarning:
					r.Level = Bad
				case left < diskWell:
					r.Level = Between
				}
				if left < diskCritical {
					r.Severity = Critical
				}
				out = append(out, r)
			}
			return out
		},
	}
}

func bytes(n int64) string {
	unit, v := 0, float64(n)
	for ; v >= 1024 && unit < 5; unit++ {
		v /= 1024
	}
	return fmt.Sprintf("%.1f %s", v, []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}[unit])
}

const day = 24 * time.Hour

func certificateExpiry() Rule {
	return Rule{
		Name: "certificate_expiry", Watches: "the certificate that visitors are shown",
		Threshold: "under 30 days or a quarter of its life is left; under 7 days or a tenth of it is critical, and told again each day",
		Keep:      time.Minute, Severities: []Severity{Warning, Critical}, Usual: "certificate_expires_soon",
		Related: []string{"certificate_"},
		look: func(s *Snapshot) (out []Reading) {
			for _, n := range s.Nodes {
				for _, c := range n.Certificates {
					out = append(out, c.reading(s.At))
				}
			}
			return out
		},
	}
}

// reading judges short lives by their length: one of 90 days is renewed with 30
// to go, one of six days with two.
func (c Certificate) reading(now time.Time) Reading {
	left, life := c.Until.Sub(now), c.Until.Sub(c.From)
	r := Reading{Label: c.Name, Severity: Warning, Says: fmt.Sprintf("the certificate of %s ends in %s, on %s", c.Name, span(left), c.Until.UTC().Format(time.DateOnly))}
	switch {
	case left <= 0:
		r.Level, r.Severity, r.Cause = Bad, Critical, api.Cause("certificate_expired")
		r.Says = fmt.Sprintf("the certificate of %s ended on %s", c.Name, c.Until.UTC().Format(time.DateOnly))
	case left < min(7*day, life/10):
		r.Level, r.Severity = Bad, Critical
	case left < min(30*day, life/4):
		r.Level = Bad
	}
	return r
}

// span says a time in its largest units.
func span(d time.Duration) string {
	switch {
	case d >= 2*day:
		return many(int64(d/day), "day")
	case d >= 2*time.Hour:
		return many(int64(d/time.Hour), "hour")
	case d >= 2*time.Minute:
		return many(int64(d/time.Minute), "minute")
	}
	return many(int64(max(0, d)/time.Second), "second")
}

// A node that ended without saying so is told of for an hour; after that it is
// gone, as those are that a scheduler replaced.
const (
	silentAfter = time.Minute
	// GoneAfter is when nobody waits for it any more.
	GoneAfter = time.Hour
)

func nodeSilent() Rule {
	return Rule{
		Name: "node_silent", Watches: "servers that ended without saying so",
		Threshold: "no sign of life for a minute, and none on the same host; told for an hour",
		For:       30 * time.Second, Keep: time.Minute, Severities: []Severity{Warning}, Usual: "server_not_running",
		look: func(s *Snapshot) (out []Reading) {
			alive := map[string]bool{}
			for _, n := range s.Nodes {
				alive[n.Host] = true
			}
			for _, n := range s.Silent {
				if n.For > silentAfter && n.For < GoneAfter && !alive[n.Host] {
					out = append(out, Reading{
						Label: n.Host, Level: Bad, Severity: Warning, Says: fmt.Sprintf("the server on %s gave no sign of life for %s", n.Host, span(n.For)),
					})
				}
			}
			return out
		},
	}
}
