// Package password hashes, checks and upgrades passwords, says whether a new
// one may be set, and runs every hash of the program through one pool.
//
// # A login, in order
//
//	Room      before the account is looked up: is there a place in the queue?
//	Check     one stored hash against one password; an unknown account passes "".
//	(yours)   count the failure, write the audit row; no worker is held.
//	Refuse    the only source of the 401: it sleeps until known and unknown
//	          accounts, and every kind of hash, have taken the same time.
//	Hash      after a right answer whose Result says Upgrade.
//
// # What a password is
//
// Its code points in NFC (NIST SP 800-63B-4 section 3.1.1.2), never trimmed,
// folded or cut. A hash that another program made is also tried with the bytes
// as they were sent. Above 256 code points no hash was ever made here, so none
// is checked; above 4 KiB nothing runs at all.
//
// # Which hashes verify
//
// bcrypt as $2a$, $2b$ or $2y$ with cost 4 to 14, and argon2id up to 256 MiB,
// t=10 and p=16. Of what other programs made also argon2i, PBKDF2 up to 2,000,000
// iterations, scrypt up to 256 MiB, and the bcrypt of a digest that Django has;
// foreign_kind.go has their forms. They are checked and never made: the next
// login upgrades them. Anything dearer or unknown never runs: whoever may write one
// row of the table must not be able to stop the server with it. Such an
// account gets the time of a dummy and a Result that names the reason.
//
// bcrypt reads 72 bytes and no more, as bcrypt of Python before 5.0 and passlib
// did, so an old hash of a longer password still verifies by its first 72
// bytes. A new password is never cut: Hash and the policy refuse it. bcrypt
// also repeats its key with a NUL between, which makes "a" and "a\x00a" one
// password; one that holds a NUL therefore matches no bcrypt hash. HMAC does
// the like, so none of PBKDF2 and scrypt either.
//
// # The pool
//
// As many hashes at a time as there are processors, on threads of lower
// priority than the rest of the program; the rest waits, each address in its
// turn. The queue is bounded in seconds, not in heads: what would wait longer
// than three quarters of MaxWait, by the measured cost of what is ahead of it,
// is refused at once, unless its address holds less of the queue than another
// one; nobody waits longer than MaxWait. Whether a job is refused depends on the
// queue alone and so tells nothing of the account. The process should run with
// GOMAXPROCS at cores plus workers: then a hash never keeps a request from a
// processor.
package password
