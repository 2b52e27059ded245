package api

// cacheCauses are of Valkey or Redis.
var cacheCauses = map[Cause]CauseInfo{}
