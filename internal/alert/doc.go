// Package alert says when an operator has to be told, and of what.
//
//	Local     what one node saw, in its own row of the database
//	Snapshot  all rows together, and what is the same for all nodes
//	Rule      one thing that is watched: what is too much, for how long, how grave
//	Judge     takes what was known and a snapshot to what is known now, and to
//	          the notice that is due; it has no clock and keeps nothing
//	Service   lists alerts and silences for administrators
//
// One node judges for all, under a lease. What it decides and the messages of it
// are written in one transaction, so that neither is there without the other: a
// node that is killed, or another that takes over, tells nothing twice and
// forgets nothing. A message leaves at least once, under an id that stays the same.
package alert
