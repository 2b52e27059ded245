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
//	full_test, readonly_test    the disk full, nearly full and read-only, a file that cannot be used
//	restart_test, crowd_test    short restarts, a kill under a storm of requests, too few connections
//	slow_test                   a network that is slow, silent, half open
//	storm_test, witness_test    the requests of many people; what must hold after any fault
//	table, table_test           F1 to F25 and what proves each; docs/faults.md comes of it
//	lingering_test, idle_test   slow clients, idle crowds, the limit of open files
//	oversized_test, site_test   requests without measure, attackers with a network of IPv6
//	stuffing_test               stolen passwords from many addresses
//	sink_test, log_test         a mail server that does not work, a log that nobody reads
//	reload_test                 settings that are read anew, broken ones among them
//	panic_test, soak_test       no door for tests, little memory, minutes of common requests
//	guide_test                  the guide's own scripts
//
// With AIWFE_TEST_FULL=1 what is repeated is repeated more often.
package faults
