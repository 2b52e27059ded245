package vectors

import "strings"

// OTPCase is one code of RFC 4226 or RFC 6238.
type OTPCase struct {
	Seed []byte
	// Step is the counter of HOTP, or the time step of TOTP.
	Step uint64
	// Unix is the time in seconds, of TOTP.
	Unix int64
	// Algorithm is SHA1, SHA256 or SHA512, as in otpauth links.
	Algorithm string
	// Code has six digits for HOTP and eight for TOTP.
	Code string
}

// HOTP returns the ten values of RFC 4226 appendix D.
func HOTP() []OTPCase {
	codes := []string{
		"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
	}
	cases := make([]OTPCase, len(codes))
	for i, code := range codes {
		cases[i] = OTPCase{Seed: otpSeed(20), Step: uint64(i), Algorithm: "SHA1", Code: code}
	}
	return cases
}

// TOTP returns the eighteen values of RFC 6238 appendix B, with a seed as long
// as the hash for each algorithm, which the text leaves out (erratum 2866).
func TOTP() []OTPCase {
	var cases []OTPCase
	for _, row := range []struct {
		unix                 int64
		step                 uint64
		sha1, sha256, sha512 string
	}{
		{59, 0x1, "94287082", "46119246", "90693936"},
		{1111111109, 0x23523EC, "07081804", "68084774", "25091201"},
		{1111111111, 0x23523ED, "14050471", "67062674", "99943326"},
		{1234567890, 0x273EF07, "89005924", "91819424", "93441116"},
		{2000000000, 0x3F940AA, "69279037", "90698825", "38618901"},
		{20000000000, 0x27BC86AA, "65353130", "77737706", "47863826"},
	} {
		cases = append(cases,
			OTPCase{otpSeed(20), row.step, row.unix, "SHA1", row.sha1},
			OTPCase{otpSeed(32), row.step, row.unix, "SHA256", row.sha256},
			OTPCase{otpSeed(64), row.step, row.unix, "SHA512", row.sha512})
	}
	return cases
}

// otpSeed is the seed of both RFCs, 1234567890 over and over.
func otpSeed(length int) []byte { return []byte(strings.Repeat("1234567890", 7)[:length]) }
