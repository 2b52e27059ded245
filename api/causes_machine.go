package api

// machineCauses are of the machine: disk, files, clock, mail server.
var machineCauses = map[Cause]CauseInfo{}
