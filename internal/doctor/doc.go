// Package doctor asks ordered questions of a deployment and ends in named
// causes, each with its evidence and its remedy.
//
// A check has a name, the names of the checks that it needs, and a function.
// It runs when all that it needs has passed. A check that failed while all its
// needs passed is a root cause; what hangs on it is blocked, and stands beneath
// it instead of being a finding of its own.
//
// This package owns the graph and the answer. What is asked stands beside it:
// inside/ looks from the machine that holds the configuration, outside/ through
// the public address, as a stranger's browser would.
package doctor
