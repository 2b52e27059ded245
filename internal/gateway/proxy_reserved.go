package gateway

import (
	"strings"
)

// Reserved are the parts of our host that stay ours where an application is
// behind it: those that our own routes lie in.
type Reserved map[string]bool

// ReservedBy makes the list from the patterns of the routes.
func ReservedBy(patterns []string) Reserved {
	r := Reserved{}
	for _, pattern := range patterns {
		_, path, ok := strings.Cut(pattern, " ")
		if !ok {
			path = pattern
		}
		// The start page and its picture are the application's where there is one.
		if path = strings.TrimSuffix(path, "{$}"); path != "/" && path != "/favicon.ico" {
			r[part(path)] = true
		}
	}
	return r
}

// Has says whether a path lies in a part that is ours, whether or not there is
// a page.
func (r Reserved) Has(path string) bool { return r[part(path)] }

// part is as much of a path as is given to one owner as a whole: a segment, but
// of /api and of the well-known addresses the segment below, and of /api/v1 the
// one below that. An application may have an API of its own.
func part(path string) string {
	n := 1
	switch {
	case strings.HasPrefix(path, "/api/v1/"):
		n = 3
	case strings.HasPrefix(path, "/api/"), strings.HasPrefix(path, "/.well-known/"):
		n = 2
	}
	end := 0
	for ; n > 0 && end < len(path); n-- {
		next := strings.IndexByte(path[end+1:], '/')
		if next < 0 {
			return path
		}
		end += 1 + next
	}
	return path[:end]
}
