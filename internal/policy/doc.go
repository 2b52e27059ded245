// Package policy says whether a person, so strongly proven and so lately, may
// reach a place: a host, a path and a method of an application behind this
// server. Rules stand in a file; the first that is about the place decides, and
// where none is, nobody may.
package policy
