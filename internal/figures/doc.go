// Package figures counts what happens, minute by minute, and adds it up: over
// minutes, over nodes, over restarts.
//
//	Counter, Timer ──cut──> Sheet of a minute ──> quarter of an hour ──> hour
//	                          └──────── rows, kept in the database ────────┘
//
// Everything on a Sheet can be merged, in any order, so that each node writes
// rows of its own and nobody has to add up in the database.
package figures
