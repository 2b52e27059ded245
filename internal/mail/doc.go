// Package mail sends verification, recovery and alert messages.
//
//	Compose   a Message becomes a Letter: written in the person's language and
//	          sealed, to be stored in the transaction of what it tells of
//	Outbox    leases stored letters, opens them, sends them, tries again
//	SMTP      the Sender that reaches a mail server
//	Mailbox   the Sender of development: keeps letters in memory
//
// A letter leaves at least once. Whoever decides something stores the letter
// with the decision, so that neither is there without the other, and no request
// ever waits for a mail server or learns from it which address exists.
//
// The address on a letter, its links and its words come from different hands.
// Addresses are checked again before they are used; links must lead to this
// server; what a stranger chose (names of people and devices) is cut, cleaned,
// escaped, and never part of a subject or of a letter to an unproven address.
package mail
