// Package watch sees what goes wrong while the server runs: cookies that never
// come back, tokens of a key that nobody here has, a proxy whose word does not
// count. It is told of every answer and of every audit row, and says what they
// add up to.
//
//	answers (Done) ───┐
//	                  ├─> sightings, by client, within a window ──> Findings
//	audit rows (Heard)┘
//
// Strangers make most of what is refused, and the operator must not be made to
// believe them: a finding needs several independent clients, and that the same
// thing works for nearly nobody else. Memory is bounded, whoever fills it, and
// a finding goes away by itself once what it tells of has stopped.
package watch
