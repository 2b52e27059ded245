//go:build !amd64

package argon

const fast = false

// compress is never called: New leaves everything to the library.
func compress(_, _, _, _ *block, _ bool) { panic("argon: no compression function for this processor") }
