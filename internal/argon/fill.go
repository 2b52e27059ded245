package argon

// filling is one hash under way, in one lane.
type filling struct {
	blocks       []block
	time, memory uint32

	// Of the slices whose references do not depend on the password.
	input, turned, addresses, zero block
	// mixed is room for the compression.
	mixed block
}

// run fills the memory time times over (RFC 9106, 3.2 steps 5 and 6).
func (f *filling) run() {
	for pass := range f.time {
		for slice := range uint32(slices) {
			f.segment(pass, slice)
		}
	}
}

// segment fills a quarter of the memory.
func (f *filling) segment(pass, slice uint32) {
	length := f.memory / slices
	independent := pass == 0 && slice < slices/2 // 3.4.1.3: what makes argon2i of it
	if independent {
		f.input = block{uint64(pass), 0, uint64(slice), uint64(f.memory), uint64(f.time), kind}
	}
	first := uint32(0)
	if pass == 0 && slice == 0 {
		first = 2 // the first two are given
		f.next()
	}
	at := slice*length + first
	for i := first; i < length; i, at = i+1, at+1 {
		before := at - 1
		if at == 0 {
			before = f.memory - 1
		}
		random := f.blocks[before][0]
		if independent {
			if i%uint32(len(f.addresses)) == 0 {
				f.next()
			}
			random = f.addresses[i%uint32(len(f.addresses))]
		}
		from := f.reference(pass, slice, i, uint32(random))
		compress(&f.blocks[at], &f.blocks[before], &f.blocks[from], &f.mixed, pass > 0)
	}
}

// next makes the next 128 addresses (3.4.1.2).
func (f *filling) next() {
	f.input[6]++
	compress(&f.turned, &f.zero, &f.input, &f.mixed, false)
	compress(&f.addresses, &f.zero, &f.turned, &f.mixed, false)
}

// reference maps 32 random bits to a block that may be used for block i of the
// segment: of all that are finished, the later ones more often (3.4.2).
func (f *filling) reference(pass, slice, i, random uint32) uint32 {
	length := f.memory / slices
	window, start := slice*length+i-1, uint32(0)
	if pass > 0 {
		window = f.memory - length + i - 1
		if slice < slices-1 {
			start = (slice + 1) * length
		}
	}
	x := uint64(random) * uint64(random) >> 32
	back := uint64(window) * x >> 32
	return (start + window - 1 - uint32(back)) % f.memory
}
