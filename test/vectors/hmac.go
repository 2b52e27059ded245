package vectors

import (
	"encoding/hex"
	"strings"
)

// HMACCase is one HMAC-SHA256 of RFC 4231. Tag may be shorter than 32 bytes:
// case 5 prints a truncated one.
type HMACCase struct {
	Name           string
	Key, Data, Tag []byte
}

// HMACSHA256 returns the seven cases of RFC 4231 section 4.
func HMACSHA256() []HMACCase {
	text := func(s string) []byte { return []byte(s) }
	return []HMACCase{
		{
			"1: short key", unhex(strings.Repeat("0b", 20)), text("Hi There"),
			unhex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
		},
		{
			"2: key shorter than the tag", text("Jefe"), text("what do ya want for nothing?"),
			unhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
		},
		{
			"3: data longer than a block together with the key", unhex(strings.Repeat("aa", 20)),
			unhex(strings.Repeat("dd", 50)),
			unhex("773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
		},
		{
			"4: key of counting bytes", unhex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
			unhex(strings.Repeat("cd", 50)),
			unhex("82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
		},
		{
			"5: truncated to 128 bits", unhex(strings.Repeat("0c", 20)), text("Test With Truncation"),
			unhex("a3b6167473100ee06e0c796c2955552b"),
		},
		{
			"6: key longer than a block", unhex(strings.Repeat("aa", 131)),
			text("Test Using Larger Than Block-Size Key - Hash Key First"),
			unhex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
		},
		{
			"7: key and data longer than a block", unhex(strings.Repeat("aa", 131)),
			text("This is a test using a larger than block-size key and a larger than block-size data. " +
				"The key needs to be hashed before being used by the HMAC algorithm."),
			unhex("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
		},
	}
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("vectors: " + err.Error())
	}
	return b
}
