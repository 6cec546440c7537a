// Command with-demo runs another command beside the sample province, with no limits on what it gets wrong, and ends
// with its exit code:
//
//	go run ./tools/with-demo COMMAND [ARGUMENT...]
//
// The command finds the address in DEMO_URL, the demo's time in DEMO_NOW, ids in DEMO_UNIT, DEMO_COMING and DEMO_PAST, and
// a token of each login in DEMO_TOKEN_ORGANIZER and so on.
package main
