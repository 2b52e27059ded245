package mail

import (
	"hash/fnv"
	"strconv"
	"time"
)

// maxTries and maxAge end the life of a letter that nobody takes.
const (
	maxTries = 12
	maxAge   = 24 * time.Hour
)

// pauses follow the tries; the last is for all later ones.
var pauses = []time.Duration{
	3 * time.Second, 15 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 2 * time.Hour, 4 * time.Hour,
}

// pause is how long to wait after that many tries: growing, and up to a fifth
// longer or shorter, so that letters which failed together do not come back
// together. The letter's own random id is the die.
func pause(id string, tries int) time.Duration {
	d := pauses[min(max(tries, 1), len(pauses))-1]
	h := fnv.New32a()
	_, _ = h.Write([]byte(id + "/" + strconv.Itoa(tries)))
	share := int64(h.Sum32()%401) - 200 // thousandths
	return d + time.Duration(int64(d)/1000*share)
}
