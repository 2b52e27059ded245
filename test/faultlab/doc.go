// Package faultlab breaks real deployments in known ways and looks whether the
// doctor names the cause: that cause first, and nothing else.
//
// An injection is one way in which one fault comes about. They stand in lists,
// one file for each area; docs/doctor.md has the table that is made of them.
package faultlab
