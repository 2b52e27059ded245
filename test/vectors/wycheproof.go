package vectors

// wycheproofKey is the key of Project Wycheproof's JWS group "hs256".
const wycheproofKey = "-ebuDNsVZ2iJtoZ-akfXTSCt4UO2cruLCsbWlBinggE"

// The parts of its first vector; the others change or leave out one of them.
const (
	wycheproofHeader = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImtpZC1hZXMtc2lnbiJ9"
	wycheproofTag    = "TD37p4c_0jmreSrBSDmE0F3mYSPtkZ3WrSyI5wb_KTg"
	wycheproofFoo    = "Zm9v"
)

// WycheproofJWS are the vectors 1 to 17 of Project Wycheproof's
// JsonWebSignature set, which are those of HS256, and 31 and 32 of its ES256
// group, which attack by a confusion of keys and by a key in the header.
func WycheproofJWS() []JWSCase {
	const h, p, t = wycheproofHeader, wycheproofFoo, wycheproofTag
	bad := func(name, compact string) JWSCase {
		return JWSCase{Name: "Wycheproof " + name, Key: unbase64(wycheproofKey), Compact: compact}
	}
	return []JWSCase{
		{"Wycheproof 1: valid", unbase64(wycheproofKey), h + "." + p + "." + t, []byte("foo"), true},
		bad("2: modified signature", h+"."+p+".XD37p4c_0jmreSrBSDmE0F3mYSPtkZ3WrSyI5wb_KTg"),
		bad("3: missing signature", h+"."+p+"."),
		bad("4: missing signature and separator", h+"."+p),
		bad("5: modified payload", h+".WG9v."+t),
		bad("6: missing payload", h+".."+t),
		bad("7: missing payload and separator", h+"."+t),
		bad("8: modified header", "eyJhbGciOiJIUzI1NiIsImtpZCI6IlhpZC1hZXMtc2lnbiJ9."+p+"."+t),
		bad("9: missing header", "."+p+"."+t),
		bad("10: missing header and separator", p+"."+t),
		bad("11: missing header and signature", "."+p+"."),
		bad("12: payload alone", p),
		bad("13: empty", ""),
		bad("14: an extra empty part", h+"."+p+"."+t+"."),
		bad("15: an extra part", h+"."+p+"."+t+".foo"),
		bad("16: alg none without signature", "eyJhbGciOiJub25lIiwia2lkIjoia2lkLWFlcy1zaWduIn0."+p+"."),
		bad("17: JSON serialization", `{"payload":"`+p+`","signatures":[{"protected":"`+h+
			`","header":{"unknown":"untrustworthy"},"signature":"`+t+`"}`),
		bad("31: a MAC by the bytes of a public key", "eyJhbGciOiJIUzI1NiIsImtpZCI6ImtpZC1lYy1zaWduIn0."+p+
			".TgWtz2FIRukBQ_mA5sgHa0Ybtgn7bl-YBPAi7Z0XdHU"),
		bad("32: a key in the header", "eyJhbGciOiJFUzI1NiIsImtpZCI6ImtpZC1lYy1zaWduIiwiandrIjp7Imt0eSI6IkVDIiwia2lkIjoia2lkLWVjLXNpZ24i"+
			"LCJ1c2UiOiJzaWciLCJhbGciOiJFUzI1NiIsIngiOiJNZG5UWkRJaERKYmZBU2RGcWFtY3BPMkNoOUdOS0sybTBNUWxoNDAyU3BvIiwieSI6Ijdhdko0bHFfV3l4"+
			"LW5MUERCUTJZcHl0dUh5TWlvMDdCVXl2bDNqYUMtMVkiLCJjcnYiOiJQLTI1NiJ9fQ."+p+
			".4jmsollQD8ZxvySzXYnIEYA4fwaZi2ZbC0aI1J4LYmW2Bn31NhKdjms2N6o51Dff5-InWXQF9m45VtTexl6yjg"),
	}
}
