// Package trace keeps what the operator needs to know of requests that were
// refused, and of those that led to them, and tells the story of an attempt to
// sign in: which step refused, why, and what brought it about.
//
// A row holds names and facts, never a secret: no password, no token, no value
// of a cookie, no path and no query. Rows are private to operators. They are
// gathered in memory and written once a second, within bounds, so that a
// stranger can neither fill the disk nor slow the server with them.
package trace
