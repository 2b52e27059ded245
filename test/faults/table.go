package faults

import "strings"

// Fault is one thing that breaks, and what proves that it is survived.
type Fault struct {
	// Name is F1 to F25.
	Name string
	// Broken says how it is broken, Expected what must hold.
	Broken, Expected string
	// Tests are package.TestName; Full says that they do more with AIWFE_TEST_FULL=1.
	Tests []string
	Full  bool
	// Stands says what is not shown, or how.
	Stands string
}

// Faults is every one. Whoever adds a test of one names it here.
func Faults() []Fault { return append(faultsOfTheDatabase(), faultsOfTheRest()...) }

func faultsOfTheDatabase() []Fault {
	return []Fault{
		{
			"F1", "kill -9 of the program under writes", "nothing acknowledged is lost, nothing revoked is alive again",
			tests("faults.TestNothingAcknowledgedIsLostAndNothingRevokedReturnsAfterKill9 faults.TestAuditIsWholeAndShippedWhateverIsKilled " +
				"store.TestKill9WhileRowsAreWrittenAndPlaced"), true, "",
		},
		{
			"F2", "kill -9 of PostgreSQL under 50 requests in a second",
			"503 `database_unavailable` with `Retry-After`, never 401; no half login; works again by itself within two seconds",
			tests("faults.TestDatabaseKilledUnderAStormIsToldAndComesBackByItself faults.TestNothingIsLostOrHalfDoneWhenTheDatabaseIsKilled " +
				"faults.TestDatabaseThatIsAwayIsToldAsThatAndSignsNobodyOut store.TestOutageIsAFaultAndEndsByItself"), true, "",
		},
		{
			"F3", "PostgreSQL is restarted within two seconds", "no read fails, at most one write in a hundred",
			tests("faults.TestShortRestartOfTheDatabaseFailsNoRequest store.TestLostConnectionIsRunAgainOnlyBeforeTheCommit"), true,
			"A write whose commit was under way is not run again: nobody knows whether it was kept.",
		},
		{
			"F4", "pgbouncer is restarted, paused, or has too few connections",
			"a restart fails nothing; a crowd waits a second and is then told 503; no statement is missed",
			tests("faults.TestShortRestartOfTheDatabaseFailsNoRequest faults.TestCrowdBeforeAFullPoolIsToldSo store.TestCrowdIsRefusedAfterASecond " +
				"store.TestTwentyClientsOnTwoServerConnectionsMissNoStatement"), true, "",
		},
		{
			"F5", "the database takes two seconds for a query, or is silent, or half open",
			"every request has a deadline; after three seconds most are refused at once; the program lives and does not grow",
			tests("faults.TestSlowAndSilentDatabaseHoldsNoRequestForLong store.TestBreakerLetsAFewLookAndClosesWithTheFirstAnswer " +
				"store.TestSilentDatabaseIsAFaultToo"), true, "",
		},
		{
			"F6", "Valkey killed, emptied, slow, with another password",
			"logins and refreshes go on, what was revoked stays so, limits fall back to each node",
			tests("faults.TestNobodyNoticesThatRedisIsLost faults.TestTwoNodesCountAnAddressTogether " +
				"faults.TestRevocationsAreCalledOutToOtherNodes"), false,
			"A password that changes while the program runs is not shown.",
		},
		{
			"F7", "disk full, read-only, I/O error under SQLite",
			"503 for writes; checks go on; nothing is damaged; works again within five seconds; the doctor warns at a tenth left",
			tests("faults.TestFullDiskStopsWritesAloneAndEndsWithTheShortage faults.TestReadOnlyDiskIsNamedAndLeft " +
				"faults.TestDiskThatIsNearlyFullIsTold"), false, "",
		},
		{
			"F8", "the database file damaged, forbidden, of a newer version", "refuses to start, names the cause, overwrites nothing",
			tests("faults.TestUnusableFileIsRefusedAndLeftAsItIs store.TestDamagedFileIsRefusedAndLeftAsItIs store.TestNewerSchemaIsRefused faultlab.TestEveryInjectionIsNamed"),
			false, "Damage of a page that is not read at the start is found by the doctor.",
		},
	}
}

