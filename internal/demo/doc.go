// Package demo lives the life of a site's people against a running server, so that figures, charts and alerts have
// something to show: they sign in, mistype, answer second factors, refresh, log out, and come in crowds; where it is
// asked for, somebody guesses. It uses the public HTTP API alone, each person from a loopback address of their own.
package demo
