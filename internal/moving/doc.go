// Package moving brings the people of another system along: one reader for each
// system gives neutral records out of what that system exports, and Run writes
// them in batches through a Store.
//
// # How it reads
//
// As a stream: a row at a time, none larger than 1 MiB. What is wrong with one
// row refuses that row, with its line and a reason that holds no hash, and the
// reader goes on with the next. Only a file that cannot be read any further, or
// is none of its system, ends a run.
//
// # What it writes
//
// Each row is known by its system and its id there, of which a hash is kept
// beside digests of what was taken over. So a second run, after the first was
// killed or the people there changed, makes nobody twice and can tell what
// differs. A batch is one transaction with an audit row for each account. A dry
// run does the same and does not commit.
//
// # What it does not take
//
// Sessions, tokens and passkeys: they are bound to the address or the keys of
// the other system. Rights beyond administrator or not. A second factor that
// cannot come along refuses its row, since the account would else be open to
// whoever has the password; DropFactors leaves it behind knowingly.
package moving
