// Package argon is argon2id (RFC 9106) for one lane, in memory that is kept from
// one hash to the next. It gives the same keys as golang.org/x/crypto/argon2,
// which it is tested against and to which it leaves everything that it does not
// do faster: more than one lane, and processors without AVX2.
//
// It exists because the hash is nine tenths of a login. The library clears and
// throws away 19 MiB each time, which costs a sixth of the hash and as many
// collections of garbage as there are logins, and it passes over each block three
// times, eight bytes by eight or sixteen by sixteen. docs/decisions has what was
// measured.
package argon
