// Package gateway owns the promises of the gateway: who reaches an application behind this server, what the application
// is told, what it never sees, and when what it sends is cut.
//
// The application is a server of the tests that tells what came to it. The program runs in front of it as it would
// anywhere, over SQLite or PostgreSQL, one node or two.
package gateway
