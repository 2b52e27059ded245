package demo

import "sync"

// Report is what happened.
type Report struct {
	People        int            `json:"people"`
	Requests      int            `json:"requests"`
	SignIns       int            `json:"sign_ins"`
	SecondFactors int            `json:"second_factors"`
	Refreshes     int            `json:"refreshes"`
	Logouts       int            `json:"logouts"`
	Guesses       int            `json:"guesses"`
	Crowds        int            `json:"crowds"`
	Refused       map[string]int `json:"refused"`
	// Failed are requests that got no answer at all.
	Failed int `json:"failed"`
}

// tally is a report that many write.
type tally struct {
	mu sync.Mutex
	r  Report
	// fault is why a request got no answer, when one did not last.
	fault error
}

func (t *tally) add(change func(*Report)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.r)
}

func (t *tally) refused(code string) {
	t.add(func(r *Report) { r.Refused[code]++ })
}

func (t *tally) failed(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.r.Failed++
	t.fault = err
}

// report is a copy of what there is so far.
func (t *tally) report() Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.r
	out.Refused = map[string]int{}
	for code, n := range t.r.Refused {
		out.Refused[code] = n
	}
	return out
}
