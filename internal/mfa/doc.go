// Package mfa owns what can be asked for after the first factor: codes of an
// authenticator app (TOTP, RFC 6238) and backup codes.
//
// It is pure: it makes seeds and codes, shows them, and judges what a person
// typed. What is stored, and that a step or a backup code is taken once, is
// the caller's, by one conditional write:
//
//	canonical, ok := mfa.Code(typed)       not ok: refused, and counted as an attempt
//	v := mfa.Match(seed, canonical, now, lastStep)
//	v.OK: UPDATE ... SET last_step = v.Step WHERE id = ... AND last_step < v.Step
//
// A code is judged in its one canonical form only, and whoever counts attempts
// counts them before the form is looked at: "123456" and "123 456" are one
// attempt each at one code, not two codes (CVE-2025-55003, CVE-2025-6015).
package mfa
