//go:build !profile

package main

// profiling is in programs that were built for measuring only: go build -tags profile.
func profiling() {}
