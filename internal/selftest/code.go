package selftest

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// alphabet leaves out what is mixed up when read aloud or from paper: 0 and O,
// 1, I and L.
const alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength gives 700 million codes. They are names, not secrets: what a code
// leads to is shown to administrators alone.
const codeLength = 6

// NewCode makes one.
func NewCode() string {
	code := make([]byte, 0, codeLength)
	for len(code) < codeLength {
		for _, b := range secret.Random(2 * codeLength) {
			if int(b) < 256/len(alphabet)*len(alphabet) && len(code) < codeLength { // or the first letters come more often
				code = append(code, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(code)
}

// ReadCode reads one as people write it: in any case, with blanks or a hyphen.
// False says that it is none.
func ReadCode(text string) (string, bool) {
	code := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(text))
	if len(code) != codeLength {
		return "", false
	}
	for i := range len(code) {
		if strings.IndexByte(alphabet, code[i]) < 0 {
			return "", false
		}
	}
	return code, true
}
