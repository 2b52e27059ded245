package app

import "testing"

func TestOnlyWhatCannotBeWrittenToIsUnmapped(t *testing.T) {
	const file = "/usr/bin/aiwfe-auth"
	for line, want := range map[string]bool{
		"00400000-01a00000 r-xp 00000000 fe:00 1234    " + file:            true,
		"01a00000-03000000 r--p 01600000 fe:00 1234    " + file:            true,
		"03000000-03100000 rw-p 02c00000 fe:00 1234    " + file:            false,
		"03000000-03100000 rwxp 02c00000 fe:00 1234    " + file:            false,
		"00400000-01a00000 r-xp 00000000 fe:00 1234    /usr/lib/libc.so.6": false,
		"c000000000-c000400000 rw-p 00000000 00:00 0":                      false,
		"7ffd1000-7ffd2000 r-xp 00000000 00:00 0    [vdso]":                false,
		"": false,
	} {
		if from, to, got := readOnly(line, file); got != want || want && from >= to {
			t.Errorf("%q: %x-%x %t", line, from, to, got)
		}
	}
}
