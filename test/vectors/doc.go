// Package vectors owns the public test data that several packages are tried
// against: JSON that parsers disagree about, strings that break careless code,
// and the signatures and one-time codes printed in the RFCs. It is imported by
// tests alone.
//
// data/LICENCES.md says where each file came from.
package vectors
