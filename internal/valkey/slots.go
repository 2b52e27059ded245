package valkey

import (
	"strconv"
	"strings"
)

// slotOf is the slot of a key in a cluster: CRC16 (XMODEM) of the key modulo
// 16384. None of our keys has the braces that would leave a part of it out.
func slotOf(key string) uint16 {
	var crc uint16
	for i := range len(key) {
		crc ^= uint16(key[i]) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc & 0x3fff
}

// moved reads where in a cluster a slot is: "MOVED 3999 192.0.2.1:6381".
func moved(err error) (slot uint16, address string, ok bool) {
	r, is := err.(refusal) //nolint:errorlint // an answer is never wrapped
	if !is {
		return 0, "", false
	}
	words := strings.Fields(string(r))
	if len(words) != 3 || words[0] != "MOVED" {
		return 0, "", false
	}
	n, err := strconv.ParseUint(words[1], 10, 14)
	return uint16(n), words[2], err == nil && !strings.HasPrefix(words[2], ":")
}
