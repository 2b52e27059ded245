package argon

import "golang.org/x/sys/cpu"

// fast says that this processor runs compressAVX2.
var fast = cpu.X86.HasAVX2

// compress is G of RFC 9106, 3.5: dst becomes G(prev, ref), xored with what
// stood in dst where xor is set (3.4, from the second pass on).
//
//go:noescape
func compressAVX2(dst, prev, ref, mixed *block, xor bool)

func compress(dst, prev, ref, mixed *block, xor bool) { compressAVX2(dst, prev, ref, mixed, xor) }
