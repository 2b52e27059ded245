// Package csrf owns the proof that a request of a browser was meant by its
// user: the signed double-submit token, and the judgement of Origin and
// Sec-Fetch-Site (ASVS 3.5.1).
//
// A token is, in base64url without padding and always of one length:
//
//	version 1 | issued at 8 | random 16 | binding 16 | MAC 32
//
// The binding is a keyed hash of what the token belongs to: the browser's id,
// kept in the csrf cookie from before login until logout, or a session. The
// server remembers nothing, so several tabs, the back button and a restart
// work, and any node can check what another made. The MAC runs over the fields
// each with its length in front: no byte can move from one field to the next
// (CVE-2026-58426).
//
// The package knows no HTTP. The caller says which cookies came and what the
// two headers held, and decides which clients need a token at all.
package csrf
