// Package selftest owns what a page found wrong with its browser: the judgement
// of what browser and server saw, and the reports that are kept of it under
// short codes.
//
// A page shows one calm sentence and a code. The code leads an administrator to
// the cause; to anybody else it says nothing. Where all is well nothing is kept
// and nothing is shown.
//
// The package knows no HTTP: the caller says what arrived.
package selftest
