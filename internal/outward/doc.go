// Package outward sends what an operator wants sent elsewhere: signed webhooks
// to addresses that a guard lets pass, and lines of syslog. Each call is one
// try with an end; whoever calls it keeps what is to be sent and tries again.
package outward
