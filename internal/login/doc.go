// Package login is the sign-in flow: the one place that joins accounts,
// passwords, sessions, tokens, attempts and the audit. Steps never call each
// other; each returns here, and what is owed next is decided here alone.
//
//	Password        address and password -> session, access token, cookie
//	Refresh         refresh token -> its one child and an access token
//	Renew           session cookie -> the next access token; nothing rotates
//	Identify        cookie or bearer token -> who asks, if the session lives
//	End, EndOthers  sessions end at once, everywhere
//	ChangePassword  needs the current one, through the same gate as a login
//	SetUp, Accept, Register, Reset   a one-time link or an open door -> account
//	Invite, Change, Unlock, Delete   what an administrator or the host does
//
// Every path that checks a credential goes through gate.go: one canonical
// address, one bucket of attempts, one hash pool.
package login
