// Package storetest says what a store promises, as tests that run the same on
// every ground: SQLite, PostgreSQL, and PostgreSQL behind a pooler.
//
//	func TestStoreOnX(t *testing.T) { storetest.Run(t, openX) }
//
// Most tests share one database and keep to accounts of their own, side by
// side, as the requests of a busy server do. What concerns a whole
// installation, such as its first administrator, gets a database of its own.
package storetest