func faultsOfTheRest() []Fault {
	return []Fault{
		{
			"F9", "the clock jumps, or those of two nodes differ", "no code and no session counts longer than it may",
			tests("session.TestRevocationIsHeardWhateverTheClockDid session.TestClockThatGoesBackRevivesNoSession " +
				"session.TestWhatIsRememberedFromBeforeASleepIsNotTrusted token.TestNodesWhoseClocksDifferTakeEachOthersTokens " +
				"token.TestClockThatJumpedTakesNoTokenOfAnotherTime ratelimit.TestWindowOfAnAddress mfa.TestWrongClockIsNoticedAndNotAccepted"),
			false, "By clocks of the tests: that of a machine is not set.",
		},
		{
			"F10", "slow headers, bodies and readers", "closed within ten seconds, in nobody's way",
			tests("faults.TestClientsThatSendTheirHeaderByDropsAreClosed faults.TestSlowClientsAreLetGo " +
				"faults.TestPatientClientsAreNotTakenForSlowOnes"), true, "",
		},
		{
			"F11", "idle connections (8,000 in the long form), the limit of open files", "nobody is refused, and the program does not end",
			tests("faults.TestIdleConnectionsAreInNobodysWay faults.TestAtTheLimitOfFilesNobodyIsShutOutForLong"), true, "",
		},
		{
			"F12", "bodies, headers, cookies and query strings without measure", "413, 415 and 431 at the limit, and no growth",
			tests("faults.TestUnreasonableRequestsAreRefusedAndTheProgramLivesOn faults.TestTwoHundredOversizedRequestsAtOnceTakeNoMemory " +
				"faults.TestLongFieldsAreReadInTime"), true, "",
		},
		{
			"F13", "malformed JSON", "never 5xx",
			tests("contract.TestJSONTestSuite contract.TestJSONIsReadInOneWay contract.TestEveryBodyIsReadStrictly"), false, "",
		},
		{
			"F14", "credential stuffing from 1,000 addresses", "bounded for each account, noticed, and people still get in",
			tests("faults.TestStolenPasswordsFromManyNetworks faults.TestTwoHundredGuessesAtOnceAreEvaluatedTenTimes " +
				"faults.TestGuessesAtTwoNodesCountTogether watch.TestWaveIsManyFailuresOfManyAtMany"), true, "",
		},
		{
			"F15", "an attacker with a network of IPv6", "counted by /64, and by /48 at eight times the limit",
			tests("faults.TestNetworksOfOneSiteHaveNoLimitEach ratelimit.TestNetworksOfOneSiteShareALimit"), true,
			"The addresses come through a trusted proxy, not from an interface.",
		},
		{
			"F16", "rolling restart and upgrade of two nodes", "no request fails",
			tests("faults.TestRollingRestartFailsNoRequest faults.TestRollingUpgradeFailsNoRequest " +
				"faults.TestStoppingNodeEndsItsConnectionsWithAnAnswer faults.TestSIGTERMAnswersWhatIsInFlightAndExitsZero " +
				"faults.TestOldVersionDoesNotStartOnASchemaThatTookSomethingAway faults.TestJobOfAKilledNodeIsDoneByTheOther " +
				"contract.TestWhatIsBegunOnOneNodeEndsOnAnother contract.TestWhatIsBegunEndsAfterARestart"), true, "",
		},
		{
			"F17", "keys, certificate and password of the database are rotated, kill -9 of it",
			"nobody is signed out, no request fails; an old key ends with its last token, a compromised one at once",
			tests("faults.TestNobodyNoticesARotation faults.TestForgeriesWithAnOldKeyEndWithItsLastToken " +
				"faults.TestCompromisedKeyEndsEverythingOnEveryNode faults.TestRotationThatIsKilledLeavesAWorkingServer " +
				"faults.TestNothingIsLostWhenSealingAnewIsKilled faults.TestWrongPasswordOrCertificateKeepsTheOldOne"), true, "",
		},
		{
			"F18", "backup while writing, restore elsewhere, kill -9 of either",
			"nothing acknowledged before is missing, no half file and no half restore, people sign in as before and nothing revoked comes back",
			tests("store.TestBackupWhileEightWrite store.TestBackupCarriesEveryRow store.TestRestoreIsAnEpoch contract.TestPeopleComeBackFromABackup " +
				"contract.TestNothingIsRestoredFromAChangedFile backup.TestAnyChangedByteIsRefused " +
				"faults.TestKilledBackupLeavesNoHalfFile faults.TestKilledRestoreIsNothingOrIsFinished"), true, "",
		},
		{
			"F19", "kill -9 in the middle of a migration, two nodes at once", "resumed or rolled back, one migrator",
			tests("faults.TestMigrationsSurviveKillsAndEachOther store.TestFourProcessesMigrateOneFile"), true, "",
		},
		{
			"F20", "mail server, or where the audit is sent, away, silent, slow",
			"answers are unchanged, letters and rows come later, over a restart too",
			tests("faults.TestMailServerThatDoesNotWork mail.TestManyNodesSendEachLetterOnce mail.TestLetterOfADeadWorkerIsSentAfterItsLease " +
				"app.TestAuditArrivesThroughOutages app.TestSinkThatHangsHoldsUpNobody"), false, "",
		},
		{
			"F21", "panic, leaks, little memory", "500 with its request id, and the program lives; files, goroutines and memory stay as they are",
			tests("httpkit.TestPanicIsAnAnswerAndTheProgramLives httpkit.TestPanicAmidTheAnswerCutsTheConnection " +
				"faults.TestNoRouteIsThereForTestsAlone faults.TestMemoryLimitIsKept faults.TestSoak"), true, "AIWFE_SOAK=30m for the whole soak. Below ten minutes what is alive on the heap is judged, and not what the process takes. On 30 November 2026, 30 minutes: 0.6 % a minute of 55 MiB alive, 0.4 % of 133 MiB taken.",
		},
		{
			"F22", "a reload with broken settings, 38 kinds", "the old ones stay, log and health name the fault, no request is dropped",
			tests("faults.TestBrokenSettingsLeaveTheOldOnesAndAreNamed faults.TestNewSettingsHoldWithoutARestart " +
				"config.TestEverySettingIsEitherAppliedOrHeldBackByName"), false, "",
		},
		{
			"F23", "injection into logs, a full or slow log", "one event is one line, and no login waits",
			tests("faults.TestLogThatNobodyReadsHoldsUpNobody faults.TestLogOnAFullDiskHoldsUpNobody contract.TestNaughtyHeaders"), false, "",
		},
		{
			"F24", "two nodes that see the database and not Valkey, or not each other",
			"nothing is spent twice; what one ends the other refuses within five seconds",
			tests("faults.TestOneNodeAloneSeesRedis faults.TestRefreshesRacingOnTwoNodesGiveOneChild " +
				"faults.TestWhatOneNodeEndsTheOtherRefusesWithinASecond"), false, "",
		},
		{
			"F25", "PostgreSQL takes no writes, fails over, ends transactions for conflicts and deadlocks",
			"checks go on; the writer is looked for; conflicts are run again three times",
			tests("faults.TestDatabaseThatTakesNoWritesStillChecks store.TestWritesGoToTheHostThatTakesThem " +
				"store.TestConflictsAreRunAgainThreeTimesAndNoMore store.TestDeadlockIsRunAgain"), false, "",
		},
	}
}

func tests(names string) []string { return strings.Fields(names) }
