// Package faults owns the tests that break things around the running program and look at what it still promises.
//
// Everything here goes through the door a client has: the built binary on real databases, over HTTP and the command
// line. SQL is used to count what is there, never to change it.
//
//	refresh_test, limit_test    races of one token, one account, one limit
//	guessing_test               many guesses at once, other spellings, after a crash, from a known device
//	nodes_test, leases_test     two nodes on one database, and what only one of them does
//	rolling_test, upgrade_test  nodes replaced one by one behind a balancer, while people are at work
//	migration_test, schema_test migrators that are killed, and many at once
//	crash_test, journal_test    kill -9 of the program while clients keep a journal of what they were told
//	outage_test, killed_test    the database stopped, hung and killed
//	manners_test, smuggle_test  ending in order, slow and oversized and ambiguous requests
//	full_test                   the disk full
//	guide_test                  the guide's own scripts
//
// With AIWFE_TEST_FULL=1 what is repeated is repeated more often.
package faults
