package policy

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// readings are what some servers take a path for, beside what it says; none for
// most. Case is no matter here: rules are matched without it where this is asked.
//
//   - Java's drop what follows a semicolon in a segment;
//   - those of Windows drop dots and blanks at its end, and the name of a stream;
//   - those that keep names composed fold characters that look alike, and some
//     file systems leave out those that cannot be seen.
func readings(path string) []string {
	if usual(path) {
		return nil
	}
	var list []string
	for _, read := range []func(string) string{java, windows, composed} {
		if other := read(path); other != path {
			list = append(list, other)
		}
	}
	if len(list) > 0 {
		list = append(list, barest(path))
	}
	return list
}

// barest is all of them together.
func barest(path string) string { return windows(java(composed(path))) }

// usual says at a glance that a path has one reading.
func usual(path string) bool {
	for i := range len(path) {
		switch c := path[i]; {
		case c >= 0x80, c == ';', c == ':':
			return false
		case (c == '.' || c == ' ') && (i+1 == len(path) || path[i+1] == '/'):
			return false
		}
	}
	return true
}

func java(path string) string {
	return segmentwise(path, func(s string) string {
		s, _, _ = strings.Cut(s, ";")
		return s
	})
}

// windows drops ::$DATA and the like, which open the file itself.
func windows(path string) string {
	return segmentwise(path, func(s string) string {
		if name, stream, ok := strings.Cut(s, ":"); ok && strings.Contains(stream, "$") {
			s = name
		}
		return strings.TrimRight(s, ". ")
	})
}

func composed(path string) string {
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) {
			return -1
		}
		return r
	}, path))
}

func segmentwise(path string, f func(string) string) string {
	list := strings.Split(path, "/")
	for i, s := range list {
		list[i] = f(s)
	}
	return strings.Join(list, "/")
}
