// Package sdk runs the tests of the client libraries against the real program, with the language's own tools, and signs
// in to their example applications by a real browser.
package sdk
