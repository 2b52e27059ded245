// Package store keeps everything: all SQL of the program, for SQLite and for
// PostgreSQL, one file per noun. One text of each statement serves both; only
// migrations come in two files, under one number.
//
// Times in our own tables are milliseconds since 1970 in UTC. The users table,
// which people also write by hand, has timestamps.
package store
