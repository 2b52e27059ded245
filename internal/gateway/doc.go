// Package gateway stands before applications: it answers the question of a proxy
// in front of one, whether a request may pass (forward-auth), and hands requests
// on to those of UPSTREAM_URL itself. Both ask the same gate, and both tell an
// application who it is by the same headers.
package gateway
