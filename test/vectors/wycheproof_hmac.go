package vectors

// MACCase is an HMAC-SHA256 and whether its tag is the right one.
type MACCase struct {
	Name           string
	Key, Data, Tag []byte
	Valid          bool
}

// WycheproofHMAC are some of Project Wycheproof's vectors for HMAC-SHA256 with
// a key and a tag of 256 bits: messages of several lengths, and tags of which
// one bit was flipped.
func WycheproofHMAC() []MACCase {
	const counting = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	good := func(name, key, data, tag string) MACCase {
		return MACCase{"Wycheproof " + name, unhex(key), unhex(data), unhex(tag), true}
	}
	flipped := func(name, data, tag string) MACCase {
		return MACCase{"Wycheproof " + name, unhex(counting), unhex(data), unhex(tag), false}
	}
	return []MACCase{
		good(
			"1: no message", "1e225cafb90339bba1b24076d4206c3e79c355805d851682bc818baa4f5a7779", "",
			"b175b57d89ea6cb606fb3363f2538abd73a4c00b4a1386905bac809004cf1933",
		),
		good(
			"2: one byte", "8159fd15133cd964c9a6964c94f0ea269a806fd9f43f0da58b6cd1b33d189b2a", "77",
			"dfc5105d5eecf7ae7b8b8de3930e7659e84c4172f2555142f1e568fc1872ad93",
		),
		good(
			"5: four bytes", "de8b5b5b2f09645be47ecb6407a4e1d9c6b33ae3c2d22517d3357da0357a3139", "cc021d65",
			"e87538eb167e62d7cb236690ff3f034a9c12d417aa8dfa694d7405f9e1f85fe8",
		),
		good(
			"9: eight bytes", "233e4fdee70bcc20235b6977ddfc05b0df66f5635d827c66e5a63cdb16a24938", "fdb2ee4b6d1a0ac2",
			"120b26ee1355c134c262513c7922deb6c4fd90303de4cd61b9f9cd08f22d6e18",
		),
		good(
			"17: sixteen bytes", "6fa353868c82e5deeedac7f09471a61bf749ab5498239e947e012eee3c82d7c4", "aeed3e4d4cb9bbb60d482e98c126c0f5",
			"9ed7f0e73812a27a87a3808ee0c89a6456499e835974ba57c5aab2a0d8c69e93",
		),
		good(
			"20: thirty-two bytes", "186e248ad824e1eb93329a7fdcd565b6cb4eaf3f85b90b910777128d8c538d27",
			"92ef9ff52f46eccc7e38b9ee19fd2de3b37726c8e6ce9e1b96db5dda4c317902",
			"3fc1d73dd4a8858c1fc3d8c4a3f33ed5ad0c70210038394a5902cb26fe287348",
		),
		good(
			"21: forty-seven bytes", "28855c7efc8532d92567300933cc1ca2d0586f55dcc9f054fcca2f05254fbf7f",
			"9c09207ff0e6e582cb3747dca954c94d45c05e93f1e6f21179cf0e25b4cede74b5479d32f5166935c86f0441905865",
			"788c0589000fb7f0b5d51f1596472bc9ec413421a43df96ee32b02b5d275ffe3",
		),
		flipped("28: bit 0", "", "d28b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb"),
		flipped("30: bit 1", "", "d18b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb"),
		flipped("32: bit 7", "", "538b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb"),
		flipped("34: bit 8", "", "d38a42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb"),
		flipped("29: bit 0, sixteen bytes", "000102030405060708090a0b0c0d0e0f", "d9b99f2709a3ca74172cbe93824c1f29b23a0c1e9c21bd851ff2d2c39dbef14e"),
	}
}
